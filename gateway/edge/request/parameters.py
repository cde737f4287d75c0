"""All parameters of one operation: compiled once, read from path, query, headers and cookies."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.types import Scope

from gateway.edge.request.parameter import ABSENT, Parameter, compile_parameter
from gateway.edge.request.places import Texts, cookie_texts, header_texts, query_texts
from gateway.edge.request.problem import BadRequestError, RequestProblem
from gateway.edge.request.querystring import QUERYSTRING, QueryString, compile_querystring
from gateway.edge.request.schemas import Schemas
from gateway.handler import Violation
from gateway.spec.model import Operation

#: a name declared in several places means the first of these
_PRECEDENCE = ("path", "query", "querystring", "header", "cookie")
#: OAS 3.0: parameters of these names in the header are described elsewhere and ignored
_NOT_PARAMETERS = frozenset({"accept", "content-type", "authorization"})


#: queries that are kept, and the octets of the longest
_MOST_KEPT, _LONGEST_KEPT = 64, 128
#: what nobody can change who is handed it
_PLAIN = frozenset({str, int, float, bool, type(None)})


def _is_kept(query: bytes, values: Mapping[str, Any]) -> bool:
    return len(query) <= _LONGEST_KEPT and all(type(value) in _PLAIN for value in values.values())


class ParameterReader:
    """Reads the declared parameters of an operation; what is not declared is not looked at."""

    def __init__(self, operation: Operation, schemas: Schemas) -> None:
        written = [one for one in operation.parameters if not _is_ignored(one)]
        query = frozenset(one["name"] for one in written if one["in"] == "query")
        compiled: list[Parameter | QueryString] = [
            compile_querystring(one, schemas, origin=operation.origin)
            if one["in"] == QUERYSTRING
            else compile_parameter(
                one, schemas, others=query - {one["name"]}, origin=operation.origin
            )
            for one in written
        ]
        compiled.sort(key=lambda one: _PRECEDENCE.index(one.place))
        self._parameters = [(one, _names(one, compiled)) for one in compiled]
        places = {one.place for one in compiled}
        self._has_query = "query" in places
        self._rests_on_query = places == {"query"}
        #: queries that were read before, and what they say
        self._known: dict[bytes, dict[str, Any]] = {}
        self._has_headers = bool(places & {"header", "cookie"})
        self._is_missing_when_unfit = "404" in operation.responses and (
            "400" not in operation.responses
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read."""
        return not self._parameters

    def read(
        self, scope: Scope, path_parameters: Mapping[str, str]
    ) -> tuple[dict[str, Any], list[Violation]]:
        """The values by name, and what is wrong with the others; or BadRequestError."""
        query: bytes = scope.get("query_string", b"")
        known = self._known.get(query)
        if known is not None:
            return known.copy(), []
        values, violations = self._read(scope, path_parameters)
        is_room = self._rests_on_query and len(self._known) < _MOST_KEPT
        if is_room and not violations and _is_kept(query, values):
            self._known[query] = values.copy()
        return values, violations

    def _read(
        self, scope: Scope, path_parameters: Mapping[str, str]
    ) -> tuple[dict[str, Any], list[Violation]]:
        texts = self._texts(scope, path_parameters)
        values: dict[str, Any] = {}
        violations: list[Violation] = []
        for parameter, names in self._parameters:
            try:
                value = parameter.read(texts[parameter.place])
            except BadRequestError as error:
                self._refuse_path(parameter)
                violations += error.problem.violations
                continue
            if value is not ABSENT:
                values |= dict.fromkeys(names, value)
        return values, violations

    def _texts(self, scope: Scope, path_parameters: Mapping[str, str]) -> dict[str, Texts]:
        headers = header_texts(scope) if self._has_headers else {}
        return {
            "path": {name: [text] for name, text in path_parameters.items()},
            "query": query_texts(scope.get("query_string", b"")) if self._has_query else {},
            QUERYSTRING: {QUERYSTRING: [scope.get("query_string", b"").decode("latin-1")]},
            "header": headers,
            "cookie": cookie_texts(headers),
        }

    def _refuse_path(self, parameter: Parameter | QueryString) -> None:
        """A path that names nothing is 404, where the document knows that and not 400."""
        if parameter.place == "path" and self._is_missing_when_unfit:
            detail = "There is nothing at this path."
            raise BadRequestError(RequestProblem(404, "not-found", detail))


def _is_ignored(written: Mapping[str, Any]) -> bool:
    return written["in"] == "header" and written["name"].lower() in _NOT_PARAMETERS


def _names(
    parameter: Parameter | QueryString, all_of_them: Sequence[Parameter | QueryString]
) -> tuple[str, ...]:
    """The names a value goes by: its own, and with its place where the name stands twice."""
    if Counter(one.name for one in all_of_them)[parameter.name] == 1:
        return (parameter.name,)
    placed = f"{parameter.place} {parameter.name}"
    first = next(one for one in all_of_them if one.name == parameter.name)
    return (parameter.name, placed) if first is parameter else (placed,)
