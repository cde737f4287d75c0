"""Tests of gateway/edge/request."""
