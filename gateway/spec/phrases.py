"""How to say what is wrong with a value, in the words of the OAS."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gateway.spec.fields import DOCUMENT
from gateway.spec.grammar import object_name
from gateway.spec.nearest import did_you_mean


class Complaint(NamedTuple):
    """One thing wrong: where, and what."""

    path: tuple[str | int, ...]
    message: str
    #: the key it is about, if it is not about the value at `path`
    key: str | None = None
    #: the field that is missing at `path`, if one is
    missing: str | None = None


_TYPES: Mapping[str, str] = {
    "string": "a text",
    "object": "an object",
    "array": "a list",
    "boolean": "true or false",
    "integer": "an integer",
    "number": "a number",
    "null": "null",
}

#: fields that a later version of the OAS has
_LATER: Mapping[tuple[str, str], str] = {
    (DOCUMENT, "webhooks"): "3.1",
    (DOCUMENT, "jsonSchemaDialect"): "3.1",
    ("Components", "pathItems"): "3.1",
    ("PathItem", "query"): "3.2",
    ("PathItem", "additionalOperations"): "3.2",
    ("Components", "mediaTypes"): "3.2",
    ("OAuthFlows", "deviceAuthorization"): "3.2",
    (DOCUMENT, "$self"): "3.2",
    ("MediaType", "itemSchema"): "3.2",
    ("SecurityScheme", "oauth2MetadataUrl"): "3.2",
}

NOT_WHAT_IT_IS = "this is not what the OAS has here"


def subject_of(path: Sequence[str | int]) -> str:
    """Return how to speak of the last step of a path."""
    if not path:
        return "the document"
    last = path[-1]
    if isinstance(last, int) and len(path) > 1 and path[-2] != "responses":
        return f"item {last + 1} of `{path[-2]}`"
    return f"`{last}`"


def wrong_type(subject: str, types: Sequence[str], value: object) -> str:
    """Say that a value is of none of the types."""
    wanted = " or ".join(_TYPES[name] for name in types)
    hint = "; quote it" if "string" in types and isinstance(value, bool | int | float) else ""
    return f"{subject} must be {wanted}, not {_TYPES[_type_of(value)]}{hint}"


def _type_of(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case dict():
            return "object"
        case list():
            return "array"
    return "number"


def not_an_option(subject: str, options: Sequence[object], value: object) -> str:
    """Say that a value is none of the options, and which is the nearest."""
    shown = ", ".join(
        f"`{str(option).lower()}`" if option is True else f"`{option}`" for option in options
    )
    wanted = f"one of {shown}" if len(options) > 1 else shown
    if not isinstance(value, str):
        return f"{subject} must be {wanted}"
    offer = did_you_mean(value, map(str, options))
    return f"{subject} must be {wanted}, not `{value[:40]}`{offer}"


def not_a_field(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that an object has no such field, and which it may have been meant for."""
    if (kind, name) in _LATER:
        return f"`{name}` needs OAS {_LATER[kind, name]}; say so in `openapi`"
    return f"`{name}` is not a field of {object_name(kind)}{did_you_mean(name, known)}"


def not_a_path(name: str) -> str:
    """Say that a key of `paths` is no path."""
    return f"`{name}` is not a path: a path begins with `/`"


def not_a_status(name: str) -> str:
    """Say that a key of `responses` is no status."""
    return f"`{name}` is not a status code, a range such as `4XX`, or `default`"
