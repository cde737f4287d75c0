"""In front of a backend: permitted requests go on to an upstream, its answers come back."""
