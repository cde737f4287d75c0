"""Media types: a Content-Type parsed strictly, matched to what an operation declares."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 -- RFC 9110 s5.6.2
_ESSENCE = re.compile(rf"[ \t]*({_TOKEN}/{_TOKEN}|form-data)[ \t]*")
_QUOTED = r'"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\x00-\x08\x0a-\x1f\x7f])*+)"'
_PARAMETER = re.compile(rf";[ \t]*(?:({_TOKEN})=(?:({_TOKEN})|{_QUOTED}))?[ \t]*")
_QUOTED_PAIR = re.compile(r"\\(.)")
_UTF_8 = frozenset({"utf-8", "utf8"})
_ASCII = frozenset({"us-ascii", "ascii"})
#: JSON texts one after the other (OAS 3.2, Sequential Media Types)
_SEQUENCES = frozenset(
    {
        "application/jsonl", "application/json-seq", "application/jsonlines", "application/ndjson",
        "application/x-jsonlines", "application/x-ndjson",
    }
)  # fmt: skip


class Reading(Enum):
    """How a body of a media type is read."""

    JSON = "JSON"
    FORM = "form"
    MULTIPART = "multipart"
    SEQUENCE = "sequence"
    TEXT = "text"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type as it was sent; the essence and the parameters' names in lower case."""

    essence: str
    parameters: Mapping[str, str]

    @property
    def is_utf_8(self) -> bool:
        """Whether its text is UTF-8: nothing else was said, or a subset of it."""
        charset = self.parameters.get("charset", "utf-8").lower()
        return charset in _UTF_8 or charset in _ASCII


def parse_media_type(text: str) -> MediaType:
    """Parse a Content-Type (RFC 9110 s8.3.1), or a Content-Disposition of a part; or ValueError."""
    found = _ESSENCE.match(text)
    if found is None:
        raise ValueError("not a media type")
    essence, place = found[1].lower(), found.end()
    parameters: dict[str, str] = {}
    while place < len(text):
        found = _PARAMETER.match(text, place)
        if found is None:
            raise ValueError("not a media type")
        place = found.end()
        if found[1] is None:
            continue
        name = found[1].lower()
        if name in parameters:
            raise ValueError("a parameter stands twice")
        quoted = found[3]
        parameters[name] = found[2] if quoted is None else _QUOTED_PAIR.sub(r"\1", quoted)
    return MediaType(essence, parameters)


def reading_of(essence: str) -> Reading:
    """How a body of this media type is read."""
    if essence == "application/json" or essence.endswith("+json"):
        return Reading.JSON
    if essence == "application/x-www-form-urlencoded":
        return Reading.FORM
    if essence == "multipart/form-data":
        return Reading.MULTIPART
    if essence in _SEQUENCES or essence.endswith("+json-seq"):
        return Reading.SEQUENCE
    return Reading.TEXT if essence.startswith("text/") else Reading.BYTES


def declared_essence(key: str) -> str:
    """The media type or range that a key of a `content` map names, without parameters."""
    return key.partition(";")[0].strip().lower()


def best_match(essence: str, declared: Iterable[str]) -> str | None:
    """The most specific declared type or range that covers `essence`: exact, `text/*`, `*/*`."""
    ranges = frozenset(declared)
    for candidate in (essence, essence.partition("/")[0] + "/*", "*/*"):
        if candidate in ranges:
            return candidate
    return None
