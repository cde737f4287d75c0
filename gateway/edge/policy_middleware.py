"""The guard's decision in the place of Connexion's SecurityMiddleware."""

from functools import partial
from typing import Any

from connexion.middleware.abstract import SpecMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.edge.privacy import private_headers, vary_of
from gateway.edge.reply import send_reply
from gateway.edge.state import state_of
from gateway.edge.verdict import Settle
from gateway.guard import Guard, Ruleset


class PolicyMiddleware(SpecMiddleware):
    """Asks the guard before anything of the request but its head is read."""

    def __init__(self, app: ASGIApp, *, guard: Guard, ruleset: Ruleset, settle: Settle) -> None:
        self._app = app
        self._guard = guard
        self._settle = settle
        self._vary = vary_of(ruleset.policy, ruleset.document.trusts.certificates)

    def add_api(self, specification: Any, **_: Any) -> None:
        """Nothing to learn: the policy was compiled from the original document."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a permitted request in, answer any other."""
        state = state_of(scope)
        if state.operation is None:
            raise RuntimeError("a request reached the policy without having been routed")
        decision = await self._guard.judge(
            state.ruleset,
            state.operation,
            headers=scope["headers"],
            query=scope.get("query_string", b""),
            peer=state.peer,
        )
        state.verdict = verdict = self._settle(decision, state.ruleset.policy)
        verdict.tell(state)
        if verdict.denial is not None:
            verdict.tell_answered(state, verdict.denial.status, state.seconds)
            await send_reply(verdict.denial.reply(state.request_id), send)
            return
        vary = self._vary.get(state.operation)
        if vary is not None:
            send = partial(_send_private, send, vary)
        await self._app(scope, receive, send)


async def _send_private(send: Send, vary: bytes, message: Message) -> None:
    """Keep answers that a caller had to prove himself for out of shared caches."""
    if message["type"] == "http.response.start":
        message["headers"] = private_headers(message.get("headers", ()), vary)
    await send(message)
