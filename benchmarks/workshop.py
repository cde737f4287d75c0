"""The folder of one run: the key of the peers' tokens, and the tokens of everybody in files."""

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks.minted import SCOPES, forge
from benchmarks.processes import free_port

ROOT = Path(__file__).parents[1]
#: as long as those of the product's tokens, so that all tokens of a run have the same size
ISSUER, AUDIENCE = "http://localhost:18000/o", "http://localhost:18000"
_KID = "bench-key-bench-key-bench-key-bench-key-012"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that one server accepts or refuses."""

    named: Mapping[str, str]
    #: name of a token, or `fresh` -> the file that wrk reads it from
    files: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where a run keeps its files; gone at its end."""

    folder: Path
    #: what the peers in other languages and frameworks accept
    tokens: Tokens
    #: the port of the second server, for those that stand in front of one
    upstream: int

    def place(self, name: str) -> Path:
        """A folder for one server."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def environment(self) -> Mapping[str, str]:
        """What the peers are told."""
        return {
            "BENCH_KEYS": str(self.folder),
            "BENCH_ISSUER": ISSUER,
            "BENCH_AUDIENCE": AUDIENCE,
            "PYTHONPATH": str(ROOT),
        }


def open_workshop(folder: Path, *, fresh: int) -> Workshop:
    """Make the key and the tokens of the peers, so many fresh ones among them."""
    key = rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (folder / "public.pem").write_bytes(public)
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    keys = {"keys": [{**jwk, "alg": "RS256", "kid": _KID}]}
    (folder / "jwks.json").write_text(json.dumps(keys), encoding="utf-8")
    named = {name: _sign(key, scope) for name, scope in SCOPES.items()}
    named["expired"] = _sign(key, "read create", age=7200)
    named["forged"] = forge(named["read"])
    unseen = [_sign(key, "read") for _ in range(fresh)]
    return Workshop(folder, write_tokens(folder, named, unseen), free_port())


def write_tokens(folder: Path, named: Mapping[str, str], fresh: Sequence[str]) -> Tokens:
    """Write each token into a file, and all fresh ones into another."""
    files = {}
    for name, lines in {**{n: [token] for n, token in named.items()}, "fresh": fresh}.items():
        files[name] = folder / f"{name}.tokens"
        files[name].write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    return Tokens(named, files)


def _sign(key: rsa.RSAPrivateKey, scope: str, *, age: int = 0) -> str:
    """A token with the claims of RFC 9068, as the product's have them."""
    now = int(time.time()) - age
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "client:bench",
        "client_id": "bench",
        "scope": scope,
        "jti": uuid.uuid4().hex[:22],
        "iat": now,
        "exp": now + (3600 if age else 86_400),
    }
    return jwt.encode(claims, key, "RS256", headers={"kid": _KID, "typ": "at+jwt"})
