"""Unit tests of the token service."""
