"""Reads an access token of ours back, for those who ask about it; resource servers verify alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from token_service.keys import Keyring

#: RFC 9068 s2.1, s2.2: what all of ours say
_TYPE = "at+jwt"
_REQUIRED = ("iss", "aud", "sub", "client_id", "scope", "jti", "iat", "exp")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """What a token says that we signed; whether it still is good is another question."""

    issuer: str
    audience: str
    subject: str
    client_id: str
    scope: str
    jti: str
    issued_at: int
    expires_at: int
    grant_id: str | None


def read_access_token(text: str, keyring: Keyring) -> IssuedToken | None:
    """The token, if a key of ours signed it as an access token; expired ones too."""
    try:
        header = jwt.get_unverified_header(text)
        key = next((key for key in keyring.keys if key.kid == header.get("kid")), None)
        if key is None or header.get("typ") != _TYPE:
            return None
        claims = jwt.decode(
            text,
            jwt.PyJWK.from_dict(dict(key.jwk)),
            algorithms=[key.alg],
            options={
                "require": list(_REQUIRED),
                "verify_aud": False,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    return _issued(claims)


def _issued(claims: Mapping[str, Any]) -> IssuedToken:
    return IssuedToken(
        issuer=claims["iss"],
        audience=claims["aud"],
        subject=claims["sub"],
        client_id=claims["client_id"],
        scope=claims["scope"],
        jti=claims["jti"],
        issued_at=claims["iat"],
        expires_at=claims["exp"],
        grant_id=claims.get("grant_id"),
    )
