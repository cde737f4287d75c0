"""How the peers in Python verify a token: PyJWT, at every request, with the key at hand."""

from collections.abc import Mapping
from typing import Any

import jwt

from benchmarks.peers.settings import AUDIENCE, ISSUER, public_key

_KEY = public_key()


def claims_of(token: str) -> Mapping[str, Any] | None:
    """The claims of a valid token; None for any other."""
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            _KEY,
            algorithms=["RS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": ["exp", "sub"]},
        )
    except jwt.InvalidTokenError:
        return None
    return claims
