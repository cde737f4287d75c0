"""Who a token speaks for, and with which scopes: read as its profile has them."""

from collections.abc import Mapping
from typing import Any, assert_never

from gateway.model import Principal, PrincipalKind
from gateway.spec.model import Scope
from gateway.tokens.binding import TokenTrust
from gateway.tokens.profiles import ClientMark, Profile, ScopeForm

_NO_SCOPE = frozenset({Scope("")})
_SERVICE_ACCOUNT = "service-account-"


def principal_of(claims: Mapping[str, Any], trust: TokenTrust, *, client_id: str) -> Principal:
    """The subject of claims that keep the rules, and whether it is a user or a client."""
    is_client = _is_client(claims, trust.rules.client_mark, client_id=client_id)
    kind = PrincipalKind.CLIENT if is_client else PrincipalKind.USER
    return Principal(trust.issuer, claims["sub"], kind)


def scopes_in(claims: Mapping[str, Any], profile: Profile) -> frozenset[Scope]:
    """The scopes of the one claim that the profile names; none if it is not of the form."""
    value = claims.get(profile.scope_claim)
    names: list[Scope] = []
    match profile.scope_form:
        case ScopeForm.TEXT:
            names = [Scope(name) for name in value.split(" ")] if isinstance(value, str) else []
        case ScopeForm.LIST:
            entries = value if isinstance(value, list) else []
            names = [Scope(name) for name in entries if isinstance(name, str)]
        case _ as never:
            assert_never(never)
    scopes = frozenset(names)
    return scopes - _NO_SCOPE if "" in scopes else scopes


def _is_client(claims: Mapping[str, Any], mark: ClientMark, *, client_id: str) -> bool:
    """Whether a client speaks for itself; in doubt it does, for a client has fewer rights."""
    subject: str = claims["sub"]
    if subject == client_id:
        return True
    match mark:
        case ClientMark.SUBJECT:
            return subject.startswith("client:")
        case ClientMark.SERVICE_ACCOUNT:
            return _is_service_account(claims, client_id) or claims.get("client_id") == client_id
        case ClientMark.SUFFIX:
            return subject.endswith("@clients") or claims.get("gty") == "client-credentials"
        case ClientMark.NO_USER:
            return "uid" not in claims
        case ClientMark.NO_SCOPE:
            return claims.get("idtyp") == "app" or "scp" not in claims
        case ClientMark.ANY:
            return _is_service_account(claims, client_id) or subject.endswith("@clients")
        case _ as never:
            assert_never(never)


def _is_service_account(claims: Mapping[str, Any], client_id: str) -> bool:
    """Whether the user is the one that Keycloak makes for a client, and names after it."""
    own = f"{_SERVICE_ACCOUNT}{client_id}".lower()
    return own in (claims.get("preferred_username"), claims.get("username"))
