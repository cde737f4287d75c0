"""The gateway: an OpenAPI document compiled into a policy, and the edge that enforces it."""
