"""Tests of gateway/guard.py and what it is built of."""
