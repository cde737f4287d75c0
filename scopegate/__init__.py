"""The public face of Scopegate: what handlers and embedding applications import."""

from gateway.handler import (
    Answer,
    Caller,
    Conflict,
    Forbidden,
    NotFound,
    Refusal,
    Unavailable,
    Unprocessable,
    Violation,
    operation,
)

__all__ = [
    "Answer",
    "Caller",
    "Conflict",
    "Forbidden",
    "NotFound",
    "Refusal",
    "Unavailable",
    "Unprocessable",
    "Violation",
    "__version__",
    "operation",
]

__version__ = "0.1.0"
