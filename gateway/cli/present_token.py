"""A token from the command line, verified as serve would verify it; the network stays closed."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.cli.keyring import stored_jwks
from gateway.cli.shown_token import NO_TOKEN, Examined, ShownToken
from gateway.cli.token_checks import Presented, examine_token
from gateway.errors import KeysUnavailableError, UsageError
from gateway.load import LoadedDocument
from gateway.model import Credentials, Proof, Proven, Uncheckable
from gateway.policy.compile import is_scope_token
from gateway.policy.decide import decide
from gateway.questions import SOMEBODY
from gateway.settings import Settings
from gateway.spec.model import OperationKey, SchemeName
from gateway.tokens.binding import TokenTrust
from gateway.tokens.keys import KeySet, Kid, VerificationKey, key_set_from_jwks
from gateway.tokens.ports import KeySource
from gateway.tokens.prove import BearerBinding, prove_bearer


async def prove_token(
    loaded: LoadedDocument,
    settings: Settings,
    operation: OperationKey,
    *,
    text: str,
    jwks_file: str | None = None,
) -> ShownToken:
    """Prove a token for the bearer schemes that the operation names.

    Its signature is checked by the keys in `jwks_file`, else by our own keyring's; the keys of an
    issuer elsewhere are not fetched, and a token that needs them is not proven.
    """
    presented = _presented(loaded, settings, operation, jwks_file)
    if not presented:
        return NO_TOKEN
    now = int(time.time())
    examined = {name: await examine_token(text, p, now=now) for name, p in presented.items()}
    bearers = {name: BearerBinding(p.trust, p.keys) for name, p in presented.items()}
    proofs = {
        name: _settled(proof, examined[name])
        for name, proof in (await prove_bearer(text, bearers, now=now)).items()
    }
    claimed = tuple(dict.fromkeys(s for found in examined.values() for s in found.claimed))
    scopes = tuple(scope for scope in claimed if is_scope_token(scope))
    supposed = Credentials({name: Proven(SOMEBODY, frozenset(scopes)) for name in bearers})
    is_proven = any(isinstance(proof, Proven) for proof in proofs.values())
    then = None if is_proven else decide(loaded.policy, operation, supposed)
    return ShownToken(proofs, examined, scopes, then)


@dataclass(frozen=True, slots=True)
class KeysAtHand:
    """A KeySource that never waits; without a set it can say nothing of any key."""

    keys: KeySet | None

    def cached(self, kid: Kid, alg: str) -> VerificationKey | None:
        """The key, if there is a set and it has it."""
        return None if self.keys is None else self.keys.find(kid, alg)

    def current(self) -> KeySet | None:
        """The set, which is the same for good."""
        return self.keys

    async def key(self, kid: Kid, alg: str) -> VerificationKey | None:
        """The same; raises KeysUnavailableError where there is no set."""
        if self.keys is None:
            raise KeysUnavailableError("there are no keys at hand", retry_after=1)
        return self.keys.find(kid, alg)


def _settled(proof: Proof, examined: Examined) -> Proof:
    """A signature that nobody checked does not hide what else is wrong."""
    return examined.fault if isinstance(proof, Uncheckable) and examined.fault else proof


def _presented(
    loaded: LoadedDocument, settings: Settings, operation: OperationKey, jwks_file: str | None
) -> Mapping[SchemeName, Presented]:
    """The bearer schemes of the operation, with what their tokens are checked by."""
    given = None if jwks_file is None else _read_jwks(jwks_file)
    sources: dict[tuple[bool, tuple[str, ...]], KeySource] = {}
    found: dict[SchemeName, Presented] = {}
    for name in loaded.policy.rules[operation].schemes:
        trust = loaded.trusts.bearers.get(name)
        if trust is None:
            continue
        is_ours = name in loaded.trusts.embedded
        place = (is_ours, trust.algorithms)
        if place not in sources:
            sources[place] = _keys(settings, trust, given=given, is_ours=is_ours)
        found[name] = Presented(
            scheme=name,
            trust=trust,
            keys=sources[place],
            own_issuer=settings.issuer,
            is_ours=is_ours,
            no_keys=_no_keys(settings, trust, is_ours=is_ours),
        )
    return found


def _keys(
    settings: Settings, trust: TokenTrust, *, given: Mapping[str, Any] | None, is_ours: bool
) -> KeySource:
    """The keys of a file, else of our own keyring, else none: those of others are not fetched."""
    if given is not None:
        return KeysAtHand(key_set_from_jwks(given, trust.algorithms))
    if not is_ours:
        return KeysAtHand(None)
    try:
        return KeysAtHand(key_set_from_jwks(stored_jwks(settings), trust.algorithms))
    except KeysUnavailableError:
        return KeysAtHand(None)


def _no_keys(settings: Settings, trust: TokenTrust, *, is_ours: bool) -> str:
    if is_ours:
        return f"there are no keys in {settings.home}; pass --home FOLDER or --jwks FILE"
    return f"the keys of {trust.issuer} are not read by this command; pass --jwks FILE"


def _read_jwks(file: str) -> Mapping[str, Any]:
    """The key set of a file; raises UsageError."""
    try:
        jwks = json.loads(Path(file).read_bytes())
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{file}: not JSON; pass the JWKS that the issuer publishes") from error
    if not isinstance(jwks, dict) or not isinstance(jwks.get("keys"), list):
        raise UsageError(f"{file}: no JWKS; it needs a list `keys` (RFC 7517 s5)")
    return jwks
