"""The fixtures of these tests."""

from tests.unit.app.home_fixtures import engine, home, template

__all__ = ["engine", "home", "template"]
