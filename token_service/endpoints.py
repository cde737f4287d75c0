"""The token service over HTTP: paths, bounded bodies, headers; it decides nothing."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from token_service.answers import TokenAnswer
from token_service.entities import GrantType
from token_service.errors import StoreUnavailableError
from token_service.form_endpoint import Answerer, FormEndpoint, Handler, json_response
from token_service.grants.context import GrantContext
from token_service.guard import TokenForm
from token_service.metadata import Metadata, describe, grants_on
from token_service.server import INTROSPECTION, REVOCATION, TokenServer
from token_service.store.clients import usable_grants

#: threads that may hash at once; each holds the memory of one argon2 hash
HASHING_THREADS = 8
#: how long resource servers may keep the keys
JWKS_MAX_AGE = 300

_Result = TypeVar("_Result")


class Endpoints:
    """The handlers of one token service."""

    def __init__(self, context: GrantContext, *, on_revoked: Callable[[], None]) -> None:
        self._context = context
        self._on_revoked = on_revoked
        self._server = TokenServer(context)
        self._limiter = CapacityLimiter(HASHING_THREADS)

    def routes(self) -> list[Route]:
        """Every path, with and without the trailing slash; nothing is redirected."""
        # No method listed: these refuse wrong ones themselves, as the protocol has it.
        any_method: list[str] = []
        token = self._forms("grant_type", self._server.answer)
        revoke = self._forms("token", self._revoke, name=REVOCATION)
        introspection = partial(self._server.answer_at, INTROSPECTION)
        introspect = self._forms("token", introspection, name=INTROSPECTION)
        return [
            *_both("/o/token", token, methods=any_method),
            *_both("/o/revoke_token", revoke, methods=any_method),
            *_both("/o/introspect", introspect, methods=any_method),
            *_both("/o/.well-known/jwks.json", self.jwks, methods=["GET"]),
            *_both("/.well-known/oauth-authorization-server/o", self.metadata, methods=["GET"]),
        ]

    async def jwks(self, request: Request) -> Response:
        """`GET /o/.well-known/jwks.json` (RFC 7517 s5)."""
        jwks = json.dumps(self._context.keyring.jwks()).encode()
        tag = f'"{hashlib.sha256(jwks).hexdigest()[:32]}"'
        headers = {"Cache-Control": f"public, max-age={JWKS_MAX_AGE}", "ETag": tag}
        if tag in request.headers.get("if-none-match", ""):
            return json_response(b"", status=304, headers=headers)
        return json_response(jwks, headers=headers)

    async def metadata(self, _request: Request) -> Response:
        """`GET /.well-known/oauth-authorization-server/o` (RFC 8414 s3)."""
        body = json.dumps(await self._in_thread(self._describe)).encode()
        return json_response(body, headers={"Cache-Control": "no-cache"})

    def _describe(self) -> Metadata:
        grants = grants_on(usable_grants(self._context.engine))
        begun = [grant for grant in grants if grant is not GrantType.REFRESH_TOKEN]
        declared = (self._context.declared.for_grant(grant.value) for grant in begun)
        scopes: frozenset[str] = frozenset().union(*declared)
        return describe(self._context.settings.issuer, grants=grants, scopes=scopes)

    def _forms(self, required: str, answer: Answerer, *, name: str | None = None) -> Handler:
        endpoint = FormEndpoint(
            required, answer, name=name, clock=self._context.clock, limiter=self._limiter
        )
        return endpoint.respond

    def _revoke(self, form: TokenForm, peer: str) -> TokenAnswer:
        """End a token; what is asked with it here from now on is refused."""
        answer = self._server.answer_at(REVOCATION, form, peer)
        if answer.error is None:
            self._on_revoked()
        return answer

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


def _problem(status: int, title: str, *, headers: Mapping[str, str]) -> Response:
    body = json.dumps({"type": "about:blank", "title": title, "status": status}).encode()
    return json_response(
        body, status=status, headers={**headers, "Content-Type": "application/problem+json"}
    )
