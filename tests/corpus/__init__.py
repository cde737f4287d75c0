"""One corpus of decisions, run through every door."""
