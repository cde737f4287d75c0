"""Pure: how Envoy's header `x-forwarded-client-cert` reads."""

from collections.abc import Iterator

Pairs = tuple[tuple[str, str], ...]


class MalformedXfccError(ValueError):
    """The header cannot be read in one way."""


def read_xfcc(text: str) -> tuple[Pairs, ...]:
    """The elements of the header, each its pairs with lower-case keys; one for each hop.

    Elements are parted by commas, pairs by semicolons; a value may be quoted, and what stands
    inside quotes parts nothing. Raises MalformedXfccError.
    """
    elements: list[list[tuple[str, str]]] = [[]]
    rest = text
    while True:
        pair, end, rest = _read_pair(rest)
        elements[-1].append(pair)
        if not end:
            return tuple(tuple(element) for element in elements)
        if end == ",":
            elements.append([])


def _read_pair(text: str) -> tuple[tuple[str, str], str, str]:
    """The first pair of a text, the sign after it, and what follows that."""
    key, equals, rest = text.partition("=")
    if not equals or not key.strip().isalnum():
        raise MalformedXfccError
    value, end = _quoted(rest) if rest.startswith('"') else _plain(rest)
    return (key.strip().lower(), value), rest[end : end + 1], rest[end + 1 :]


def _plain(text: str) -> tuple[str, int]:
    end = next((i for i, sign in enumerate(text) if sign in ",;"), len(text))
    if any(sign in '="' for sign in text[:end]):
        raise MalformedXfccError
    return text[:end].strip(), end


def _quoted(text: str) -> tuple[str, int]:
    value: list[str] = []
    signs: Iterator[tuple[int, str]] = iter(list(enumerate(text))[1:])
    for place, sign in signs:
        if sign == '"':
            if text[place + 1 : place + 2] not in ("", ",", ";"):
                raise MalformedXfccError
            return "".join(value), place + 1
        value.append(_unescaped(sign, signs))
    raise MalformedXfccError


def _unescaped(sign: str, signs: Iterator[tuple[int, str]]) -> str:
    """A sign as it is; a backslash escapes a quote, and otherwise stands for itself (RFC 4514)."""
    if sign != "\\":
        return sign
    _, following = next(signs, (0, ""))
    if not following:
        raise MalformedXfccError
    return following if following == '"' else sign + following
