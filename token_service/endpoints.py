"""The token service over HTTP: paths, bounded bodies, headers; it decides nothing."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from token_service.answers import TokenAnswer, answer_error
from token_service.audit import AuditEvent, AuditRecord, write_audit
from token_service.entities import GrantType
from token_service.errors import RequestRefusedError, StoreUnavailableError
from token_service.grants.context import GrantContext
from token_service.guard import MAX_FORM_BYTES, check_head, read_form, too_large
from token_service.metadata import Metadata, describe, grants_on
from token_service.server import TokenServer
from token_service.store.clients import usable_grants

#: threads that may hash at once; each holds the memory of one argon2 hash
HASHING_THREADS = 8
#: how long resource servers may keep the keys
JWKS_MAX_AGE = 300

_Result = TypeVar("_Result")


class Endpoints:
    """The handlers of one token service."""

    def __init__(self, context: GrantContext) -> None:
        self._context = context
        self._server = TokenServer(context)
        self._limiter = CapacityLimiter(HASHING_THREADS)
        self._jwks = json.dumps(context.keyring.jwks()).encode()
        self._jwks_tag = f'"{hashlib.sha256(self._jwks).hexdigest()[:32]}"'

    def routes(self) -> list[Route]:
        """Every path, with and without the trailing slash; nothing is redirected."""
        # No method listed: the token endpoint refuses wrong ones itself, as the protocol has it.
        any_method: list[str] = []
        return [
            *_both("/o/token", self.token, methods=any_method),
            *_both("/o/.well-known/jwks.json", self.jwks, methods=["GET"]),
            *_both("/.well-known/oauth-authorization-server/o", self.metadata, methods=["GET"]),
        ]

    async def token(self, request: Request) -> Response:
        """`POST /o/token/` (RFC 6749 s3.2)."""
        headers = request.headers.raw
        try:
            check_head(request.method, headers, query=request.scope["query_string"])
            form = read_form(await _read_body(request), headers)
        except RequestRefusedError as error:
            answer = answer_error(error)
            write_audit(self._refusal(answer))
            return _token_response(answer)
        peer = request.client.host if request.client else ""
        return _token_response(await self._in_thread(lambda: self._server.answer(form, peer=peer)))

    async def jwks(self, request: Request) -> Response:
        """`GET /o/.well-known/jwks.json` (RFC 7517 s5)."""
        headers = {"Cache-Control": f"public, max-age={JWKS_MAX_AGE}", "ETag": self._jwks_tag}
        if self._jwks_tag in request.headers.get("if-none-match", ""):
            return _response(b"", status=304, headers=headers)
        return _response(self._jwks, headers=headers)

    async def metadata(self, _request: Request) -> Response:
        """`GET /.well-known/oauth-authorization-server/o` (RFC 8414 s3)."""
        body = json.dumps(await self._in_thread(self._describe)).encode()
        return _response(body, headers={"Cache-Control": "no-cache"})

    def _describe(self) -> Metadata:
        grants = grants_on(usable_grants(self._context.engine))
        begun = [grant for grant in grants if grant is not GrantType.REFRESH_TOKEN]
        declared = (self._context.declared.for_grant(grant.value) for grant in begun)
        scopes: frozenset[str] = frozenset().union(*declared)
        return describe(self._context.settings.issuer, grants=grants, scopes=scopes)

    def _refusal(self, answer: TokenAnswer) -> AuditRecord:
        return AuditRecord(
            event=AuditEvent.REFUSED,
            time=int(self._context.clock()),
            error=answer.error,
            status=answer.status,
        )

    async def _in_thread(self, function: Callable[[], _Result]) -> _Result:
        return await to_thread.run_sync(function, limiter=self._limiter)


async def answer_http_error(_request: Request, error: Exception) -> Response:
    """What the router found wrong, as problem+json (RFC 9457): 404, 405."""
    if not isinstance(error, HTTPException):
        raise error
    return _problem(error.status_code, error.detail, headers=dict(error.headers or {}))


async def answer_store_unavailable(_request: Request, error: Exception) -> Response:
    """503 with Retry-After outside the token endpoint."""
    if not isinstance(error, StoreUnavailableError):
        raise error
    headers = {"Retry-After": str(error.retry_after), "Cache-Control": "no-store"}
    return _problem(503, str(error), headers=headers)


async def answer_fault(_request: Request, _error: Exception) -> Response:
    """500 for a fault of ours; what it was is in the server's log alone."""
    return _problem(500, "Internal Server Error", headers={"Cache-Control": "no-store"})


def _both(path: str, endpoint: Callable[..., object], *, methods: list[str]) -> list[Route]:
    return [Route(path, endpoint, methods=methods), Route(f"{path}/", endpoint, methods=methods)]


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_FORM_BYTES:
                raise too_large()
    except ClientDisconnect as error:
        raise RequestRefusedError("invalid_request", "the body ended early") from error
    return bytes(body)


def _token_response(answer: TokenAnswer) -> Response:
    body = json.dumps(dict(answer.body)).encode()
    return _response(body, status=answer.status, headers=answer.headers)


def _problem(status: int, title: str, *, headers: Mapping[str, str]) -> Response:
    body = json.dumps({"type": "about:blank", "title": title, "status": status}).encode()
    return _response(
        body, status=status, headers={**headers, "Content-Type": "application/problem+json"}
    )


def _response(
    body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    own = {"Content-Type": "application/json", "X-Content-Type-Options": "nosniff"}
    return Response(body, status_code=status, headers={**own, **(headers or {})})
