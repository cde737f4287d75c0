"""The requests of one operation, read and checked: arguments for its handler, or the problem."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from starlette.types import Receive, Scope

from gateway.edge.request.body import NO_BODY, BodyReader
from gateway.edge.request.parameters import ParameterReader
from gateway.edge.request.problem import BadRequestError, RequestProblem, invalid
from gateway.edge.request.schemas import Schemas
from gateway.handler import Violation
from gateway.spec.model import Operation

__all__ = ["Arguments", "RequestProblem", "RequestReader"]

_NO_PARAMETERS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a request gives to a handler, as the document describes it."""

    #: by name as written, coerced, defaults filled in; a name declared in several places means
    #: path, query, header, cookie in this order, and each stands under `"place name"` too
    parameters: Mapping[str, Any]
    #: parsed and coerced; None without a body; bytes for media types that are not read
    body: Any
    #: tells the JSON text `null` from no body
    has_body: bool


NO_ARGUMENTS = Arguments(_NO_PARAMETERS, None, has_body=False)


class RequestReader:
    """Reads the requests of one operation; everything is compiled here, once.

    INVARIANT: whatever is sent, `read` returns; only a client that goes away raises.
    """

    def __init__(
        self,
        operation: Operation,
        document: Mapping[str, Any],
        *,
        max_body_bytes: int,
        schemas: Schemas | None = None,
    ) -> None:
        """Compile; `schemas` are those of the document, shared with its other operations."""
        shared = schemas or Schemas(document)
        #: what reads the parameters alone
        self.parameters = ParameterReader(operation, shared)
        self._body = BodyReader(operation, shared, max_body_bytes=max_body_bytes)
        self._is_bare = self.parameters.is_empty and not self._body.is_read

    async def read(
        self, scope: Scope, receive: Receive, path_parameters: Mapping[str, str]
    ) -> Arguments | RequestProblem:
        """Read one request, its body at most once; ClientDisconnect if the client goes away."""
        if self._is_bare:
            return NO_ARGUMENTS
        try:
            return await self._read(scope, receive, path_parameters)
        except BadRequestError as error:
            return error.problem

    async def _read(
        self, scope: Scope, receive: Receive, path_parameters: Mapping[str, str]
    ) -> Arguments:
        parameters, violations = _NO_PARAMETERS, list[Violation]()
        if not self.parameters.is_empty:
            parameters, violations = self.parameters.read(scope, path_parameters)
        body = await self._read_body(scope, receive, violations)
        if body is NO_BODY:
            return Arguments(parameters, None, has_body=False)
        return Arguments(parameters, body, has_body=True)

    async def _read_body(self, scope: Scope, receive: Receive, violations: list[Violation]) -> Any:
        """The body; what is wrong with parameters is told together with what is wrong with it."""
        try:
            body = await self._body.read(scope, receive) if self._body.is_read else NO_BODY
        except BadRequestError as error:
            if error.problem.status == 400 and violations:
                raise invalid([*violations, *error.problem.violations]) from error
            raise
        if violations:
            raise invalid(violations)
        return body
