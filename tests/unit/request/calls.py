"""Operations and requests for tests, made of what a test wants to say and nothing else."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.types import Message

from gateway.edge.request.reader import Arguments, RequestProblem, RequestReader
from gateway.errors import Origin
from gateway.spec.model import Operation, OperationKey, SecurityDeclaration, SecuritySource

ORIGIN = Origin("openapi.yaml", 7, 3)
LIMIT = 10_000

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


def operation(
    method: str = "POST",
    *,
    parameters: Iterable[Mapping[str, Any]] = (),
    body: Mapping[str, Any] | None = None,
    responses: Iterable[str] = ("200",),
) -> Operation:
    """An operation that declares these parameters, this Request Body, these statuses."""
    return Operation(
        OperationKey(f"{method} /things"),
        method,
        "/things",
        None,
        ORIGIN,
        SecurityDeclaration(SecuritySource.ABSENT, (), ORIGIN),
        parameters=tuple(parameters),
        request_body=body,
        responses={status: {} for status in responses},
    )


def body_of(schema: Any, *media_types: str, required: bool = True) -> dict[str, Any]:
    """A Request Body object that takes a schema as each of some media types."""
    return {
        "required": required,
        "content": {key: {"schema": schema} for key in media_types or (JSON,)},
    }


def document(openapi: str = "3.0.3", **schemas: Any) -> dict[str, Any]:
    """A document with these components.schemas."""
    return {"openapi": openapi, "components": {"schemas": schemas}}


def reader(
    described: Operation, whole: Mapping[str, Any] | None = None, *, limit: int = LIMIT
) -> RequestReader:
    """The reader of an operation."""
    return RequestReader(described, whole or document(), max_body_bytes=limit)


class Client:
    """Sends the chunks of a body and counts those that were asked for."""

    def __init__(self, *chunks: bytes, leaves: bool = False) -> None:
        self._messages: list[Message] = [
            {"type": "http.request", "body": chunk, "more_body": leaves or place < len(chunks)}
            for place, chunk in enumerate(chunks, start=1)
        ]
        self._leaves = leaves
        self.asked = 0

    async def receive(self) -> Message:
        """The next message, as an ASGI server gives it."""
        self.asked += 1
        if self._messages:
            return self._messages.pop(0)
        return {"type": "http.disconnect"}


def read(
    asked: RequestReader,
    body: bytes | Client = b"",
    *,
    content_type: str | bytes | None = None,
    headers: Iterable[tuple[str, str]] = (),
    query: str | bytes = "",
    path: Mapping[str, str] | None = None,
) -> Arguments | RequestProblem:
    """Send one request; a body given as bytes comes with its Content-Length."""
    sent = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    if content_type is not None:
        sent.append((b"content-type", _octets(content_type)))
    client = body if isinstance(body, Client) else Client(body)
    if isinstance(body, bytes):
        sent.append((b"content-length", str(len(body)).encode()))
    scope = {"type": "http", "method": "POST", "headers": sent, "query_string": _octets(query)}
    return asyncio.run(asked.read(scope, client.receive, path or {}))


def accepted(*args: Any, **kwargs: Any) -> Arguments:
    """As `read`; the request must be taken."""
    result = read(*args, **kwargs)
    assert isinstance(result, Arguments), result
    return result


def refused(*args: Any, **kwargs: Any) -> RequestProblem:
    """As `read`; the request must be refused."""
    result = read(*args, **kwargs)
    assert isinstance(result, RequestProblem), result
    return result


def told(problem: RequestProblem) -> dict[str, str]:
    """The violations of a problem: pointer -> detail."""
    return {violation.pointer: violation.detail for violation in problem.violations}


def _octets(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")
