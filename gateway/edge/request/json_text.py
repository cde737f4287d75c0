r"""JSON from strangers: read in one way only, or refused with the place (RFC 8259).

One pass of the standard library's scanner. orjson was measured: once duplicate names, depth and
long integers are looked for in what it made, it is no faster, and those checks are what matters.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from gateway.edge.request.numbers import SHORTEST_DOUBTFUL, held_integer
from gateway.edge.request.problem import MAX_VIOLATIONS, pointer
from gateway.handler import Violation

#: arrays and objects within one another
MAX_DEPTH = 64
#: names in one object
MAX_MEMBERS = 10_000

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: always matches at a quote, an unterminated string to the end: so the scan stays linear
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_STRING_OR_BRACKET = re.compile(_STRING.pattern + rb"|[\[\]{}]", re.DOTALL)
_BRACKETS = b"[]{}"
_NO_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))
_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonTextError(Exception):
    """The text is not JSON that has one meaning; `violations` point into it and are not empty."""

    def __init__(self, *violations: Violation) -> None:
        super().__init__(violations[0].detail)
        self.violations = violations


@dataclass(frozen=True, slots=True)
class _Flaw:
    """Stands in a value where something cannot be read; raised or left in place to be found."""

    detail: str


class _FlawFoundError(Exception):
    """The text has a flaw; reading it once more finds the places."""


def read_json(raw: bytes) -> Any:
    """Read a JSON text.

    Refused: other encodings than UTF-8, a byte order mark, a name twice in an object, NaN and
    infinities in any spelling, integers that 64 bits cannot hold, objects and nesting without
    measure, half surrogates.
    """
    text = _decode(raw)
    _check_depth(raw)
    try:
        value = _value(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise JsonTextError(Violation("", f"is not valid JSON at {place}")) from error
    if ("\\ud" in text or "\\uD" in text) and (flaws := _listed(value)):
        raise JsonTextError(*flaws)
    return value


def _value(text: str) -> Any:
    """The value of a text; at the first flaw it is read again, to find every one."""
    try:
        return _decoded(text)
    except _FlawFoundError:
        pass
    raise JsonTextError(*_listed(_MARKING.decode(text)))


def _decoded(text: str) -> Any:
    """The value, by the scanner alone where no white space stands around it."""
    try:
        value, end = _SCAN(text, 0)
    except StopIteration:
        return _STRICT.decode(text)
    return value if end == len(text) else _STRICT.decode(text)


def _decode(raw: bytes) -> str:
    if raw.startswith(_BYTE_ORDER_MARK):
        raise JsonTextError(Violation("", "begins with a byte order mark; send UTF-8 without one"))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        detail = f"is not UTF-8 at byte {error.start + 1}"
        raise JsonTextError(Violation("", detail)) from error


def _check_depth(raw: bytes) -> None:
    """Refuse deep nesting before anything recursive sees it."""
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _STRING.sub(b"", raw).translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            place = _place_too_deep(raw)
            raise JsonTextError(
                Violation("", f"is nested deeper than {MAX_DEPTH} levels at {place}")
            )


def _place_too_deep(raw: bytes) -> str:
    """Where the bracket stands that is one too many; bytes are counted."""
    depth, place = 0, 0
    for found in _STRING_OR_BRACKET.finditer(raw):
        depth += (found[0] in b"[{") - (found[0] in b"]}")
        if depth > MAX_DEPTH:
            place = found.start()
            break
    line, line_start = raw.count(b"\n", 0, place) + 1, raw.rfind(b"\n", 0, place) + 1
    return f"line {line}, column {place - line_start + 1}"


def _listed(value: Any) -> tuple[Violation, ...]:
    return tuple(islice(_flaws(value, ()), MAX_VIOLATIONS))


def _flaws(value: Any, path: tuple[str | int, ...]) -> Iterator[Violation]:
    match value:
        case _Flaw():
            yield Violation(pointer("", *path), value.detail)
        case str() if _SURROGATE.search(value):
            yield Violation(pointer("", *path), "holds half of a surrogate pair")
        case list():
            for place, item in enumerate(value):
                yield from _flaws(item, (*path, place))
        case dict():
            for name, item in value.items():
                if _SURROGATE.search(name):
                    detail = "has a name that holds half of a surrogate pair"
                    yield Violation(pointer("", *path), detail)
                else:
                    yield from _flaws(item, (*path, name))


def _decoder(flaw: Callable[[str], Any]) -> json.JSONDecoder:
    """Make a decoder that asks `flaw` what to do with what cannot be read."""

    def object_of(pairs: list[tuple[str, Any]]) -> Any:
        if len(pairs) > MAX_MEMBERS:
            return flaw(f"has more than {MAX_MEMBERS} members")
        members = dict(pairs)
        if len(members) != len(pairs):
            seen: set[str] = set()
            for name, _ in pairs:
                if name in seen:
                    members[name] = flaw("stands twice in its object")
                seen.add(name)
        return members

    def integer(text: str) -> Any:
        if len(text) < SHORTEST_DOUBTFUL:
            return int(text)
        value = held_integer(text)
        return flaw("is an integer that 64 bits cannot hold") if value is None else value

    def number(text: str) -> Any:
        value = float(text)
        return value if math.isfinite(value) else flaw("is a number too large to be held")

    def constant(_text: str) -> Any:
        return flaw("is not a number that JSON can hold")

    return json.JSONDecoder(
        object_pairs_hook=object_of, parse_int=integer, parse_float=number, parse_constant=constant
    )


def _raise_flaw(detail: str) -> Any:
    raise _FlawFoundError(detail)


_STRICT = _decoder(_raise_flaw)
#: public in Python, missing in its types
_SCAN: Callable[[str, int], tuple[Any, int]] = getattr(_STRICT, "scan_once")  # noqa: B009 -- see above
_MARKING = _decoder(_Flaw)
