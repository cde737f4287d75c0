"""What every test may ask for."""

from tests.services import postgresql_url

__all__ = ["postgresql_url"]
