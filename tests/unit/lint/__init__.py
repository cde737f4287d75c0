"""Tests of gateway/lint."""
