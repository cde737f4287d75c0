"""What every test may ask for."""

from tests.e2e.fronts import backend, front, shared_backend
from tests.services import chromium, node, postgresql_url

__all__ = ["backend", "chromium", "front", "node", "postgresql_url", "shared_backend"]
