"""Tests of Scopegate."""
