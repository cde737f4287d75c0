"""Which scopes a token request must be granted, from the raw document and what was asked alone.

Written from RFC 6749 and the rules of ceilings: imports nothing of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Scopes = frozenset[str]

#: OAuth's grant -> OAS's flow
_FLOWS = {"password": "password", "client_credentials": "clientCredentials"}


class Proof(StrEnum):
    """How a client proves itself."""

    BASIC = "its secret in a Basic header"
    BODY = "its secret in the body"
    WRONG_SECRET = "a wrong secret"
    UNKNOWN = "a client that there is not"
    NAME_ALONE = "its name alone"
    NOTHING = "nothing"
    TWICE = "its secret in header and body"
    TWO_HEADERS = "two Basic headers"
    BEARER = "a valid bearer token"
    BROKEN = "a Basic header that is none"


@dataclass(frozen=True, slots=True)
class Account:
    """A client or a user, as far as it matters here; `ceiling` None: everything declared."""

    secret: str
    ceiling: Scopes | None = None
    grants: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a token request asks for, and who asks."""

    client: str
    proof: Proof = Proof.BASIC
    grant: str = "client_credentials"
    user: str = ""
    password_is_right: bool = True
    scope: str | None = None


def granted(
    document: dict[str, Any],
    asked: Asked,
    *,
    clients: Mapping[str, Account],
    users: Mapping[str, Account],
) -> Scopes | None:
    """The scopes of the token that is due; None: no token."""
    if asked.proof not in {Proof.BASIC, Proof.BODY} or asked.client not in clients:
        return None
    client = clients[asked.client]
    if asked.grant not in client.grants or asked.grant not in _FLOWS:
        return None
    allowed = _within(flow_scopes(document, asked.grant), client.ceiling)
    if asked.grant == "password":
        if asked.user not in users or not asked.password_is_right:
            return None
        allowed = _within(allowed, users[asked.user].ceiling)
    return _chosen(asked.scope, allowed) or None


def refreshed(first: Scopes, scope: str | None) -> Scopes | None:
    """The scopes of a refreshed token, where nothing has changed since; None: no token."""
    return _chosen(scope, first)


def flow_scopes(document: dict[str, Any], grant: str) -> Scopes:
    """What a grant may give: its flow's scopes where a scheme declares it, else any declared."""
    found: set[str] = set()
    for scheme in document["components"]["securitySchemes"].values():
        flows = scheme.get("flows", {})
        chosen = [flows[_FLOWS[grant]]] if _FLOWS[grant] in flows else flows.values()
        found |= {scope for flow in chosen for scope in flow["scopes"]}
    return frozenset(found)


def _chosen(scope: str | None, allowed: Scopes) -> Scopes | None:
    wanted = frozenset(scope.split(" ")) if scope else allowed
    return wanted if wanted <= allowed else None


def _within(scopes: Scopes, ceiling: Scopes | None) -> Scopes:
    return scopes if ceiling is None else scopes & ceiling
