"""Verification keys out of a JWKS (RFC 7517), each pinned to the algorithm it may serve."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NewType

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from gateway.errors import KeysUnavailableError
from gateway.tokens.algorithms import ALGORITHMS, KeyShape

#: RFC 7517 s4.5: names a key within the set of one issuer
Kid = NewType("Kid", str)

#: RFC 8725 s3.5
MIN_RSA_BITS = 2048
#: what a caller is told to wait when a set cannot be read
RETRY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key that serves one algorithm and no other."""

    kid: Kid
    alg: str
    jwk: PyJWK = field(repr=False)

    def verifies(self, signing_input: bytes, signature: bytes) -> bool:
        """Whether this key made the signature; false for a signature of any odd form."""
        return self.jwk.Algorithm.verify(signing_input, self.jwk.key, signature)


@dataclass(frozen=True, slots=True)
class KeySet:
    """The usable keys of a JWKS, and for people why the others are not."""

    keys: Mapping[Kid, Mapping[str, VerificationKey]]
    #: one line a key that cannot be used
    ignored: tuple[str, ...] = ()

    def find(self, kid: Kid, alg: str) -> VerificationKey | None:
        """The key `kid`: pinned to `alg` if it may serve it, else to the one it serves."""
        served = self.keys.get(kid)
        if served is None:
            return None
        return served.get(alg) or next(iter(served.values()))


class NoKeys:
    """A KeySource of an issuer that is asked about its tokens: no key of it is known."""

    def cached(self, _kid: Kid, _alg: str) -> VerificationKey | None:
        """None: there is no key."""
        return None

    def current(self) -> object | None:
        """None: there is no key."""
        return None

    async def key(self, _kid: Kid, _alg: str) -> VerificationKey | None:
        """None: there is no key."""
        return None


def key_set_from_jwks(jwks: Mapping[str, Any], algorithms: Iterable[str]) -> KeySet:
    """Read the keys that may verify; raise KeysUnavailableError if this is no JWKS at all.

    A key with `alg` serves that algorithm. One without serves those of `algorithms` that its type
    and curve allow: one for EC and OKP, but for RSA every RS and PS algorithm that is allowed.
    Two keys with one `kid`: neither is used. Private members are never read.
    """
    entries = jwks.get("keys")
    if not isinstance(entries, list):
        raise KeysUnavailableError("a key set needs a list `keys`", retry_after=RETRY_SECONDS)
    allowed = tuple(algorithms)
    counted = Counter(kid for entry in entries if (kid := _kid_of(entry)) is not None)
    keys: dict[Kid, Mapping[str, VerificationKey]] = {}
    ignored = []
    for place, entry in enumerate(entries, start=1):
        kid = _kid_of(entry)
        outcome = _read_key(entry, counted=counted, allowed=allowed)
        if kid is None or isinstance(outcome, str):
            ignored.append(f"key {place}: {outcome}")
        else:
            keys[kid] = outcome
    return KeySet(MappingProxyType(keys), tuple(ignored))


def _kid_of(entry: object) -> Kid | None:
    kid = entry.get("kid") if isinstance(entry, dict) else None
    return Kid(kid) if isinstance(kid, str) and kid else None


def _read_key(
    entry: Any, *, counted: Mapping[Kid, int], allowed: tuple[str, ...]
) -> Mapping[str, VerificationKey] | str:
    """The key for each algorithm it serves, or why it serves none."""
    kid = _kid_of(entry)
    if kid is None:
        return "it has no `kid`"
    if counted[kid] > 1:
        return "its `kid` is not unique"
    if entry.get("use", "sig") != "sig":
        return "its `use` is not `sig`"
    if "key_ops" in entry and not _may_verify(entry["key_ops"]):
        return "its `key_ops` lack `verify`"
    served = [alg for alg in allowed if _serves(entry, alg)]
    if not served:
        return "its `kty`, `crv` and `alg` fit no allowed algorithm"
    return _build(entry, kid, algorithms=served)


def _may_verify(key_ops: object) -> bool:
    return isinstance(key_ops, list) and "verify" in key_ops


def _serves(entry: Mapping[str, Any], alg: str) -> bool:
    shape: KeyShape = ALGORITHMS[alg]
    fits = entry.get("kty") == shape.kty and (shape.crv is None or entry.get("crv") == shape.crv)
    return fits and entry.get("alg", alg) == alg


def _build(
    entry: Mapping[str, Any], kid: Kid, *, algorithms: list[str]
) -> Mapping[str, VerificationKey] | str:
    shape = ALGORITHMS[algorithms[0]]
    public = {name: entry.get(name) for name in ("kty", "crv", *shape.members) if name in entry}
    try:
        built = {alg: VerificationKey(kid, alg, PyJWK(public, alg)) for alg in algorithms}
    except (PyJWTError, TypeError, ValueError):
        return "its public members make no key"
    if shape.kty == "RSA" and built[algorithms[0]].jwk.key.key_size < MIN_RSA_BITS:
        return f"it has fewer than {MIN_RSA_BITS} bits"
    return MappingProxyType(built)
