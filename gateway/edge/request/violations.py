"""What a schema's errors mean to a caller: a place and a sentence, never a value of the request."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from jsonschema_rs import ValidationError

from gateway.edge.request.problem import MAX_VIOLATIONS, pointer
from gateway.edge.request.rewrite import READ_ONLY
from gateway.handler import Violation
from gateway.spec.nearest import did_you_mean

#: choices of an enum that a message names
_MAX_CHOICES = 20

_ARTICLES = {
    "array": "an array",
    "boolean": "true or false",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}
_FORMATS = {
    "byte": "base64 text",
    "date": "a date, as 2024-12-31",
    "date-time": "a date and time with its offset, as 2024-12-31T23:59:59Z (RFC 3339)",
    "email": "an e-mail address",
    "uuid": "a UUID",
    "uri": "a URI",
}


#: the properties declared at the schema that an error comes from
KnownNames = Callable[[ValidationError], list[str]]


def violations_of(
    errors: Iterable[ValidationError], known_names: KnownNames, *, prefix: str
) -> list[Violation]:
    """Tell what each error of a validator means, without repeats, as many as an answer holds."""
    described = (v for error in errors for v in _violations(error, known_names, prefix))
    return list(islice(dict.fromkeys(described), MAX_VIOLATIONS))


def _violations(
    error: ValidationError, known_names: KnownNames, prefix: str
) -> Iterator[Violation]:
    details = error.kind.as_dict()
    path = error.instance_path
    match error.kind.name:
        case "required":
            yield Violation(pointer(prefix, *path, details["property"]), "is required")
        case "additionalProperties" | "unevaluatedProperties":
            known = known_names(error)
            for name in details["unexpected"][:MAX_VIOLATIONS]:
                yield Violation(
                    pointer(prefix, *path, name),
                    "is not a known property" + did_you_mean(name, known),
                )
        case "anyOf" | "oneOf" if branch := _closest(error, details["context"]):
            for inner in branch:
                yield from _violations(inner, known_names, prefix)
        case name:
            yield Violation(pointer(prefix, *path), _detail(name, details))


def _detail(name: str, details: Mapping[str, Any]) -> str:
    describe = _DETAILS.get(name)
    return describe(details) if describe else "is not allowed here by the schema"


def _closest(
    error: ValidationError, branches: Sequence[Sequence[ValidationError]]
) -> Sequence[ValidationError]:
    """The one alternative that the value was meant for, if that can be told; else nothing."""
    same_type = [b for b in branches if not any(_is_of_another_type(error, e) for e in b)]
    if len(same_type) != 1:
        same_type = [b for b in same_type if not any(_is_of_another_kind(error, e) for e in b)]
    return same_type[0] if len(same_type) == 1 else ()


def _is_of_another_type(outer: ValidationError, inner: ValidationError) -> bool:
    return inner.kind.name == "type" and len(inner.instance_path) == len(outer.instance_path)


def _is_of_another_kind(outer: ValidationError, inner: ValidationError) -> bool:
    """Whether an error is about a value, such as a discriminator's, that tells kinds apart."""
    is_near = len(inner.instance_path) - len(outer.instance_path) <= 1
    return is_near and inner.kind.name in {"enum", "const"}


def _type(details: Mapping[str, Any]) -> str:
    return "must be " + " or ".join(_ARTICLES[name] for name in details["types"])


def _enum(details: Mapping[str, Any]) -> str:
    options = details["options"]
    named = ", ".join(f"`{_choice(option)}`" for option in options[:_MAX_CHOICES])
    more = " and others" if len(options) > _MAX_CHOICES else ""
    return f"must be one of {named}{more}"


def _choice(option: Any) -> str:
    return option if isinstance(option, str) else json.dumps(option)


def _format(details: Mapping[str, Any]) -> str:
    name = details["format"]
    return f"must be {_FORMATS.get(name, f'text of the format `{name}`')}"


def _not(details: Mapping[str, Any]) -> str:
    if details["schema"] == READ_ONLY["not"]:
        return "is read-only and cannot be sent"
    return "is not allowed here by the schema"


def _size(bound: str, noun: str) -> Callable[[Mapping[str, Any]], str]:
    plural = noun if noun != "property" else "propertie"

    def describe(details: Mapping[str, Any]) -> str:
        limit = details["limit"]
        return f"must have {bound} {limit} {noun if limit == 1 else plural + 's'}"

    return describe


_DETAILS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda details: f"must be `{_choice(details['expected_value'])}`",
    "format": _format,
    "not": _not,
    "minimum": lambda details: f"must be at least {details['limit']}",
    "maximum": lambda details: f"must be at most {details['limit']}",
    "exclusiveMinimum": lambda details: f"must be more than {details['limit']}",
    "exclusiveMaximum": lambda details: f"must be less than {details['limit']}",
    "multipleOf": lambda details: f"must be a multiple of {details['multiple_of']}",
    "pattern": lambda details: f"must match the pattern `{details['pattern']}`",
    "minLength": _size("at least", "character"),
    "maxLength": _size("at most", "character"),
    "minItems": _size("at least", "item"),
    "maxItems": _size("at most", "item"),
    "minProperties": _size("at least", "property"),
    "maxProperties": _size("at most", "property"),
    "uniqueItems": lambda _details: "must not hold an item twice",
    "anyOf": lambda _details: "fits none of the alternatives allowed here",
    "oneOf": lambda _details: "must fit exactly one of the alternatives allowed here",
}
