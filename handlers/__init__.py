"""The demo API: one module a resource, one function an operation."""
