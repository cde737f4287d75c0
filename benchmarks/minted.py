"""Tokens of Scopegate's own token service: good ones, bad ones, and thousands of new ones."""

import time
from collections.abc import Mapping
from dataclasses import replace

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from gateway.cli.administration import token_service
from gateway.settings import Settings
from token_service.app import TokenService
from token_service.claims import AccessTokenClaims

#: name of a token -> the scopes it has
SCOPES: Mapping[str, str] = {
    "read": "read",
    "create": "create",
    "read_alternative": "songs admin",
    "create_alternative": "widget post",
    "wrong": "write other",
    "half": "admin post",
}
_SUBJECT, _CLIENT = "client:bench", "bench"
_LIFETIME = 86_400


def mint_tokens(settings: Settings, *, fresh: int = 0) -> tuple[Mapping[str, str], list[str]]:
    """Tokens by name, a revoked, an expired and a forged one among them, and so many fresh ones."""
    with token_service(settings) as tokens:
        named = {name: _mint(tokens, scope) for name, scope in SCOPES.items()}
        named["revoked"] = _mint(tokens, "read create")
        tokens.revoker.revoke_jti(_claims(named["revoked"])["jti"])
        named["expired"] = tokens.keyring.sign(_expired(settings).to_payload())
        named["forged"] = forge(named["read"])
        return named, [_mint(tokens, "read") for _ in range(fresh)]


def forge(token: str) -> str:
    """The same header and claims, signed with a key of the same kind that nobody trusts."""
    header = jwt.get_unverified_header(token)
    algorithm = str(header.pop("alg"))
    return jwt.encode(dict(_claims(token)), _strange_key(algorithm), algorithm, headers=header)


def _strange_key(
    algorithm: str,
) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey:
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, 2048)


def _mint(tokens: TokenService, scope: str) -> str:
    return tokens.mint(_SUBJECT, scope.split(), client_id=_CLIENT, ttl=_LIFETIME)


def _claims(token: str) -> Mapping[str, str]:
    claims: Mapping[str, str] = jwt.decode(token, options={"verify_signature": False})
    return claims


def _expired(settings: Settings) -> AccessTokenClaims:
    living = AccessTokenClaims(
        issuer=settings.issuer,
        audience=settings.audience,
        subject=_SUBJECT,
        client_id=_CLIENT,
        scope="read create",
        jti="expired-long-ago-0000000",
        issued_at=int(time.time()),
        lifetime=3600,
    )
    return replace(living, issued_at=living.issued_at - 2 * living.lifetime)
