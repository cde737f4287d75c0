"""An endpoint of the OAuth protocol over HTTP: a bounded form in, JSON out; it decides nothing."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import KW_ONLY, dataclass

from anyio import CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from token_service.answers import TokenAnswer, answer_error
from token_service.audit import AuditEvent, AuditRecord, write_audit
from token_service.errors import RequestRefusedError
from token_service.guard import MAX_FORM_BYTES, TokenForm, check_head, read_form, too_large
from token_service.ports import Clock

#: answers a form that passed the guard, sent from a connected address; may block
Answerer = Callable[[TokenForm, str], TokenAnswer]
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class FormEndpoint:
    """What answers the forms of one path, in threads; refusals by the guard are audited here."""

    #: the parameter that no form goes without, if there is one
    required: str | None
    answer: Answerer
    _: KW_ONLY
    #: for the audit; None is the token endpoint
    name: str | None
    clock: Clock
    limiter: CapacityLimiter

    async def respond(self, request: Request) -> Response:
        """Answer a request with any method."""
        headers = request.headers.raw
        try:
            check_head(request.method, headers, query=request.scope["query_string"])
            form = read_form(await _read_body(request), headers, required=self.required)
        except RequestRefusedError as error:
            answer = answer_error(error)
            self._audit(answer)
            return _response(answer)
        peer = request.client.host if request.client else ""
        return _response(await to_thread.run_sync(self.answer, form, peer, limiter=self.limiter))

    def _audit(self, refusal: TokenAnswer) -> None:
        write_audit(
            AuditRecord(
                event=AuditEvent.REFUSED,
                time=int(self.clock()),
                endpoint=self.name,
                error=refusal.error,
                status=refusal.status,
            )
        )


def json_response(
    body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A response that is JSON, and that no browser takes for anything else."""
    own = {"Content-Type": "application/json", "X-Content-Type-Options": "nosniff"}
    return Response(body, status_code=status, headers={**own, **(headers or {})})


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


def _response(answer: TokenAnswer) -> Response:
    body = json.dumps(dict(answer.body)).encode()
    return json_response(body, status=answer.status, headers=answer.headers)
