"""A parameter that is the whole query of a request (`in: querystring`, OAS 3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.edge.request.media import Media, compile_media
from gateway.edge.request.media_types import MediaType, Reading, declared_essence, reading_of
from gateway.edge.request.parameter import ABSENT, is_required
from gateway.edge.request.percent import decode
from gateway.edge.request.places import Texts
from gateway.edge.request.problem import BadRequestError, invalid, pointer
from gateway.edge.request.schemas import Schemas
from gateway.errors import Origin
from gateway.handler import Violation

#: `in`, and the one key of the texts it is read from
QUERYSTRING = "querystring"
_TEXT = MediaType("text/plain", {})


@dataclass(frozen=True, slots=True)
class QueryString:
    """A Parameter object of this place, compiled: the query is read as a body of its type is."""

    name: str
    media_type: MediaType
    media: Media
    is_required: bool
    place: str = QUERYSTRING

    def read(self, texts: Texts) -> Any:
        """The value, or ABSENT; BadRequestError lists what is wrong with it."""
        at = pointer(f"/{QUERYSTRING}", self.name)
        raw = "".join(texts.get(QUERYSTRING, ())).encode("latin-1")
        if not raw:
            if self.is_required:
                raise invalid([Violation(at, "is required")])
            return ABSENT
        try:
            return self.media.parse(self._octets(raw), self.media_type)
        except ValueError as error:
            raise invalid([Violation(at, str(error))]) from error
        except BadRequestError as error:
            found = (Violation(at + v.pointer, v.detail) for v in error.problem.violations)
            raise invalid(found, detail=error.problem.detail) from error

    def _octets(self, raw: bytes) -> bytes:
        """The query as its media type has it: a form is encoded in itself, others by the URI."""
        if reading_of(self.media_type.essence) is Reading.FORM:
            return raw
        return decode(raw).encode("utf-8")


def compile_querystring(
    written: Mapping[str, Any], schemas: Schemas, *, origin: Origin
) -> QueryString:
    """Compile a Parameter object; DocumentError if its schema cannot be used."""
    name = written["name"]
    what = f"the {QUERYSTRING} parameter `{name}`"
    key, entry = next(iter((written.get("content") or {"text/plain": {}}).items()))
    reading = reading_of(declared_essence(key))
    is_read = reading in (Reading.JSON, Reading.FORM)
    return QueryString(
        name=name,
        media_type=MediaType(declared_essence(key), {}) if is_read else _TEXT,
        media=compile_media(key, entry, schemas, origin=origin, what=what),
        is_required=is_required(written, what=what, origin=origin),
    )
