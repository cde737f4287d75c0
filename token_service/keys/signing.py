"""One signing key: made, read from PEM, proven to work, and shown as a JWK (RFC 7517)."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from token_service.errors import KeyringError

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey

#: RFC 8725 s3.5
MIN_RSA_BITS = 2048

#: the members of a JWK that its thumbprint is made of (RFC 7638 s3.2, RFC 8037 s2)
_THUMBPRINT_MEMBERS = {
    "RSA": ("e", "kty", "n"),
    "EC": ("crv", "kty", "x", "y"),
    "OKP": ("crv", "kty", "x"),
}
_PROBE = b"what one half signs the other verifies"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key of the ring, known by its RFC 7638 thumbprint; never shows what it holds."""

    kid: str
    alg: str
    #: the public members with `use`, `alg` and `kid` (RFC 7517 s4)
    jwk: Mapping[str, str] = field(repr=False)
    private: PrivateKey = field(repr=False)

    def sign(self, claims: Mapping[str, object]) -> str:
        """The claims as a signed access token (RFC 9068 s2.1: `typ` is `at+jwt`)."""
        headers = {"typ": "at+jwt", "kid": self.kid}
        return jwt.encode(dict(claims), self.private, algorithm=self.alg, headers=headers)


def make_key(alg: str) -> SigningKey:
    """A new key for an algorithm; no command takes its name for an option."""
    while True:
        key = _signing_key(_generate(alg))
        if not key.kid.startswith("-"):
            return key


def load_key(pem: bytes) -> SigningKey:
    """Read one PKCS8 private key; a ValueError says what is wrong with it."""
    try:
        # The check that is skipped takes 50 ms a key; the probe takes 1 ms and shows more.
        private = load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("it is not an unencrypted private key in PEM") from error
    match private:
        case RSAPrivateKey() if private.key_size < MIN_RSA_BITS:
            raise ValueError(f"an RSA key needs {MIN_RSA_BITS} bits or more")
        case EllipticCurvePrivateKey() if not isinstance(private.curve, ec.SECP256R1):
            raise ValueError("an EC key must be on the curve P-256")
        case RSAPrivateKey() | EllipticCurvePrivateKey() | Ed25519PrivateKey():
            key = _signing_key(private)
        case _:
            raise ValueError("only RSA, EC P-256 and Ed25519 keys can sign")
    _demand_that_it_works(key)
    return key


def pem_of(key: SigningKey) -> bytes:
    """The key as PKCS8 in PEM: a secret."""
    return key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _signing_key(private: PrivateKey) -> SigningKey:
    match private:
        case RSAPrivateKey():
            alg, public = "RS256", RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
        case EllipticCurvePrivateKey():
            alg, public = "ES256", ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
        case Ed25519PrivateKey():
            alg, public = "EdDSA", OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
    members = {name: str(public[name]) for name in _THUMBPRINT_MEMBERS[str(public["kty"])]}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    digest = hashlib.sha256(canonical).digest()
    kid = urlsafe_b64encode(digest).rstrip(b"=").decode()
    return SigningKey(
        kid=kid, alg=alg, jwk={**members, "use": "sig", "alg": alg, "kid": kid}, private=private
    )


def _demand_that_it_works(key: SigningKey) -> None:
    algorithm = jwt.get_algorithm_by_name(key.alg)
    try:
        signature = algorithm.sign(_PROBE, key.private)
    except ValueError as error:
        raise ValueError("its private half is damaged, it cannot sign") from error
    if not algorithm.verify(_PROBE, key.private.public_key(), signature):
        raise ValueError("its private half is not that of its public one")


def _generate(alg: str) -> PrivateKey:
    match alg:
        case "RS256":
            return rsa.generate_private_key(public_exponent=65537, key_size=MIN_RSA_BITS)
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "EdDSA":
            return Ed25519PrivateKey.generate()
        case _:
            raise KeyringError(f"no key can be made for the algorithm `{alg}`")
