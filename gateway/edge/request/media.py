"""One media type that an operation takes: what its octets mean, and whether that fits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from gateway.edge.request.coerce import coerce
from gateway.edge.request.forms import Field, FormShape, urlencoded_fields
from gateway.edge.request.json_text import JsonTextError, read_json
from gateway.edge.request.media_types import MediaType, Reading, declared_essence, reading_of
from gateway.edge.request.multipart import multipart_fields
from gateway.edge.request.problem import MAX_VIOLATIONS, invalid, malformed, pointer
from gateway.edge.request.schemas import CompiledSchema, Schemas
from gateway.edge.request.sequence import read_sequence
from gateway.edge.request.shapes import ANYTHING, Shape
from gateway.errors import Origin


@dataclass(frozen=True, slots=True)
class Media:
    """One entry of a Request Body's `content`, compiled; or what stands in where none is."""

    schema: CompiledSchema | None
    shape: Shape
    form: FormShape
    #: what each item of a sequence has to be (`itemSchema`, OAS 3.2)
    items: CompiledSchema | None = None

    def takes(self, reading: Reading) -> bool:
        """Whether what is read in this way can fit: octets are a string, and nothing else."""
        types = self.shape.types
        is_raw = reading is Reading.BYTES or self._is_raw(reading)
        return not is_raw or not types or "string" in types

    def _is_raw(self, reading: Reading) -> bool:
        """Whether a sequence is handed on as octets: the document says nothing of its items."""
        is_described = self.items is not None or self.shape.is_array
        return reading is Reading.SEQUENCE and not is_described

    def parser(self, media_type: MediaType) -> Callable[[bytes], Any]:
        """What `parse` does with bodies of this media type."""
        if reading_of(media_type.essence) is Reading.JSON:
            return self._parse_json
        return partial(self.parse, media_type=media_type)

    def _parse_json(self, raw: bytes) -> Any:
        value = _json(raw)
        if self.schema is not None and not self.schema.is_valid(value):
            raise invalid(self.schema.violations(value))
        return value

    def parse(self, raw: bytes, media_type: MediaType) -> Any:
        """The value of a body that was sent as this media type; or BadRequestError."""
        match reading_of(media_type.essence):
            case Reading.JSON:
                return self._parse_json(raw)
            case Reading.FORM:
                return self._assembled(urlencoded_fields(raw))
            case Reading.MULTIPART:
                return self._assembled(multipart_fields(raw, media_type))
            case Reading.SEQUENCE if not self._is_raw(Reading.SEQUENCE):
                return self._sequence(read_sequence(raw, media_type.essence))
            case Reading.TEXT:
                return self._fitting(coerce(_utf_8(raw), self.shape))
            case Reading.BYTES | Reading.SEQUENCE:
                self._check(_visible(raw))
                return raw

    def _assembled(self, fields: list[Field]) -> Any:
        members = self.form.assemble(fields)
        self._check(_visible(members))
        return members

    def _sequence(self, values: list[Any]) -> list[Any]:
        if self.items is not None:
            wrong = (i for i, value in enumerate(values) if not self.items.is_valid(value))
            found = [v for i in wrong for v in self.items.violations(values[i], prefix=_at(i))]
            if found:
                raise invalid(found[:MAX_VIOLATIONS])
        self._check(values)
        return values

    def _fitting(self, value: Any) -> Any:
        self._check(value)
        return value

    def _check(self, value: Any) -> None:
        if self.schema is not None and not self.schema.is_valid(value):
            raise invalid(self.schema.violations(value))


UNDESCRIBED = Media(None, ANYTHING, FormShape(ANYTHING, {}))


def compile_media(
    key: str, entry: Mapping[str, Any] | None, schemas: Schemas, *, origin: Origin, what: str = ""
) -> Media:
    """Compile an entry of a `content`; DocumentError if its schema is unusable.

    `what` is what a complaint says it belongs to.
    """
    written = entry or {}
    schema, item = written.get("schema"), written.get("itemSchema")
    if schema is None and item is None:
        return UNDESCRIBED
    named = what or f"the {key} body"
    compiled = None if schema is None else schemas.compile(schema, what=named, origin=origin)
    items = None if item is None else schemas.compile(item, what=f"{named}'s items", origin=origin)
    if schema is None or reading_of(declared_essence(key)) is Reading.JSON:
        return Media(compiled, ANYTHING, UNDESCRIBED.form, items)
    shape = schemas.shape(schema)
    return Media(compiled, shape, FormShape(shape, written.get("encoding", {})), items)


def _at(place: int) -> str:
    return pointer("", place)


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
