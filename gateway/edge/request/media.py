"""One media type that an operation takes: what its octets mean, and whether that fits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.edge.request.coerce import coerce
from gateway.edge.request.forms import Field, FormShape, urlencoded_fields
from gateway.edge.request.json_text import JsonTextError, read_json
from gateway.edge.request.media_types import MediaType, Reading, reading_of
from gateway.edge.request.multipart import multipart_fields
from gateway.edge.request.problem import invalid, malformed
from gateway.edge.request.schemas import CompiledSchema, Schemas
from gateway.edge.request.shapes import ANYTHING, Shape
from gateway.errors import Origin


@dataclass(frozen=True, slots=True)
class Media:
    """One entry of a Request Body's `content`, compiled; or what stands in where none is."""

    schema: CompiledSchema | None
    shape: Shape
    form: FormShape

    def takes(self, reading: Reading) -> bool:
        """Whether what is read in this way can fit: octets are a string, and nothing else."""
        types = self.shape.types
        return reading is not Reading.BYTES or not types or "string" in types

    def parse(self, raw: bytes, media_type: MediaType) -> Any:
        """The value of a body that was sent as this media type; or BadRequestError."""
        match reading_of(media_type.essence):
            case Reading.JSON:
                return self._fitting(_json(raw))
            case Reading.FORM:
                return self._assembled(urlencoded_fields(raw))
            case Reading.MULTIPART:
                return self._assembled(multipart_fields(raw, media_type))
            case Reading.TEXT:
                return self._fitting(coerce(_utf_8(raw), self.shape))
            case Reading.BYTES:
                self._check(_visible(raw))
                return raw

    def _assembled(self, fields: list[Field]) -> Any:
        members = self.form.assemble(fields)
        self._check(_visible(members))
        return members

    def _fitting(self, value: Any) -> Any:
        self._check(value)
        return value

    def _check(self, value: Any) -> None:
        if self.schema is not None and not self.schema.is_valid(value):
            raise invalid(self.schema.violations(value))


UNDESCRIBED = Media(None, ANYTHING, FormShape(ANYTHING, {}))


def compile_media(key: str, entry: Mapping[str, Any], schemas: Schemas, *, origin: Origin) -> Media:
    """Compile an entry of a Request Body's `content`; DocumentError if its schema is unusable."""
    schema = entry.get("schema")
    if schema is None:
        return UNDESCRIBED
    what = f"the {key} body"
    compiled = schemas.compile(schema, what=what, origin=origin)
    shape = schemas.shape(schema)
    return Media(compiled, shape, FormShape(shape, entry.get("encoding", {})))


def _json(raw: bytes) -> Any:
    try:
        return read_json(raw)
    except JsonTextError as error:
        raise invalid(error.violations, detail="The body cannot be read as JSON.") from error


def _utf_8(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise malformed("is not UTF-8") from error


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
