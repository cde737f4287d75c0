"""One documented response of an operation, compiled: what is wrong with an answer under it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from gateway.edge.answer.exchange import exchanged
from gateway.edge.request.media_types import (
    Reading,
    best_match,
    declared_essence,
    parse_media_type,
    reading_of,
)
from gateway.edge.request.parameter import Parameter, compile_parameter
from gateway.edge.request.problem import CONTENT_TYPE, BadRequestError
from gateway.edge.request.schemas import CompiledSchema, Schemas
from gateway.errors import Origin
from gateway.handler import Violation

#: what a header's texts are, as ASGI has them
Headers = Sequence[tuple[bytes, bytes]]

#: of these OAS says that a Header object has no meaning, or HTTP that no handler writes them
_NOT_JUDGED = frozenset({"content-type", "content-length", "connection", "transfer-encoding"})
#: what the gateway or the server adds after a handler: they are there, though not yet
_ADDED_LATER = frozenset({"cache-control", "date", "server", "vary"})
#: a request's schemas say this of a property that they exclude; see `exchange`
_EXCLUDED = "is read-only and cannot be sent"
_BODY = "/body"
_MOST_REFERENCES = 16


@dataclass(frozen=True, slots=True)
class DocumentedResponse:
    """A Response object."""

    #: media type or range -> the schemas of its entries, one for each set of media parameters
    content: Mapping[str, Sequence[CompiledSchema]]
    headers: Sequence[Parameter]
    #: 204, 304 and the answers to HEAD have none (RFC 9110 s6.4.1)
    has_body: bool

    def violations(self, headers: Headers, body: bytes) -> list[Violation]:
        """What is wrong with an answer; pointers begin with `/body` or `/header`."""
        texts: dict[str, list[str]] = {}
        for name, value in headers:
            texts.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        found = [v for header in self.headers for v in _header_violations(header, texts)]
        if self.has_body:
            found += self._body_violations(texts.get("content-type", ()), body)
        return found

    def _body_violations(self, types: Sequence[str], body: bytes) -> list[Violation]:
        if not self.content:
            return [Violation(_BODY, "is not documented for this status")] if body else []
        if not body:
            return [Violation(_BODY, "is missing")]
        essence = _essence(types)
        if essence is None:
            return [Violation(CONTENT_TYPE, "is not one media type")]
        key = best_match(essence, self.content)
        if key is None:
            return [Violation(CONTENT_TYPE, "is not documented for this status")]
        return _json_violations(body, self.content[key]) if _is_json(essence) else []


def compile_response(
    response: Mapping[str, Any], schemas: Schemas, *, what: str, has_body: bool, origin: Origin
) -> DocumentedResponse:
    """Compile a Response object; `schemas` are those of the document exchanged for answers.

    Raises DocumentError at `origin` for a schema that cannot be used, naming `what` it belongs to.
    """
    written = exchanged(response)
    content: dict[str, list[CompiledSchema]] = {}
    for key, media in (written.get("content") or {}).items():
        entries = content.setdefault(declared_essence(key), [])
        schema = _followed(media, schemas).get("schema", {})
        if _may_be_json(declared_essence(key)):
            entries.append(schemas.compile(schema, what=f"{what} as `{key}`", origin=origin))
    headers = [
        _compile_header(name, _followed(header, schemas), schemas, origin=origin)
        for name, header in (written.get("headers") or {}).items()
        if name.lower() not in _NOT_JUDGED
    ]
    return DocumentedResponse(content, headers, has_body)


def _compile_header(
    name: str, header: Mapping[str, Any], schemas: Schemas, *, origin: Origin
) -> Parameter:
    """A Header object is a Parameter object without name and place (OAS 3.0.3)."""
    described = {**header, "name": name, "in": "header"}
    parameter = compile_parameter(described, schemas, others=frozenset(), origin=origin)
    return replace(parameter, is_required=False) if name.lower() in _ADDED_LATER else parameter


def _followed(written: Mapping[str, Any], schemas: Schemas) -> Mapping[str, Any]:
    """What stands here, or where its reference leads; the reading room saw to it that it does."""
    for _ in range(_MOST_REFERENCES):
        if "$ref" not in written:
            break
        written = schemas.resolve(written["$ref"])
    return written


def _header_violations(header: Parameter, texts: Mapping[str, list[str]]) -> Iterable[Violation]:
    try:
        header.read(texts)
    except BadRequestError as error:
        return error.problem.violations
    return ()


def _json_violations(body: bytes, schemas: Sequence[CompiledSchema]) -> list[Violation]:
    """What is wrong with a JSON text; nothing if it fits one of the schemas."""
    try:
        value = orjson.loads(body)
    except ValueError:
        return [Violation(_BODY, "is not JSON")]
    try:
        if any(schema.is_valid(value) for schema in schemas):
            return []
        return [_of_answers(v) for v in schemas[0].violations(value, prefix=_BODY)]
    except ValueError:  # the library follows a value so deep and no deeper
        return [Violation(_BODY, "is nested too deep to be checked")]


def _of_answers(violation: Violation) -> Violation:
    if violation.detail != _EXCLUDED:
        return violation
    return replace(violation, detail="is write-only and must not be in an answer")


def _essence(types: Sequence[str]) -> str | None:
    if len(types) != 1:
        return None
    try:
        return parse_media_type(types[0]).essence
    except ValueError:
        return None


def _is_json(essence: str) -> bool:
    return reading_of(essence) is Reading.JSON


def _may_be_json(essence: str) -> bool:
    return "*" in essence or _is_json(essence)
