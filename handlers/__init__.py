"""The demo API: one module a resource, one function an operation."""

from handlers import albums, groups, songs, users

__all__ = ["albums", "groups", "songs", "users"]
