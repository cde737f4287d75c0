"""Tests of what stands in front of an upstream, without one."""
