"""What loads, and still is not what its author meant."""
