"""The raw path of a request target split into segments, or found to be none we serve."""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

#: a path of nothing but unreserved characters and slashes needs no second look
_PLAIN = re.compile(rb"(?:/[A-Za-z0-9_~:@!$&'()*+,=.-]*)+")
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
#: controls of C0 and C1, DEL, and the separators that other servers take for a slash
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f/\\]")
_DOTS = frozenset({".", ".."})


@dataclass(frozen=True, slots=True)
class Segments:
    """A path cut at `/`, each segment percent-decoded once; the last one is "" after a slash."""

    values: tuple[str, ...]
    #: places of segments that hold a raw `;`: only a `style: matrix` parameter may take them
    matrix: frozenset[int] = frozenset()


def split_path(raw: bytes) -> Segments | None:
    """Cut a raw path (without the query); None if it can match nothing.

    None is the answer to bad escapes, invalid UTF-8, an encoded slash or backslash, controls,
    a segment that is or decodes to a dot segment, and an empty segment before the last.
    """
    if not raw.startswith(b"/"):
        return None
    pieces = raw[1:].split(b"/")
    if b"" in pieces[:-1]:
        return None
    if _PLAIN.fullmatch(raw):
        values = raw[1:].decode("ascii").split("/")
        return None if _DOTS.intersection(values) else Segments(tuple(values))
    return _decode(pieces)


def _decode(pieces: list[bytes]) -> Segments | None:
    values = []
    for piece in pieces:
        if _BAD_ESCAPE.search(piece):
            return None
        try:
            value = unquote_to_bytes(piece).decode("utf-8", "strict")
        except UnicodeDecodeError:
            return None
        if value in _DOTS or _FORBIDDEN.search(value):
            return None
        values.append(value)
    matrix = frozenset(place for place, piece in enumerate(pieces) if b";" in piece)
    return Segments(tuple(values), matrix)
