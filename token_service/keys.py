"""The keyring: private keys in PEM files, one of which signs, all of which verify (RFC 7517)."""

import fcntl
import hashlib
import json
import os
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key of the ring, known by its RFC 7638 thumbprint; never shows what it holds."""

    kid: str
    alg: str
    #: the public members with `use`, `alg` and `kid` (RFC 7517 s4)
    jwk: Mapping[str, str] = field(repr=False)
    private: PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one installation; read once, the same until the process ends."""

    #: the key that signs
    active: SigningKey
    #: every key a token may be verified with, the active one too
    keys: tuple[SigningKey, ...]

    @classmethod
    def open(cls, directory: Path, alg: str) -> "Keyring":
        """Read a folder of keys, made with a first key for the algorithm if it has none.

        The newest key of the algorithm signs. Of processes that open an empty folder at once,
        one makes the key and all read it.
        """
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            _demand_private(directory, "700")
            with _locked(directory):
                if not any(key.alg == alg for _, key in _read(directory)):
                    _write(directory, alg)
                found = _read(directory)
        except OSError as error:
            raise KeyringError(
                f"keys in `{error.filename or directory}` cannot be used: {error.strerror}"
            ) from error
        newest = max((item for item in found if item[1].alg == alg), key=lambda item: item[0])
        return cls(active=newest[1], keys=tuple(key for _, key in found))

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JWK Set (RFC 7517 s5)."""
        return {"keys": [dict(key.jwk) for key in self.keys]}

    def sign(self, claims: Mapping[str, object]) -> str:
        """The claims as a signed access token (RFC 9068 s2.1: `typ` is `at+jwt`)."""
        headers = {"typ": "at+jwt", "kid": self.active.kid}
        return jwt.encode(
            dict(claims), self.active.private, algorithm=self.active.alg, headers=headers
        )


def load_key(pem: bytes) -> SigningKey:
    """Read one PKCS8 private key; a ValueError says what is wrong with it."""
    try:
        private = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("it is not an unencrypted private key in PEM") from error
    match private:
        case RSAPrivateKey():
            if private.key_size < MIN_RSA_BITS:
                raise ValueError(f"an RSA key needs {MIN_RSA_BITS} bits or more")
            return _signing_key(
                "RS256", private, RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
            )
        case EllipticCurvePrivateKey():
            if not isinstance(private.curve, ec.SECP256R1):
                raise ValueError("an EC key must be on the curve P-256")
            return _signing_key(
                "ES256", private, ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
            )
        case Ed25519PrivateKey():
            return _signing_key(
                "EdDSA", private, OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
            )
        case _:
            raise ValueError("only RSA, EC P-256 and Ed25519 keys can sign")


def _signing_key(alg: str, private: PrivateKey, public: Mapping[str, object]) -> SigningKey:
    members = {name: str(public[name]) for name in _THUMBPRINT_MEMBERS[str(public["kty"])]}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    digest = hashlib.sha256(canonical).digest()
    kid = urlsafe_b64encode(digest).rstrip(b"=").decode()
    return SigningKey(
        kid=kid, alg=alg, jwk={**members, "use": "sig", "alg": alg, "kid": kid}, private=private
    )


def _read(directory: Path) -> list[tuple[int, SigningKey]]:
    """Every key with the time it was written, in the order of their ids."""
    return [(file.stat().st_mtime_ns, _read_file(file)) for file in sorted(directory.glob("*.pem"))]


def _read_file(file: Path) -> SigningKey:
    _demand_private(file, "600")
    try:
        key = load_key(file.read_bytes())
    except ValueError as error:
        raise KeyringError(
            f"key file `{file}` cannot be used: {error}, restore it or move it away"
        ) from error
    if file.stem != key.kid:
        raise KeyringError(f"key file `{file}` does not hold the key it is named by: {key.kid}")
    return key


def _demand_private(path: Path, mode: str) -> None:
    if path.stat().st_mode & 0o077:
        raise KeyringError(f"`{path}` is open to other users, run `chmod {mode} {path}`")


def _write(directory: Path, alg: str) -> None:
    pem = _generate(alg).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    # mkstemp makes the file with mode 0600; the rename shows it whole or not at all.
    handle, temporary = tempfile.mkstemp(dir=directory, prefix=".new-")
    with os.fdopen(handle, "wb") as stream:
        stream.write(pem)
        stream.flush()
        os.fsync(stream.fileno())
    Path(temporary).rename(directory / f"{load_key(pem).kid}.pem")


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


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Hold the folder against other processes; the lock ends with the process at the latest."""
    with (directory / ".lock").open("a") as stream:
        (directory / ".lock").chmod(0o600)
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
