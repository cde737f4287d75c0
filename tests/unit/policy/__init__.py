"""Tests of gateway/policy."""
