"""The token service: owns users, groups, clients, grants and keys; issues RFC 9068 tokens."""
