"""The guard's decision in the place of Connexion's SecurityMiddleware."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, assert_never

from connexion.middleware.abstract import SpecMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.edge.challenge import answer_denial
from gateway.edge.problem import send_problem
from gateway.edge.state import state_of
from gateway.edge.trusted_peer import peer_of
from gateway.guard import Guard, Ruleset
from gateway.model import Decision
from gateway.policy.rules import Policy
from gateway.settings import CertificateSettings
from gateway.spec.model import KeyPlace, OperationKey, SchemeKind, SchemeName, SecurityScheme

#: told of every decision; must neither raise nor wait
DecisionSink = Callable[[Decision], None]

_NO_CERTIFICATES: Mapping[SchemeName, CertificateSettings] = MappingProxyType({})


class PolicyMiddleware(SpecMiddleware):
    """Asks the guard before anything of the request but its head is read."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        guard: Guard,
        sinks: tuple[DecisionSink, ...],
        shows_detail: bool,
        resource_metadata: str | None = None,
    ) -> None:
        self._app = app
        self._guard = guard
        self._sinks = sinks
        self._answer = partial(
            answer_denial, shows_detail=shows_detail, resource_metadata=resource_metadata
        )
        self._vary = (guard.ruleset, vary_under(guard.ruleset))

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
            peer=peer_of(scope),
        )
        state.decision = decision
        for sink in self._sinks:
            sink(decision)
        if not decision.permits:
            problem = self._answer(decision, state.ruleset.policy)
            await send_problem(problem, send, request_id=state.request_id)
            return
        vary = self._vary_by(state.ruleset).get(state.operation)
        if vary is not None:
            send = partial(_send_private, send, vary)
        await self._app(scope, receive, send)

    def _vary_by(self, ruleset: Ruleset) -> Mapping[OperationKey, bytes]:
        """What answers vary by under the ruleset of a request, made anew when it was swapped."""
        made_for, vary = self._vary
        if made_for is not ruleset:
            vary = vary_under(ruleset)
            self._vary = (ruleset, vary)
        return vary


def vary_under(ruleset: Ruleset) -> Mapping[OperationKey, bytes]:
    """For each operation with a requirement the headers that its answers vary by."""
    return vary_of(ruleset.policy, ruleset.document.trusts.certificates)


def vary_of(
    policy: Policy, certificates: Mapping[SchemeName, CertificateSettings] = _NO_CERTIFICATES
) -> Mapping[OperationKey, bytes]:
    """The same of a policy, and of the headers that tell of client certificates."""
    return {
        key: _vary([policy.schemes[name] for name in rule.schemes], certificates)
        for key, rule in policy.rules.items()
        if rule.alternatives
    }


def _vary(
    schemes: Sequence[SecurityScheme], certificates: Mapping[SchemeName, CertificateSettings]
) -> bytes:
    names = (_credential_header(scheme, certificates.get(scheme.name)) for scheme in schemes)
    return ", ".join(dict.fromkeys(name for name in names if name)).encode()


def _credential_header(scheme: SecurityScheme, certificate: CertificateSettings | None) -> str:
    match scheme.place:
        case None if scheme.kind is SchemeKind.MUTUAL_TLS:
            return certificate.header if certificate else ""
        case None:
            return "Authorization"
        case KeyPlace.HEADER:
            return scheme.parameter or ""
        case KeyPlace.COOKIE:
            return "Cookie"
        case KeyPlace.QUERY:
            return ""
        case _ as never:
            assert_never(never)


async def _send_private(send: Send, vary: bytes, message: Message) -> None:
    """Keep answers that a caller had to prove himself for out of shared caches."""
    if message["type"] == "http.response.start":
        message["headers"] = private_headers(message.get("headers", ()), vary)
    await send(message)


def private_headers(
    headers: list[tuple[bytes, bytes]] | tuple[()], vary: bytes
) -> list[tuple[bytes, bytes]]:
    """Add Vary; add `private, no-cache` where the handler said nothing, and drop what is shared."""
    kept: list[tuple[bytes, bytes]] = []
    says_cache = False
    for name, value in headers:
        if name.lower() == b"cache-control":
            says_cache = True
            kept.append((name, _without_shared(value)))
        else:
            kept.append((name, value))
    if not says_cache:
        kept.append((b"cache-control", b"private, no-cache"))
    if vary:
        kept.append((b"vary", vary))
    return kept


def _without_shared(value: bytes) -> bytes:
    directives = (piece.strip() for piece in value.split(b","))
    private = [d for d in directives if not d.lower().startswith((b"public", b"s-maxage"))]
    return b", ".join(private) or b"private, no-cache"
