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
from scopegate.guarding import caller, guard

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
    "caller",
    "guard",
    "operation",
]

__version__ = "0.1.0"
