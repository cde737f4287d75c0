"""Guards over documents made in the test, with credential sources and clocks that tests hold."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.guard import Guard, Ruleset
from gateway.load import load_document
from gateway.model import Decision, Principal, PrincipalKind, Proof, Proven, Refused, TokenFault
from gateway.model import Uncheckable as Away
from gateway.spec.model import OperationKey, SchemeName
from gateway.tokens.csrf import CsrfEvidence
from gateway.tokens.ports import KeySource
from tests.edge.gateway.world import document, read, ruleset_of, settings_of
from tests.unit.tokens.minting import ISSUER, NOW

ALICE = Principal(ISSUER, "user:alice", PrincipalKind.USER)
KEY = Principal("keys", "key:1", PrincipalKind.KEY)
UNKNOWN = Refused(TokenFault.UNKNOWN_CREDENTIAL)

SCHEMES: Mapping[str, Any] = {
    "oauth": {
        "type": "oauth2",
        "flows": {
            "clientCredentials": {"tokenUrl": "/t", "scopes": {"read": "", "write": ""}},
        },
    },
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "other_basic": {"type": "http", "scheme": "basic"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "session": {"type": "apiKey", "in": "cookie", "name": "s"},
}

GET_A = OperationKey("GET /a")


@dataclass
class ToldSource:
    """A credential source that answers what it was told, and remembers what it was asked."""

    sessions: Mapping[str, Proven | Refused | Away] = field(default_factory=dict)
    keys: Mapping[str, Proven] = field(default_factory=dict)
    passwords: Mapping[tuple[str, str], Proven] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)

    async def session(self, cookie: str, _evidence: CsrfEvidence) -> Proven | Refused | Away | None:
        self.asked.append(("session", cookie))
        return self.sessions.get(cookie)

    async def api_key(
        self, scheme: SchemeName, key: str, *, evidence: CsrfEvidence | None
    ) -> Proven | Refused | Away:
        self.asked.append(("api_key", scheme, key))
        return self.keys.get(key, UNKNOWN)

    async def basic(self, user: str, password: str, *, address: str) -> Proven | Refused | Away:
        self.asked.append(("basic", user, password))
        return self.passwords.get((user, password), UNKNOWN)


def ruleset(
    security: Any,
    *,
    bound: Iterable[str] = ("basic", "other_basic", "key"),
    session: bool = False,
    keys: KeySource | None = None,
) -> Ruleset:
    """The ruleset of a document with one operation, `GET /a`."""
    element: dict[str, Any] = {"responses": {"200": {"description": ""}}}
    if security is not None:
        element["security"] = security
    settings = settings_of()
    if session:
        settings = settings_of(schemes={"session": {"session": True}})
    loaded = load_document(
        read(document({"/a": {"get": element}}, schemes=SCHEMES)),
        settings,
        taken_as_bound=[SchemeName(name) for name in bound],
    )
    return ruleset_of(loaded, keys)


def decide(
    rules: Ruleset,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    *,
    query: bytes = b"",
    source: ToldSource | None = None,
    operation: OperationKey = GET_A,
) -> Decision:
    """Judge one request."""
    guard = Guard(credentials=source or ToldSource(), clock=lambda: NOW + 0.75)
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    raw = [(name.lower().encode(), value.encode()) for name, value in pairs]
    return asyncio.run(guard.judge(rules, operation, headers=raw, query=query))


def proofs_of(proofs: Mapping[SchemeName, Proof]) -> Mapping[str, str]:
    """What each scheme's proof is, in a word."""
    return {name: _word(proof) for name, proof in proofs.items()}


def _word(proof: Proof) -> str:
    match proof:
        case Proven():
            return "proven"
        case Refused(fault):
            return fault.value
        case Away(retry_after):
            return f"wait {retry_after}"
