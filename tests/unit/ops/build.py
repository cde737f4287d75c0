"""Requests as sinks see them, and decisions for them."""

from dataclasses import dataclass

from gateway.model import AccessToken, Principal, PrincipalKind, Proven
from gateway.spec.model import Scope
from tests.unit.policy.build import ISSUER, Security

PAIR: Security = [{"oauth": ["create"]}, {"oauth": ["post", "widget"]}]


@dataclass(frozen=True)
class Request:
    """A request, honouring gateway.watch.Watched."""

    request_id: str = "urn:uuid:2f1c9d1e-0000-4000-8000-000000000001"
    address: str = "192.0.2.7"


def by_token(*scopes: str, subject: str = "user:alice", client: str = "shop") -> Proven:
    """What a token proves."""
    who = Principal(ISSUER, subject, PrincipalKind.USER)
    held = frozenset(map(Scope, scopes))
    token = AccessToken(who, client, held, frozenset(), ("a",), f"jti of {subject}", 0, 1)
    return Proven(who, held, client_id=client, token=token)
