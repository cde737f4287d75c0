"""What the errors of the OAS 3.0 schema mean, in the words of the OAS."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema_rs import ValidationError, ValidationErrorKind

from gateway.spec.fields import DOCUMENT, METHODS_3_0
from gateway.spec.grammar import object_name
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

#: definitions that only add rules to an object of another name
_RULES_OF: Mapping[str, str] = {"ParameterLocation": "Parameter"}

#: what the combinations of rules in the schema are there for
_PURPOSES: Mapping[tuple[str, str], str] = {
    ("ExampleXORExamples", "not"): "`example` and `examples` exclude each other",
    ("SchemaXORContent", "not"): "`schema` and `content` exclude each other",
    ("SchemaXORContent", "oneOf"): (
        "either `schema` or `content` is needed; beside `content` there is no `style`, `explode`, "
        "`allowReserved`, `example` or `examples`"
    ),
    ("HTTPSecurityScheme", "oneOf"): "`bearerFormat` goes with the scheme `bearer` only",
    ("Link", "not"): "`operationId` and `operationRef` exclude each other",
}


def complaints_of(error: ValidationError, schema: Mapping[str, Any]) -> tuple[Complaint, ...]:
    """Return what an error comes down to: never empty, never with a value from an example."""
    found = tuple(_dig(error, schema))
    if found:
        return found
    return (Complaint(tuple(error.instance_path), NOT_WHAT_IT_IS),)


def _dig(error: ValidationError, schema: Mapping[str, Any]) -> Iterator[Complaint]:
    pending = [error]
    while pending:
        error = pending.pop()
        match error.kind:
            case ValidationErrorKind.OneOfNotValid(context):
                if (_definition(error), "oneOf") in _PURPOSES:
                    yield _word(error, schema)._replace(key=_culprit(error))
                    continue
                fitting = _alternatives(error, context, schema)
                wrong_types = [
                    types for errors in fitting if (types := _wrong_types(error, errors))
                ]
                if len(wrong_types) == len(fitting):
                    yield _of_type(error, [name for types in wrong_types for name in types])
                else:
                    pending.extend(_meant(error, fitting))
            case ValidationErrorKind.OneOfMultipleValid():
                # always stands beside the error that says what is missing
                continue
            case _:
                yield from _words(error, schema)


def _culprit(error: ValidationError) -> str | None:
    """Return the field that is one too many, if it is plain which."""
    scheme = error.instance
    if _definition(error) != "HTTPSecurityScheme" or not isinstance(scheme, dict):
        return None
    return "bearerFormat" if "bearerFormat" in scheme else None


def _alternatives(
    error: ValidationError, context: Sequence[Sequence[ValidationError]], schema: Mapping[str, Any]
) -> Sequence[Sequence[ValidationError]]:
    """Return the errors of each alternative: just of the Reference Object if there is a `$ref`."""
    wants_reference = isinstance(error.instance, dict) and "$ref" in error.instance
    return [
        errors
        for alternative, errors in zip(_at(schema, error.schema_path), context, strict=True)
        if ("Reference" in alternative.get("$ref", "")) == wants_reference
    ]


def _wrong_types(error: ValidationError, errors: Sequence[ValidationError]) -> Sequence[str]:
    """Return the types an alternative wants if the value as a whole is of none of them."""
    for inner in errors:
        match inner.kind:
            case ValidationErrorKind.Type(types) if inner.instance_path == error.instance_path:
                return types
    return ()


def _of_type(error: ValidationError, types: Sequence[str]) -> Complaint:
    path = tuple(error.instance_path)
    return Complaint(
        path, wrong_type(subject_of(path), tuple(dict.fromkeys(types)), error.instance)
    )


def _meant(
    error: ValidationError, alternatives: Sequence[Sequence[ValidationError]]
) -> Sequence[ValidationError]:
    """Return the errors of the alternative of the right type and kind, or that there is none."""
    typed = [errors for errors in alternatives if not _wrong_types(error, errors)]
    misfits = [[inner for inner in errors if _is_misfit(error, inner)] for errors in typed]
    if all(misfits):
        return misfits[0]
    fitting = [errors for errors, misfit in zip(typed, misfits, strict=True) if not misfit]
    return min(fitting, key=len)


def _is_misfit(error: ValidationError, inner: ValidationError) -> bool:
    """Whether an error says that an object of another kind was meant."""
    below = inner.instance_path[len(error.instance_path) :]
    return isinstance(inner.kind, ValidationErrorKind.Enum) and below in (["type"], ["in"])


def _words(error: ValidationError, schema: Mapping[str, Any]) -> Iterator[Complaint]:
    kind = error.kind
    if isinstance(kind, ValidationErrorKind.AdditionalProperties):
        for name in kind.unexpected:
            yield _unexpected(error, name, schema)
    else:
        yield _word(error, schema)


def _unexpected(error: ValidationError, name: str, schema: Mapping[str, Any]) -> Complaint:
    definition = _definition(error)
    path = tuple(error.instance_path)
    if definition == "Paths":
        return Complaint(path, not_a_path(name), name)
    if definition == "Responses":
        return Complaint(path, not_a_status(name), name)
    owner = schema["definitions"][definition] if definition else schema
    known = {*owner["properties"], *(METHODS_3_0 if definition == "PathItem" else ())}
    return Complaint(path, not_a_field(definition or DOCUMENT, name, known), name)


def _word(error: ValidationError, schema: Mapping[str, Any]) -> Complaint:
    path = tuple(error.instance_path)
    subject = subject_of(path)
    match error.kind:
        case ValidationErrorKind.Required(name):
            return Complaint(path, _missing(error, name), missing=name)
        case ValidationErrorKind.Type(types):
            message = wrong_type(subject, types, error.instance)
        case ValidationErrorKind.Enum(options):
            message = not_an_option(subject, _all_options(error, options, schema), error.instance)
        case ValidationErrorKind.UniqueItems():
            message = f"{subject} has the same item twice"
        case ValidationErrorKind.MinItems() | ValidationErrorKind.MinProperties():
            message = f"{subject} must not be empty"
        case ValidationErrorKind.MaxProperties(limit):
            message = f"{subject} has {limit} entry at most"
        case kind:
            purpose = _PURPOSES.get((_definition(error), kind.name))
            message = purpose or f"{subject} breaks the rule `{kind.name}` of the OAS schema"
    return Complaint(path, message)


def _missing(error: ValidationError, name: str) -> str:
    if _definition(error) == "ParameterLocation":
        return "a path parameter needs `required: true`"
    return f"`{name}` is missing in {object_name(_definition(error) or DOCUMENT)}"


def _all_options(
    error: ValidationError, options: Sequence[Any], schema: Mapping[str, Any]
) -> Sequence[Any]:
    """Return what the field that tells alternatives apart may be in any of them."""
    definition = _definition(error)
    if definition.endswith("SecurityScheme"):
        kinds = schema["definitions"]["SecurityScheme"]["oneOf"]
        names = [kind["$ref"].rpartition("/")[2] for kind in kinds]
        if error.instance_path[-1] == "type":
            return [schema["definitions"][name]["properties"]["type"]["enum"][0] for name in names]
    if definition == "ParameterLocation" and error.instance_path[-1] == "in":
        places = schema["definitions"]["ParameterLocation"]["oneOf"]
        return [place["properties"]["in"]["enum"][0] for place in places]
    return options


def _definition(error: ValidationError) -> str:
    """Return the kind of object an error is about, "" for the document itself."""
    steps = error.schema_path
    named = [str(steps[i + 1]) for i, step in enumerate(steps[:-1]) if step == "definitions"]
    return named[-1] if named else ""


def _at(schema: Mapping[str, Any], steps: Sequence[str | int]) -> Any:
    found: Any = schema
    for step in steps:
        found = found[step]
    return found
