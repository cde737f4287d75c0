"""The rules: each looks at a loaded document and yields what it finds, touching nothing."""

from gateway.lint.rules.every import lint

__all__ = ["lint"]
