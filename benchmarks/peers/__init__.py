"""The peers: each a small program that answers the songs in its own framework's way."""
