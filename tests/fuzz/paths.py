"""Which path of the raw document a request's path names: written from the rules of routing."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NEVER = re.compile(r"[\x00-\x1f\x7f-\x9f/\\]")
_PARAMETER = re.compile(r"\{[^{}]+\}")


def template_of(document: dict[str, Any], path: str) -> str | None:
    """The path template that a raw path names; None: nothing of the document."""
    segments = _segments(path)
    if segments is None:
        return None
    found = [template for template in document["paths"] if _fits(template, segments)]
    return min(found, key=_places_of_parameters, default=None)


def begins_like_an_operation(document: dict[str, Any], path: str) -> bool:
    """Whether a path, however it is written, could be taken for one below a declared path."""
    decoded = unquote_to_bytes(path.partition("?")[0]).decode("latin-1").lower()
    words = [word for word in re.split(r"[/\\;]", decoded) if word.strip(". ")]
    firsts = {template.split("/")[1] for template in document["paths"]}
    return bool(words) and words[0] in firsts


def _segments(path: str) -> list[str] | None:
    pieces = path.split("/")[1:]
    if not path.startswith("/") or "" in pieces[:-1] or ";" in path:
        return None
    if _BAD_ESCAPE.search(path):
        return None
    try:
        segments = [unquote_to_bytes(piece).decode() for piece in pieces]
    except UnicodeDecodeError:
        return None
    if any(segment in {".", ".."} or _NEVER.search(segment) for segment in segments):
        return None
    return segments


def _fits(template: str, segments: list[str]) -> bool:
    pieces = template.split("/")[1:]
    return len(pieces) == len(segments) and all(
        segment != "" if _PARAMETER.fullmatch(piece) else piece == segment
        for piece, segment in zip(pieces, segments, strict=True)
    )


def _places_of_parameters(template: str) -> list[bool]:
    """Concrete wins at the first place where two templates differ."""
    return [bool(_PARAMETER.fullmatch(piece)) for piece in template.split("/")]
