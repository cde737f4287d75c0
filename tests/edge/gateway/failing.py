"""Handlers that say too much when they fail, as somebody's own would."""

from typing import Any

from scopegate import Answer, Caller, operation


@operation("POST /notes")
def add_note(body: dict[str, Any], caller: Caller) -> Answer:
    """Fail with the body and the caller in the message."""
    raise RuntimeError(f"cannot store {body} of {caller}")
