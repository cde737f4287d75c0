"""Tests of the gateway as one application, in process."""
