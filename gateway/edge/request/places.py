"""Where parameters are found: the texts that query, headers and cookies give to names."""

from collections.abc import Mapping

from starlette.types import Scope

from gateway.edge.request.percent import (
    MAX_PAIRS,
    decode,
    decode_form,
    has_too_many_pairs,
    split_pairs,
)
from gateway.edge.request.problem import malformed

#: name -> its texts in the order sent, as they were sent: latin-1 for octets, nothing decoded
Texts = Mapping[str, list[str]]


def query_texts(raw: bytes) -> Texts:
    """The texts of a query; a name that cannot be decoded is none of ours and left out."""
    if has_too_many_pairs(raw):
        raise malformed(f"has more than {MAX_PAIRS} parameters", at="/query")
    texts: dict[str, list[str]] = {}
    for raw_name, value in split_pairs(raw):
        try:
            name = decode_form(raw_name)
        except ValueError:
            continue
        texts.setdefault(name, []).append(value.decode("latin-1"))
    return texts


def header_texts(scope: Scope) -> Texts:
    """The texts of all headers, by lower-case name."""
    texts: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        texts.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return texts


def cookie_texts(headers: Texts) -> Texts:
    """The texts of all cookies (RFC 6265 s4.2.1); quotes around a value are not part of it."""
    texts: dict[str, list[str]] = {}
    for header in headers.get("cookie", ()):
        for piece in header.split(";"):
            name, equals, value = piece.strip(" \t").partition("=")
            if equals:
                texts.setdefault(name, []).append(_unquoted(value))
    return texts


def decoded(text: str, place: str) -> str:
    """One text as its place decodes it; ValueError says what is wrong with it."""
    match place:
        case "query":
            return decode_form(text.encode("latin-1"))
        case "cookie":
            return decode(text.encode("latin-1"))
        case "header":
            return _utf_8(text.strip(" \t"))
        case _:
            return text


def _utf_8(text: str) -> str:
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("is not UTF-8") from error


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value.startswith('"') and value.endswith('"')
    return value[1:-1] if is_quoted else value
