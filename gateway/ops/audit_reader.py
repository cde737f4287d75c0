"""An audit log read again: its decisions, and which of its lines cannot be read and why."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from gateway.ops.audit_sink import EVENT
from gateway.spec.model import OperationKey, Scope

#: a line beyond it is no line of ours, and is not held
MAX_LINE_BYTES = 1024 * 1024
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_EFFECTS = frozenset({"permit", "deny"})


@dataclass(frozen=True, slots=True)
class SeenDecision:
    """A decision as its line has it."""

    #: RFC 3339 in UTC
    time: str
    operation: OperationKey
    permits: bool
    reason: str
    matched: int | None
    issuer: str | None
    client: str | None
    scopes: frozenset[Scope]
    policy: str


@dataclass(frozen=True, slots=True)
class OtherLine:
    """A line that tells of something else."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be read."""

    number: int
    fault: str


Line = SeenDecision | OtherLine | BadLine


def read_log(stream: BinaryIO) -> Iterator[Line]:
    """Each line of a log; whatever stands in it, none raises."""
    for number, line in enumerate(_lines(stream), 1):
        if line is None:
            yield BadLine(number, "is longer than any line of ours")
            continue
        if not line.strip():
            continue
        try:
            yield _read(line)
        except ValueError as error:
            yield BadLine(number, str(error))


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """The lines; None for one that is too long."""
    while line := stream.readline(MAX_LINE_BYTES):
        if len(line) < MAX_LINE_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
            continue
        yield None


def _read(line: bytes) -> SeenDecision | OtherLine:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ValueError("is not JSON") from error
    if not isinstance(told, dict) or not isinstance(told.get("event"), str):
        raise ValueError("is no object with an `event`")
    if told["event"] != EVENT:
        return OtherLine()
    if not _TIME.fullmatch(_text(told, "time")):
        raise ValueError("`time` is no time of ours")
    if _text(told, "effect") not in _EFFECTS:
        raise ValueError("`effect` is neither permit nor deny")
    return SeenDecision(
        told["time"],
        OperationKey(_text(told, "operation")),
        told["effect"] == "permit",
        _text(told, "reason"),
        _number(told, "matched"),
        _optional(told, "issuer"),
        _optional(told, "client"),
        frozenset(map(Scope, _texts(told, "scopes"))),
        _text(told, "policy"),
    )


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str):
        raise ValueError(f"`{name}` is no text")
    return value


def _optional(told: dict[str, Any], name: str) -> str | None:
    return None if told.get(name) is None else _text(told, name)


def _number(told: dict[str, Any], name: str) -> int | None:
    value = told.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise ValueError(f"`{name}` is no number")
    return value


def _texts(told: dict[str, Any], name: str) -> list[str]:
    value = told.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"`{name}` is no list of texts")
    return value
