"""Tokens for tests, good ones and any bad one, signed with keys made at run time."""

import asyncio
import base64
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt import get_algorithm_by_name

from gateway.errors import KeysUnavailableError
from gateway.model import AccessToken, Refused, Uncheckable
from gateway.tokens.binding import TokenTrust
from gateway.tokens.check import Check
from gateway.tokens.keys import KeySet, Kid, VerificationKey, key_set_from_jwks
from gateway.tokens.ports import KeySource
from gateway.tokens.verify import examine, verify

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

NOW = 1_900_000_000
ISSUER = "https://issuer.example/o"
AUDIENCE = "https://api.example"
TRUST = TokenTrust(ISSUER, AUDIENCE)
ALGORITHMS = ("RS256", "ES256", "EdDSA")

CLAIMS: Mapping[str, Any] = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "user:0b0e",
    "client_id": "client-1",
    "jti": "token-1",
    "iat": NOW - 60,
    "exp": NOW + 600,
    "scope": "read write",
}


def private_key(alg: str, which: str = "ours") -> PrivateKey:
    """The key pair of an algorithm, made once a process; another one for each `which`."""
    return _private_key(alg, which)


@cache
def _private_key(alg: str, which: str) -> PrivateKey:
    match alg:
        case "EdDSA":
            return ed25519.Ed25519PrivateKey.generate()
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "ES384":
            return ec.generate_private_key(ec.SECP384R1())
        case "ES512":
            return ec.generate_private_key(ec.SECP521R1())
        case _:
            return rsa.generate_private_key(65537, 1024 if which == "short" else 2048)


def public_jwk(alg: str, which: str = "ours", /, **members: Any) -> dict[str, Any]:
    """The public JWK of a key pair, named after its algorithm unless `members` say otherwise."""
    public = private_key(alg, which).public_key()
    jwk = get_algorithm_by_name(alg).to_jwk(public, as_dict=True)
    jwk = {name: value for name, value in jwk.items() if name != "key_ops"}
    merged = {**jwk, "kid": alg, "alg": alg, "use": "sig", **members}
    return {name: value for name, value in merged.items() if value is not None}


@cache
def key_set() -> KeySet:
    """One key an algorithm."""
    return key_set_from_jwks({"keys": [public_jwk(alg) for alg in ALGORITHMS]}, ALGORITHMS)


def checks_of(text: str, *, keys: KeySource | None = None) -> dict[str, Check]:
    """What `examine` says at NOW, by the name of the check."""
    checks = asyncio.run(examine(text, TRUST, keys=keys or FixedKeys(), now=NOW))
    return {check.name: check for check in checks}


class FixedKeys:
    """A KeySource that has its keys at hand and counts who asks."""

    def __init__(self, keys: KeySet | None = None) -> None:
        self.keys = keys or key_set()
        self.asked: list[tuple[str, str]] = []

    def cached(self, kid: Kid, alg: str) -> VerificationKey | None:
        self.asked.append((kid, alg))
        return self.keys.find(kid, alg)

    def current(self) -> object | None:
        return self.keys

    async def key(self, kid: Kid, alg: str) -> VerificationKey | None:
        return self.keys.find(kid, alg)


class NoKeys:
    """A KeySource whose issuer is away."""

    def cached(self, kid: Kid, alg: str) -> VerificationKey | None:
        return None

    def current(self) -> object | None:
        return None

    async def key(self, kid: Kid, alg: str) -> VerificationKey | None:
        raise KeysUnavailableError("away", retry_after=7)


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def segment(content: Mapping[str, Any] | bytes) -> str:
    """Base64url of bytes as they are, or of an object as JSON."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64url(raw)


def sign(
    header: Mapping[str, Any] | bytes,
    claims: Mapping[str, Any] | bytes,
    *,
    alg: str,
    which: str = "ours",
) -> str:
    """A JWS over header and claims of any form, with a true signature."""
    text = f"{segment(header)}.{segment(claims)}"
    signature = get_algorithm_by_name(alg).sign(text.encode(), private_key(alg, which))
    return f"{text}.{base64url(signature)}"


def header_of(alg: str = "EdDSA", /, **members: Any) -> dict[str, Any]:
    return {"alg": alg, "typ": "at+jwt", "kid": alg, **members}


def mint(alg: str = "EdDSA", /, *, which: str = "ours", **claims: Any) -> str:
    """A valid token but for the claims given."""
    return sign(header_of(alg), {**CLAIMS, **claims}, alg=alg, which=which)


def without(members: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name not in names}


def with_header(**members: Any) -> str:
    """A token truly signed by us under a header that is wrong."""
    return sign(header_of(**members), CLAIMS, alg="EdDSA")


def outcome_of(
    text: str, *, trust: TokenTrust = TRUST, keys: KeySource | None = None
) -> AccessToken | Refused | Uncheckable:
    """What `verify` says at NOW."""
    return asyncio.run(verify(text, trust, keys=keys or FixedKeys(), now=NOW))
