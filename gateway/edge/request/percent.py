"""Text of a query or form: cut into pairs, and percent-decoded without guessing."""

import re
from urllib.parse import unquote_to_bytes

#: pairs in one query, one form or one multipart body
MAX_PAIRS = 1_000

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def has_too_many_pairs(raw: bytes) -> bool:
    """Whether cutting would make more pairs than MAX_PAIRS."""
    return raw.count(b"&") >= MAX_PAIRS


def split_pairs(raw: bytes) -> list[tuple[bytes, bytes]]:
    """Cut at `&` and each first `=`; empty pieces are dropped, nothing is decoded."""
    pairs = []
    for piece in raw.split(b"&"):
        if piece:
            name, _, value = piece.partition(b"=")
            pairs.append((name, value))
    return pairs


def decode_form(raw: bytes) -> str:
    """Decode a name or value of a form or query (`+` is a space); ValueError says what is wrong."""
    if b"+" in raw:
        raw = raw.replace(b"+", b" ")
    return decode(raw)


def decode(raw: bytes) -> str:
    """Percent-decode once and read as UTF-8; the ValueError's text says what is wrong."""
    if b"%" in raw:
        if _BAD_ESCAPE.search(raw):
            raise ValueError("has a `%` that two hexadecimal digits do not follow")
        raw = unquote_to_bytes(raw)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("is not UTF-8") from error
