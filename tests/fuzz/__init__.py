"""What the fuzzers share: an oracle that knows nothing of ours."""
