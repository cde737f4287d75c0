"""The body of one operation's requests: guarded by its headers, read once, parsed and checked."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.types import Receive, Scope

from gateway.edge.request.arrival import Announced, announced, receive_all
from gateway.edge.request.media import UNDESCRIBED, Media, compile_media
from gateway.edge.request.media_types import (
    MediaType,
    Reading,
    best_match,
    declared_essence,
    parse_media_type,
    reading_of,
)
from gateway.edge.request.multipart import without_boundary
from gateway.edge.request.parameter import flag
from gateway.edge.request.problem import (
    CONTENT_TYPE,
    BadRequestError,
    invalid,
    malformed,
    too_large,
    unsupported,
)
from gateway.edge.request.schemas import Schemas
from gateway.handler import Violation
from gateway.spec.model import Operation

#: stands for a body that was not sent
NO_BODY: Final = object()

_METHODS_WITH_BODIES = frozenset({"POST", "PUT", "PATCH", "QUERY"})
#: spellings of a Content-Type that are kept, and the characters of the longest
_MOST_KEPT = 64
_OCTETS = MediaType("application/octet-stream", {})


class BodyReader:
    """Reads the body that an operation declares, or any where it declares none and may have one."""

    def __init__(self, operation: Operation, schemas: Schemas, *, max_body_bytes: int) -> None:
        written = operation.request_body
        self.is_read = written is not None or operation.method in _METHODS_WITH_BODIES
        self._limit = max_body_bytes
        content = (written.get("content") or {}) if written is not None else {}
        #: whether anything is said of what the body may be
        self._is_declared = bool(content)
        self._is_required = written is not None and flag(
            written, "required", what="the body", origin=operation.origin
        )
        self._media = {
            declared_essence(key): compile_media(key, entry, schemas, origin=operation.origin)
            for key, entry in content.items()
        }
        takes = (key for key in content if "*" in key or self._media_of(declared_essence(key)))
        self._accepted = ", ".join(takes)
        #: how bodies of a Content-Type were read before
        self._chosen: dict[str, tuple[MediaType, Media]] = {}
        #: the same by the octets of the header
        self._parsers: dict[bytes, Callable[[bytes], Any]] = {}

    async def read(self, scope: Scope, receive: Receive) -> Any:
        """The body's value, or NO_BODY; or BadRequestError, or ClientDisconnect."""
        told = announced(scope)
        chosen = self._expect(told)
        if told.length == 0:
            return self._nothing()
        return self._parse(await receive_all(receive, limit=self._limit), told, chosen)

    def read_whole(self, scope: Scope, raw: bytes) -> Any:
        """The same of a body that came whole."""
        fields = dict(scope["headers"])
        parse = self._parsers.get(fields.get(b"content-type", b""))
        if parse is not None and raw and self._is_usual(scope, fields, raw):
            return parse(raw)
        told = announced(scope)
        chosen = self._expect(told)
        if told.length == 0:
            return self._nothing()
        if len(raw) > self._limit:
            raise too_large(self._limit)
        return self._parse(raw, told, chosen)

    def _is_usual(self, scope: Scope, fields: Mapping[bytes, bytes], raw: bytes) -> bool:
        """Whether all that the headers say of a body is its type, and the length that it has."""
        size = len(raw)
        if len(fields) != len(scope["headers"]) or b"content-encoding" in fields:
            return False
        length = fields.get(b"content-length")
        return size <= self._limit and (length is None or length == b"%d" % size)

    def _expect(self, told: Announced) -> tuple[MediaType, Media] | None:
        """How to read what is announced, before any of it is taken; None: that shows itself."""
        if told.length == 0:
            return None
        if told.length is not None and told.length > self._limit:
            raise too_large(self._limit)
        if told.length is None and told.content_type is None:
            return None
        return self._chosen.get(told.content_type or "") or self._choose(told.content_type)

    def _parse(self, raw: bytes, told: Announced, chosen: tuple[MediaType, Media] | None) -> Any:
        if not raw:
            return self._nothing()
        media_type, media = chosen or self._choose(told.content_type)
        return media.parse(raw, media_type)

    def _nothing(self) -> Any:
        if self._is_required:
            raise invalid([Violation("", "is required")], detail="The request has no body.")
        return NO_BODY

    def _choose(self, content_type: str | None) -> tuple[MediaType, Media]:
        """What to read the body as, and by which entry of the document; or 415."""
        if not content_type and self._is_declared:
            raise malformed("is required: it says how to read the body", at=CONTENT_TYPE)
        try:
            media_type = parse_media_type(content_type or "")
        except ValueError as error:
            if content_type and self._is_multipart(content_type):
                raise without_boundary() from error
            if not self._is_declared:
                return _OCTETS, UNDESCRIBED
            raise self._unsupported("a Content-Type that names one media type") from error
        if reading_of(media_type.essence) is not Reading.BYTES and not media_type.is_utf_8:
            raise self._unsupported("a body in UTF-8")
        media = self._media_of(media_type.essence)
        if media is None:
            raise self._unsupported("another Content-Type")
        chosen = media_type, media
        if content_type and len(content_type) <= _MOST_KEPT and len(self._chosen) < _MOST_KEPT:
            self._chosen[content_type] = chosen
            self._parsers[content_type.encode("latin-1")] = media.parser(media_type)
        return chosen

    def _is_multipart(self, content_type: str) -> bool:
        """Whether a Content-Type that cannot be read is that of a form which is taken here."""
        essence = declared_essence(content_type)
        return reading_of(essence) is Reading.MULTIPART and self._media_of(essence) is not None

    def _media_of(self, essence: str) -> Media | None:
        """The entry of the document that a media type is read by; None: it is not taken."""
        if not self._is_declared:
            return UNDESCRIBED
        key = best_match(essence, self._media)
        media = self._media[key] if key is not None else None
        return media if media is not None and media.takes(reading_of(essence)) else None

    def _unsupported(self, wanted: str) -> BadRequestError:
        accept = (("Accept", self._accepted),) if self._accepted else ()
        return unsupported(f"The operation takes {wanted}.", *accept)
