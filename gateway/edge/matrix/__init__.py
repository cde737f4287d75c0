"""The matrix as a page: operations against scopes, and what opens for whom."""
