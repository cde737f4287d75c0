"""What the errors of the schemas of OAS 3.1 and 3.2 mean, in the words of the OAS."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema_rs import ValidationError, ValidationErrorKind

from gateway.spec.grammar import Grammar, kind_at, object_name
from gateway.spec.phrases import (
    NOT_WHAT_IT_IS,
    Complaint,
    not_a_field,
    not_a_path,
    not_a_status,
    not_an_option,
    subject_of,
    wrong_type,
)

_CONTENT = "either `schema` or `content` is needed, and not both"

#: what the combinations of rules in the schemas are there for, by kind and keyword
_PURPOSES: Mapping[tuple[str, str], str] = {
    ("OpenAPI", "anyOf"): "one of `paths`, `components` and `webhooks` is needed",
    ("Parameter", "oneOf"): _CONTENT,
    ("Header", "oneOf"): _CONTENT,
    ("Parameter", "not"): "`example` and `examples` exclude each other",
    ("Header", "not"): "`example` and `examples` exclude each other",
    ("MediaType", "not"): "`example` and `examples` exclude each other",
    ("Link", "oneOf"): "either `operationId` or `operationRef` is needed, and not both",
    ("Example", "not"): "an Example has one value: one of its fields excludes another",
    ("License", "not"): "`identifier` and `url` exclude each other",
    ("Operation", "not"): "`in: querystring` stands for the whole query, beside no `in: query`",
    ("PathItem", "not"): "`in: querystring` stands for the whole query, beside no `in: query`",
    ("Operation", "contains"): "there is one `in: querystring` at most",
    ("PathItem", "contains"): "there is one `in: querystring` at most",
}

_SIMPLE_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")


def complaints_of(
    errors: Sequence[ValidationError], schema: Mapping[str, Any], *, grammar: Grammar
) -> Iterator[Complaint]:
    """Yield what the errors of a document come down to."""
    places = {
        tuple(map(str, error.instance_path))
        for error in errors
        if not isinstance(error.kind, ValidationErrorKind.UnevaluatedProperties)
    }
    faulty = {place[:end] for place in places for end in range(len(place) + 1)}
    for error in errors:
        match error.kind:
            case ValidationErrorKind.UnevaluatedProperties(names):
                yield from _unexpected(error, names, schema=schema, grammar=grammar, faulty=faulty)
            case ValidationErrorKind.PropertyNames():
                # names of components have a rule of their own, and so have methods
                continue
            case ValidationErrorKind.Required("default") if error.instance:
                # no key is a status, of which each one has been told
                continue
            case _:
                yield _word(error, grammar)


def _unexpected(
    error: ValidationError,
    names: Sequence[str],
    *,
    schema: Mapping[str, Any],
    grammar: Grammar,
    faulty: set[tuple[str, ...]],
) -> Iterator[Complaint]:
    """Speak of fields that mean nothing here.

    Fields that are known count as unexpected too once something else is wrong with their object.
    """
    path = tuple(error.instance_path)
    place = tuple(map(str, path))
    kind = kind_at(grammar, path)
    known = _known_fields(error, schema)
    for name in names:
        if (*place, name) in faulty or (name in known and place in faulty):
            continue
        yield Complaint(path, _unexpected_words(kind, name, known), name)


def _unexpected_words(kind: str, name: str, known: set[str]) -> str:
    if kind == "Paths":
        return not_a_path(name)
    if kind == "Responses":
        return not_a_status(name)
    if kind == "SecurityScheme" and name == "bearerFormat":
        return "`bearerFormat` goes with the scheme `bearer` only"
    if name in known:
        return f"`{name}` does not go with the rest of {object_name(kind)}"
    return not_a_field(kind, name, known)


def _known_fields(error: ValidationError, schema: Mapping[str, Any]) -> set[str]:
    """Return the fields an object may ever have."""
    held: Any = schema
    for step in error.schema_path[:-1]:
        held = held[step]
    found: set[str] = set()
    stack = [held]
    while stack:
        part = stack.pop()
        if isinstance(part, Mapping):
            found.update(part.get("properties", ()))
            stack.extend(child for name, child in part.items() if name != "properties")
        elif isinstance(part, list):
            stack.extend(part)
    return found


def _word(error: ValidationError, grammar: Grammar) -> Complaint:
    path = tuple(error.instance_path)
    subject = subject_of(path)
    kind = kind_at(grammar, path)
    match error.kind:
        case ValidationErrorKind.Required(name):
            return Complaint(path, _missing(kind, name), missing=name)
        case ValidationErrorKind.Type(types):
            return Complaint(path, wrong_type(subject, types, error.instance))
        case ValidationErrorKind.Enum(options):
            return Complaint(path, not_an_option(subject, options, error.instance))
        case ValidationErrorKind.Constant(expected):
            return Complaint(path, not_an_option(subject, [expected], error.instance))
        case ValidationErrorKind.AnyOf() if kind == "Schema" and path[-1] == "type":
            return Complaint(path, _not_a_type(error.instance))
        case other:
            return Complaint(path, _PURPOSES.get(_purpose(kind, error), _rule(subject, other.name)))


def _purpose(kind: str, error: ValidationError) -> tuple[str, str]:
    keyword = str(error.schema_path[-1]) if error.schema_path else ""
    return kind, keyword.replace("maxContains", "contains")


def _rule(subject: str, name: str) -> str:
    match name:
        case "uniqueItems":
            return f"{subject} has the same item twice"
        case "minItems" | "minProperties":
            return f"{subject} must not be empty"
        case "maxProperties":
            return f"{subject} has 1 entry at most"
        case "minimum":
            return f"{subject} must not be less than 0"
        case "exclusiveMinimum":
            return f"{subject} must be more than 0"
    return NOT_WHAT_IT_IS if name == "falseSchema" else f"{subject} breaks the rule `{name}`"


def _missing(kind: str, name: str) -> str:
    if kind == "Parameter" and name == "required":
        return "a path parameter needs `required: true`"
    if kind == "Responses":
        return "`responses` must not be empty"
    return f"`{name}` is missing in {object_name(kind)}"


def _not_a_type(value: object) -> str:
    if isinstance(value, list):
        wrong = [item for item in value if item not in _SIMPLE_TYPES]
        if not wrong:
            return "`type` must not be empty, nor have the same type twice"
        return not_an_option("each type", _SIMPLE_TYPES, wrong[0])
    return not_an_option("`type`", _SIMPLE_TYPES, value)
