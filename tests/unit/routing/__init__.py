"""Tests of gateway/routing."""
