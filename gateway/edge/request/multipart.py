"""The parts of a multipart/form-data body (RFC 7578), kept within bounds."""

import logging
from dataclasses import dataclass, field

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError

from gateway.edge.request.forms import Field
from gateway.edge.request.media_types import MediaType, parse_media_type
from gateway.edge.request.percent import MAX_PAIRS
from gateway.edge.request.problem import CONTENT_TYPE, BadRequestError, malformed, pointer

#: RFC 2046 s5.1.1
MAX_BOUNDARY = 70
_PLAIN_ENCODINGS = frozenset({b"", b"7bit", b"8bit", b"binary"})
#: the parser warns of each bad body, which is the client's affair and is answered
_SILENT = logging.Logger("scopegate.multipart", level=logging.CRITICAL + 1)


@dataclass(slots=True)
class _Part:
    headers: dict[bytes, bytes] = field(default_factory=dict)
    data: bytearray = field(default_factory=bytearray)


class _Collector:
    """Takes the parser's calls and keeps the parts; refuses the one that is too much."""

    def __init__(self) -> None:
        self.fields: list[Field] = []
        self.is_complete = False
        self._part = _Part()
        self._name = b""
        self._value = b""

    def on_part_begin(self) -> None:
        if len(self.fields) >= MAX_PAIRS:
            raise malformed(f"has more than {MAX_PAIRS} parts")
        self._part = _Part()

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        name = self._name.lower()
        if name in self._part.headers:
            raise malformed(f"has a header twice in part {len(self.fields) + 1}")
        self._part.headers[name] = self._value.strip()
        self._name = self._value = b""

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._part.data += data[start:end]

    def on_part_end(self) -> None:
        headers = self._part.headers
        name = _field_name(headers)
        if name is None:
            wanted = "no Content-Disposition with a name"
            raise malformed(f"has {wanted} in part {len(self.fields) + 1}")
        _check_plain(headers, at=pointer("", name))
        self.fields.append((name, bytes(self._part.data)))

    def on_end(self) -> None:
        self.is_complete = True


def multipart_fields(raw: bytes, media_type: MediaType) -> list[Field]:
    """The parts of a body in the order sent, each with its bytes; or BadRequestError."""
    boundary = media_type.parameters.get("boundary", "")
    if not 0 < len(boundary) <= MAX_BOUNDARY or not boundary.isascii():
        raise without_boundary()
    collector = _Collector()
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": collector.on_part_begin,
            "on_part_data": collector.on_part_data,
            "on_part_end": collector.on_part_end,
            "on_header_field": collector.on_header_field,
            "on_header_value": collector.on_header_value,
            "on_header_end": collector.on_header_end,
            "on_end": collector.on_end,
        },
    )
    parser.logger = _SILENT
    try:
        parser.write(raw)
    except FormParserError as error:
        raise malformed("is not multipart/form-data with its own boundary") from error
    if not collector.is_complete:
        raise malformed("ends before its closing boundary")
    return collector.fields


def without_boundary() -> BadRequestError:
    """Make the 400 of a form whose Content-Type does not say where its parts end."""
    return malformed("names no usable boundary", at=CONTENT_TYPE)


def _check_plain(headers: dict[bytes, bytes], *, at: str) -> None:
    """Refuse forms within forms, and encodings that nobody should use (RFC 7578 s4.7)."""
    if headers.get(b"content-type", b"").lower().startswith(b"multipart/"):
        raise malformed("is a form itself", at=at)
    if headers.get(b"content-transfer-encoding", b"").lower() not in _PLAIN_ENCODINGS:
        raise malformed("has a Content-Transfer-Encoding", at=at)


def _field_name(headers: dict[bytes, bytes]) -> str | None:
    try:
        disposition = parse_media_type(headers.get(b"content-disposition", b"").decode("utf-8"))
    except ValueError:
        return None
    return disposition.parameters.get("name") if disposition.essence == "form-data" else None
