"""Attacks and the right answers to them, one file a family."""
