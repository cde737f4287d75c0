"""The signature algorithms a trust may name, and the shape of key each one needs.

There is no symmetric algorithm here, and no `none`: with neither in the table, nobody can sign a
token with our public key (RFC 8725 s2.1, s3.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class KeyShape:
    """What a JWK must be to serve an algorithm (RFC 7518 s6, RFC 8037 s2)."""

    kty: str
    crv: str | None
    #: the members that make the public key; whatever else a JWK holds is ignored
    members: tuple[str, ...]


_RSA = KeyShape("RSA", None, ("n", "e"))

#: `alg` (RFC 7518 s3.1, RFC 8037 s3.1) -> the key it needs
ALGORITHMS: Mapping[str, KeyShape] = MappingProxyType(
    {
        "RS256": _RSA,
        "RS384": _RSA,
        "RS512": _RSA,
        "PS256": _RSA,
        "PS384": _RSA,
        "PS512": _RSA,
        "ES256": KeyShape("EC", "P-256", ("x", "y")),
        "ES384": KeyShape("EC", "P-384", ("x", "y")),
        "ES512": KeyShape("EC", "P-521", ("x", "y")),
        "EdDSA": KeyShape("OKP", "Ed25519", ("x",)),
    }
)
