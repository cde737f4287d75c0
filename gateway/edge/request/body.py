"""The body of one operation's requests: guarded, read once, parsed, coerced and validated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from gateway.edge.request.coerce import coerce
from gateway.edge.request.forms import Field, FormShape, urlencoded_fields
from gateway.edge.request.json_text import JsonTextError, read_json
from gateway.edge.request.media_types import (
    MediaType,
    Reading,
    best_match,
    declared_essence,
    parse_media_type,
    reading_of,
)
from gateway.edge.request.multipart import multipart_fields
from gateway.edge.request.problem import (
    BadRequestError,
    invalid,
    malformed,
    too_large,
    unsupported,
)
from gateway.edge.request.schemas import CompiledSchema, Schemas
from gateway.edge.request.shapes import ANYTHING, Shape
from gateway.handler import Violation
from gateway.spec.model import Operation

#: stands for a body that was not sent
NO_BODY: Final = object()

_METHODS_WITH_BODIES = frozenset({"POST", "PUT", "PATCH"})
_OCTETS = MediaType("application/octet-stream", {})


@dataclass(frozen=True, slots=True)
class _Media:
    """One entry of a Request Body's `content`, compiled; or what stands in where none is."""

    schema: CompiledSchema | None
    shape: Shape
    form: FormShape


@dataclass(frozen=True, slots=True)
class _Announced:
    """What the headers say of the body."""

    content_type: str | None
    length: int | None


class BodyReader:
    """Reads the body that an operation declares, or any where it declares none and may have one."""

    def __init__(self, operation: Operation, schemas: Schemas, *, max_body_bytes: int) -> None:
        written = operation.request_body
        self.is_read = written is not None or operation.method in _METHODS_WITH_BODIES
        self._limit = max_body_bytes
        self._is_declared = written is not None
        self._is_required = written is not None and written.get("required") is True
        content = written.get("content", {}) if written is not None else {}
        self._accepted = ", ".join(content)
        self._media = {
            declared_essence(key): _compile(key, entry, schemas, operation)
            for key, entry in content.items()
        }
        self._anything = _Media(None, ANYTHING, FormShape(ANYTHING, {}))

    async def read(self, scope: Scope, receive: Receive) -> Any:
        """The body's value, or NO_BODY; or BadRequestError, or ClientDisconnect."""
        announced = _announced(scope)
        if announced.length == 0:
            return self._nothing()
        if announced.length is not None and announced.length > self._limit:
            raise too_large(self._limit)
        chosen = None
        if announced.length is not None or announced.content_type is not None:
            chosen = self._choose(announced.content_type)
        raw = await _receive_all(receive, limit=self._limit)
        if not raw:
            return self._nothing()
        media_type, media = chosen or self._choose(announced.content_type)
        return _parse(raw, media_type, media)

    def _nothing(self) -> Any:
        if self._is_required:
            raise invalid([Violation("", "is required")], detail="The request has no body.")
        return NO_BODY

    def _choose(self, content_type: str | None) -> tuple[MediaType, _Media]:
        """What to read the body as, and by which entry of the document; or 415."""
        try:
            media_type = parse_media_type(content_type or "")
        except ValueError as error:
            if not self._is_declared:
                return _OCTETS, self._anything
            raise self._unsupported("a Content-Type that names one media type") from error
        if reading_of(media_type.essence) is not Reading.BYTES and not media_type.is_utf_8:
            raise self._unsupported("a body in UTF-8")
        if not self._is_declared:
            return media_type, self._anything
        key = best_match(media_type.essence, self._media)
        if key is None:
            raise self._unsupported("another Content-Type")
        return media_type, self._media[key]

    def _unsupported(self, wanted: str) -> BadRequestError:
        accept = (("Accept", self._accepted),) if self._accepted else ()
        return unsupported(f"The operation takes {wanted}.", *accept)


def _compile(key: str, entry: Mapping[str, Any], schemas: Schemas, operation: Operation) -> _Media:
    schema = entry.get("schema")
    if schema is None:
        return _Media(None, ANYTHING, FormShape(ANYTHING, {}))
    what = f"the {key} body"
    compiled = schemas.compile(schema, what=what, origin=operation.origin)
    shape = schemas.shape(schema)
    return _Media(compiled, shape, FormShape(shape, entry.get("encoding", {})))


def _announced(scope: Scope) -> _Announced:
    """Read the headers that speak of the body; or 400 and 415 for what cannot be read at all."""
    types, lengths = [], []
    for name, value in scope["headers"]:
        match name.lower():
            case b"content-type":
                types.append(value)
            case b"content-length":
                lengths.append(value)
            case b"content-encoding" if value.strip().lower() not in (b"", b"identity"):
                detail = "The operation takes bodies without a Content-Encoding."
                raise unsupported(detail, ("Accept-Encoding", "identity"))
    if len(set(lengths)) > 1 or (lengths and not _is_length(lengths[0])):
        raise malformed("The Content-Length is not one number.")
    # Two types are as good as an unreadable one.
    content_type = b",".join(types).decode("latin-1") if types else None
    return _Announced(content_type, int(lengths[0]) if lengths else None)


def _is_length(value: bytes) -> bool:
    return value.isdigit() and len(value) <= 19


async def _receive_all(receive: Receive, *, limit: int) -> bytes:
    """The whole body; never holds more than the limit and the chunk that breaks it."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _parse(raw: bytes, media_type: MediaType, media: _Media) -> Any:
    match reading_of(media_type.essence):
        case Reading.JSON:
            return _fitting(_json(raw), media)
        case Reading.FORM:
            return _form(urlencoded_fields(raw), media)
        case Reading.MULTIPART:
            return _form(multipart_fields(raw, media_type), media)
        case Reading.TEXT:
            return _fitting(coerce(_utf_8(raw), media.shape), media)
        case Reading.BYTES:
            return raw


def _json(raw: bytes) -> Any:
    try:
        return read_json(raw)
    except JsonTextError as error:
        raise invalid(error.violations, detail="The body cannot be read as JSON.") from error


def _utf_8(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise malformed("The body is not UTF-8.") from error


def _form(fields: list[Field], media: _Media) -> Any:
    members = media.form.assemble(fields)
    _check(_visible(members), media)
    return members


def _fitting(value: Any, media: _Media) -> Any:
    _check(value, media)
    return value


def _check(value: Any, media: _Media) -> None:
    if media.schema is not None and not media.schema.is_valid(value):
        raise invalid(media.schema.violations(value))


def _visible(value: Any) -> Any:
    """The value as a schema sees it: bytes as a string of as many characters."""
    match value:
        case bytes():
            return value.decode("latin-1")
        case list():
            return [_visible(item) for item in value]
        case dict():
            return {name: _visible(item) for name, item in value.items()}
        case _:
            return value
