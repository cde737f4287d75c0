"""Whose software made a token, as far as the token itself tells: for hints, never for trust."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from gateway.tokens.profiles import detect_profile


class IssuerFamily(StrEnum):
    """The issuers that a hint can be exact about."""

    OWN = "the token service"
    KEYCLOAK = "Keycloak"
    AUTH0 = "Auth0"
    OKTA = "Okta"
    ENTRA = "Entra"
    OTHER = "the issuer"


#: the family whose tokens a profile describes
_BY_PROFILE: Mapping[str, IssuerFamily] = {
    "keycloak": IssuerFamily.KEYCLOAK,
    "auth0": IssuerFamily.AUTH0,
    "okta": IssuerFamily.OKTA,
    "entra": IssuerFamily.ENTRA,
}
#: claims that only one family writes
_CLAIMS: Mapping[IssuerFamily, frozenset[str]] = {
    IssuerFamily.KEYCLOAK: frozenset({"realm_access", "resource_access", "session_state"}),
    IssuerFamily.ENTRA: frozenset({"appidacr", "azpacr", "xms_tcdt", "rh", "uti"}),
    IssuerFamily.OKTA: frozenset({"cid"}),
}


def issuer_family(claims: Mapping[str, Any], *, own_issuer: str) -> IssuerFamily:
    """The family that the claims speak of; the issuer's address counts before other claims."""
    issuer = claims.get("iss")
    if issuer == own_issuer:
        return IssuerFamily.OWN
    by_address = _by_address(issuer) if isinstance(issuer, str) else None
    if by_address is not None:
        return by_address
    return next(
        (family for family, names in _CLAIMS.items() if names & claims.keys()), IssuerFamily.OTHER
    )


def _by_address(issuer: str) -> IssuerFamily | None:
    try:
        return _BY_PROFILE.get(detect_profile(issuer))
    except ValueError:
        return None
