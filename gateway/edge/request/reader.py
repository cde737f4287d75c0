"""The requests of one operation, read and checked: arguments for its handler, or the problem."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from starlette.types import Receive, Scope

from gateway.edge.request.body import NO_BODY, BodyReader
from gateway.edge.request.parameters import ParameterReader
from gateway.edge.request.problem import BadRequestError, RequestProblem, invalid
from gateway.edge.request.schemas import Schemas
from gateway.handler import Violation
from gateway.spec.model import Operation

__all__ = ["Arguments", "RequestProblem", "RequestReader"]

_NO_PARAMETERS: Mapping[str, Any] = MappingProxyType({})


class Arguments(NamedTuple):
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
        #: whether the body is asked for
        self.takes_body = self._body.is_read
        self._is_bare = self.parameters.is_empty and not self._body.is_read

    async def read(
        self, scope: Scope, receive: Receive, path_parameters: Mapping[str, str]
    ) -> Arguments | RequestProblem:
        """Read one request, its body at most once; ClientDisconnect if the client goes away."""
        if not self._body.is_read:
            return self.read_whole(scope, b"", path_parameters)
        try:
            parameters, violations = self._read_parameters(scope, path_parameters)
            try:
                body = await self._body.read(scope, receive)
            except BadRequestError as error:
                if violations:
                    _raise_together(violations, error)
                raise
            return _arguments(parameters, body, violations)
        except BadRequestError as error:
            return error.problem

    def read_whole(
        self, scope: Scope, body: bytes, path_parameters: Mapping[str, str]
    ) -> Arguments | RequestProblem:
        """The same of a request that came with its whole body."""
        if self._is_bare:
            return NO_ARGUMENTS
        try:
            parameters, violations = self._read_parameters(scope, path_parameters)
            if not self._body.is_read:
                return _arguments(parameters, NO_BODY, violations)
            try:
                value = self._body.read_whole(scope, body)
            except BadRequestError as error:
                if violations:
                    _raise_together(violations, error)
                raise
            return _arguments(parameters, value, violations)
        except BadRequestError as error:
            return error.problem

    def _read_parameters(
        self, scope: Scope, path_parameters: Mapping[str, str]
    ) -> tuple[Mapping[str, Any], list[Violation]]:
        if self.parameters.is_empty:
            return _NO_PARAMETERS, []
        return self.parameters.read(scope, path_parameters)


def _raise_together(violations: list[Violation], error: BadRequestError) -> None:
    """Tell what is wrong with parameters together with what is wrong with the body."""
    if error.problem.status == 400:
        raise invalid([*violations, *error.problem.violations]) from error


def _arguments(parameters: Mapping[str, Any], body: Any, violations: list[Violation]) -> Arguments:
    if violations:
        raise invalid(violations)
    if body is NO_BODY:
        return Arguments(parameters, None, has_body=False)
    return Arguments(parameters, body, has_body=True)
