"""One parameter of an operation: what the document says of it, and its value from texts."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from gateway.edge.request.coerce import coerce, coerce_array
from gateway.edge.request.json_text import JsonTextError, read_json
from gateway.edge.request.media_types import Reading, declared_essence, reading_of
from gateway.edge.request.places import Texts, decoded
from gateway.edge.request.problem import BadRequestError, invalid, pointer
from gateway.edge.request.schemas import CompiledSchema, Schemas
from gateway.edge.request.shapes import ANYTHING, Shape
from gateway.edge.request.styles import Style, cut_array, cut_object, cut_scalar
from gateway.errors import DocumentError, Fault, Origin
from gateway.handler import Violation

#: stands for a value that is not there
ABSENT: Final = object()

#: the styles of each place, the first being the default
_STYLES: Mapping[str, tuple[str, ...]] = {
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "cookie": ("form", "cookie"),
    "path": ("simple", "label", "matrix"),
    "header": ("simple",),
}
#: styles that repeat the name unless `explode` is false
_EXPLODED = frozenset({"form", "cookie"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A Parameter object, compiled."""

    name: str
    #: `in`
    place: str
    #: as `name` is found in its place: headers in lower case
    key: str
    style: Style
    schema: CompiledSchema
    shape: Shape
    is_required: bool
    #: `content: application/json`
    is_json: bool
    allows_empty: bool
    default: Any
    #: names that other parameters of the query claim, which an exploded object leaves alone
    others: frozenset[str]

    @property
    def pointer(self) -> str:
        """Where violations point to: `/query/limit`."""
        return pointer(f"/{self.place}", self.name)

    def read(self, texts: Texts) -> Any:
        """The value, its default, or ABSENT; BadRequestError lists what is wrong with it."""
        try:
            value = self._value(texts)
        except ValueError as error:
            raise self._wrong(str(error)) from error
        except JsonTextError as error:
            raise invalid(_below(self.pointer, error.violations)) from error
        if value is ABSENT:
            return self._without()
        if value == "" and self.allows_empty:
            return value
        if not self.schema.is_valid(value):
            raise invalid(self.schema.violations(value, prefix=self.pointer))
        return value

    def _without(self) -> Any:
        if self.is_required:
            raise self._wrong("is required")
        return deepcopy(self.default) if isinstance(self.default, list | dict) else self.default

    def _wrong(self, detail: str) -> BadRequestError:
        return invalid([Violation(self.pointer, detail)])

    def _value(self, texts: Texts) -> Any:
        if self.shape.is_object and not self.is_json:
            return self._object(texts)
        given = texts.get(self.key)
        if given is None:
            return ABSENT
        if self.shape.is_array and not self.is_json:
            return coerce_array([self._decoded(text) for text in self._items(given)], self.shape)
        text = self._single(given)
        if self.is_json:
            return read_json(self._decoded(text).encode("utf-8", "surrogatepass"))
        return coerce(self._decoded(cut_scalar(text, self.name, self.style)), self.shape)

    def _items(self, given: list[str]) -> Iterable[str]:
        if self.place == "header":
            return [item.strip(" \t") for text in given for item in self._cut(text)]
        if self.place in ("query", "cookie") and self.style.explode:
            return given
        return self._cut(self._single(given))

    def _cut(self, text: str) -> list[str]:
        return cut_array(text, self.name, self.style)

    def _single(self, given: list[str]) -> str:
        if len(given) > 1:
            raise ValueError("is given several times, where one value is expected")
        return given[0]

    def _object(self, texts: Texts) -> Any:
        pairs = list(self._pairs(texts))
        if not pairs:
            return ABSENT
        members: dict[str, list[str]] = {}
        for name, text in pairs:
            members.setdefault(self._decoded(name), []).append(self._decoded(text))
        return {name: self._member(name, given) for name, given in members.items()}

    def _member(self, name: str, given: list[str]) -> Any:
        shape = self.shape.properties.get(name) or self.shape.additional or ANYTHING
        if shape.is_array:
            return coerce_array(given, shape)
        if len(given) > 1:
            raise invalid([Violation(pointer(self.pointer, name), "is given several times")])
        return coerce(given[0], shape)

    def _pairs(self, texts: Texts) -> Iterable[tuple[str, str]]:
        """The named texts of an object, still encoded as their place encodes them."""
        if self.style.name == "deepObject":
            return self._bracketed(texts)
        if self.place in ("query", "cookie") and self.style.explode:
            names = self._spread_names(texts)
            return [(name, text) for name in names for text in texts.get(name, ())]
        given = texts.get(self.key)
        if given is None:
            return ()
        text = ",".join(given) if self.place == "header" else self._single(given)
        return cut_object(text, self.name, self.style)

    def _bracketed(self, texts: Texts) -> Iterable[tuple[str, str]]:
        start = f"{self.name}["
        for name, given in texts.items():
            if name.startswith(start) and name.endswith("]"):
                inner = name[len(start) : -1]
                if "[" in inner or "]" in inner:
                    raise ValueError("is nested deeper than style deepObject can say")
                yield from ((inner, text) for text in given)

    def _spread_names(self, texts: Texts) -> Iterable[str]:
        declared = tuple(self.shape.properties)
        if self.shape.additional is None:
            return declared
        return (*declared, *(n for n in texts if n not in self.others and n not in declared))

    def _decoded(self, text: str) -> str:
        # `style: cookie` has nothing encoded (OAS 3.2), as a header has not.
        return decoded(text, "header" if self.style.name == "cookie" else self.place)


def compile_parameter(
    written: Mapping[str, Any], schemas: Schemas, *, others: frozenset[str], origin: Origin
) -> Parameter:
    """Compile a Parameter object of the document; DocumentError if its schema cannot be used."""
    name, place = written["name"], written["in"]
    if place not in _STYLES:
        raise _unreadable(f"parameters in `{place}` cannot be read; see `{name}`", origin)
    what = f"the {place} parameter `{name}`"
    style = written.get("style", _STYLES[place][0])
    if style not in _STYLES[place]:
        known = ", ".join(f"`{one}`" for one in _STYLES[place])
        raise _unreadable(f"{what} has the style `{style}`; in `{place}` there is {known}", origin)
    media, described = next(iter((written.get("content") or {}).items()), ("", written))
    schema = (described or {}).get("schema", {})
    explode = flag(written, "explode", what=what, origin=origin, default=style in _EXPLODED)
    return Parameter(
        name=name,
        place=place,
        key=name.lower() if place == "header" else name,
        style=Style(style, explode=explode),
        schema=schemas.compile(schema, what=what, origin=origin),
        shape=schemas.shape(schema),
        is_required=place == "path" or is_required(written, what=what, origin=origin),
        is_json=reading_of(declared_essence(media)) is Reading.JSON,
        allows_empty=flag(written, "allowEmptyValue", what=what, origin=origin),
        default=_default(schema, schemas),
        others=others,
    )


def is_required(written: Mapping[str, Any], *, what: str, origin: Origin) -> bool:
    """Whether a Parameter object asks to be there."""
    return flag(written, "required", what=what, origin=origin)


def flag(
    written: Mapping[str, Any], keyword: str, *, what: str, origin: Origin, default: bool = False
) -> bool:
    """What a keyword says that is true or false; DocumentError if it says something else."""
    value = written.get(keyword, default)
    if not isinstance(value, bool):
        raise _unreadable(f"`{keyword}` of {what} is neither true nor false", origin)
    return value


def _unreadable(message: str, origin: Origin) -> DocumentError:
    return DocumentError([Fault("unsupported-parameter", message, origin)])


def _default(schema: Any, schemas: Schemas) -> Any:
    for _ in range(10):
        if not isinstance(schema, Mapping) or "$ref" not in schema:
            break
        if "default" in schema and not schemas.is_30:
            break
        schema = schemas.resolve(schema["$ref"])
    return schema.get("default", ABSENT) if isinstance(schema, Mapping) else ABSENT


def _below(prefix: str, violations: Iterable[Violation]) -> list[Violation]:
    return [Violation(prefix + v.pointer, v.detail) for v in violations]
