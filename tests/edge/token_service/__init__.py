"""Tests of the token service over HTTP, in process."""
