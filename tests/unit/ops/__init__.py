"""Tests of gateway/ops."""
