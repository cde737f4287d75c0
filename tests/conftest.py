"""What every test may ask for."""

from tests.services import chromium, node, postgresql_url

__all__ = ["chromium", "node", "postgresql_url"]
