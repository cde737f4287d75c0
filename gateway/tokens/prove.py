"""What one bearer token proves for the schemes of an operation: verified once, for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, assert_never

from gateway.model import (
    AccessToken,
    PrincipalKind,
    Proof,
    Proven,
    Refused,
    TokenFault,
    Uncheckable,
)
from gateway.spec.model import SchemeName
from gateway.tokens.assurance import Assurance, Standing
from gateway.tokens.binding import TokenTrust
from gateway.tokens.facts import audiences
from gateway.tokens.jwt_text import KnownHeaders, parse_jwt_text
from gateway.tokens.ports import KeySource, RevocationFeed
from gateway.tokens.verify import verify, verify_at_hand
from gateway.values import value

_MALFORMED = Refused(TokenFault.MALFORMED)
#: what a caller is to wait while it is not known which tokens are revoked
_UNKNOWN_REVOCATIONS_SECONDS = 5


class TokenIntrospector(Protocol):
    """Asks the issuer what a token is. The text is a secret: never log or keep it."""

    async def introspect(self, text: str) -> AccessToken | Refused | Uncheckable:
        """What the issuer says of the token."""
        ...


class LocalUsers(Protocol):
    """Knows the users of this installation by the subjects of their tokens."""

    async def is_active(self, subject: str) -> bool | Uncheckable:
        """Whether the subject is a user here who is neither disabled nor deleted."""
        ...


@dataclass(frozen=True, slots=True)
class BearerBinding:
    """Whose tokens a bearer scheme accepts, and where their keys are."""

    trust: TokenTrust
    keys: KeySource
    #: which of its tokens were taken back; only our own issuer tells
    revocations: RevocationFeed | None = None
    #: asked about every token of the issuer, JWTs too; then the keys are none
    introspector: TokenIntrospector | None = None
    #: a foreign issuer whose subjects are users of this installation: asked whether they are
    users: LocalUsers | None = None


@value
class LastingProof:
    """What a token proves, and what that rests on."""

    proofs: Mapping[SchemeName, Proof]
    #: None: ask anew each time
    assurance: Assurance | None = None


async def prove_bearer(
    text: str, bearers: Mapping[SchemeName, BearerBinding], *, now: int
) -> Mapping[SchemeName, Proof]:
    """What one token proves for each scheme now; see `prove_for_long`."""
    return (await prove_for_long(text, bearers, now=now)).proofs


async def prove_for_long(
    text: str, bearers: Mapping[SchemeName, BearerBinding], *, now: int
) -> LastingProof:
    """Verify one token once, and tell for each scheme what it proves and how long that stands.

    A token speaks for the schemes that trust its issuer and hold one of its audiences; for the
    others it is as if absent. If it speaks for none, it is refused for all: INVARIANT 7. A text
    that is no JWT is asked about at the first scheme that asks its issuer.
    """
    addressed = _addressed(text, bearers)
    binding = bearers[addressed[0]]
    if binding.introspector is not None or binding.users is not None:
        outcome = await _outcome(text, binding, now=now)
        if binding.users is not None:
            outcome = await _unless_nobody(outcome, binding.users)
        return LastingProof(_proofs(outcome, addressed, bearers))
    standing = Standing.of(binding.keys, binding.revocations)
    outcome = await _outcome(text, binding, now=now)
    kept = None if isinstance(outcome, Uncheckable) else standing.assure(outcome, now=now)
    return LastingProof(_proofs(outcome, addressed, bearers), kept)


def is_one_binding(bearers: Mapping[SchemeName, BearerBinding]) -> bool:
    """Whether what one scheme says of a token all of them say, so that it speaks for each."""
    one = next(iter(bearers.values()), None)
    return one is not None and all(_is_same(bearer, one) for bearer in bearers.values())


def prove_at_hand(
    text: str, bearers: Mapping[SchemeName, BearerBinding], *, now: int, known: KnownHeaders
) -> LastingProof | None:
    """The same of a text that is a JWT if nothing has to be waited for; None: ask the other.

    For schemes of which `is_one_binding` holds. What it returns has an assurance.
    """
    binding = next(iter(bearers.values()))
    if binding.introspector is not None or binding.users is not None:
        return None
    standing = Standing.of(binding.keys, binding.revocations)
    outcome: AccessToken | Refused | Uncheckable | None
    outcome = verify_at_hand(text, binding.trust, keys=binding.keys, now=now, known=known)
    if isinstance(outcome, AccessToken) and binding.revocations is not None:
        outcome = _unless_revoked(outcome, binding.revocations)
    if outcome is None or isinstance(outcome, Uncheckable) or outcome == _MALFORMED:
        return None
    kept = standing.assure(outcome, now=now)
    return None if kept is None else LastingProof(_proofs(outcome, tuple(bearers), bearers), kept)


def _proofs(
    outcome: AccessToken | Refused | Uncheckable,
    addressed: Sequence[SchemeName],
    bearers: Mapping[SchemeName, BearerBinding],
) -> Mapping[SchemeName, Proof]:
    match outcome:
        case AccessToken():
            proof = _proof_of(outcome, bearers[addressed[0]].trust)
            return dict.fromkeys(addressed, proof)
        case Uncheckable():
            return dict.fromkeys(addressed, outcome)
        case Refused():
            return dict.fromkeys(bearers, outcome)
        case _ as never:
            assert_never(never)


async def _outcome(
    text: str, binding: BearerBinding, *, now: int
) -> AccessToken | Refused | Uncheckable:
    if binding.introspector is not None:
        return await binding.introspector.introspect(text)
    outcome = await verify(text, binding.trust, keys=binding.keys, now=now)
    if isinstance(outcome, AccessToken) and binding.revocations is not None:
        return _unless_revoked(outcome, binding.revocations)
    return outcome


def _unless_revoked(
    token: AccessToken, revocations: RevocationFeed
) -> AccessToken | Refused | Uncheckable:
    """A verified token, unless it was taken back, or nobody knows whether it was."""
    if not revocations.fresh:
        return Uncheckable(_UNKNOWN_REVOCATIONS_SECONDS)
    return Refused(TokenFault.REVOKED) if revocations.is_revoked(token) else token


async def _unless_nobody(
    outcome: AccessToken | Refused | Uncheckable, users: LocalUsers
) -> AccessToken | Refused | Uncheckable:
    """What was found, but a verified token of a user only while there is such a user here."""
    if not isinstance(outcome, AccessToken) or outcome.principal.kind is not PrincipalKind.USER:
        return outcome
    is_active = await users.is_active(outcome.principal.subject)
    if isinstance(is_active, Uncheckable):
        return is_active
    return outcome if is_active else Refused(TokenFault.UNKNOWN_CREDENTIAL)


def _addressed(text: str, bearers: Mapping[SchemeName, BearerBinding]) -> tuple[SchemeName, ...]:
    """The schemes that one binding, of the token's unproven issuer and audience, speaks for."""
    if is_one_binding(bearers):
        return tuple(bearers)
    token = parse_jwt_text(text)
    trusts = {name: bearer.trust for name, bearer in bearers.items()}
    if isinstance(token, Refused):
        asked = [name for name, bearer in bearers.items() if bearer.introspector is not None]
        return _alike((asked or list(bearers))[0], asked, bearers=bearers)
    named = [n for n, trust in trusts.items() if trust.issuer == token.claims.get("iss")]
    held = [n for n in named if trusts[n].audience in audiences(token.claims.get("aud"))]
    served = [n for n in held if _may_serve(bearers[n], token.header.get("alg"))]
    first = (served or held or named or list(trusts))[0]
    return _alike(first, served or [first], bearers=bearers)


def _is_same(one: BearerBinding, other: BearerBinding) -> bool:
    """Whether what one says of a token the other says too."""
    return one is other or (
        one.trust == other.trust
        and one.keys is other.keys
        and one.introspector is other.introspector
    )


def _may_serve(bearer: BearerBinding, alg: object) -> bool:
    return bearer.introspector is not None or alg in bearer.trust.algorithms


def _alike(
    first: SchemeName, names: Sequence[SchemeName], *, bearers: Mapping[SchemeName, BearerBinding]
) -> tuple[SchemeName, ...]:
    """Those of the schemes that the first one's outcome is right for, whatever their audience."""
    binding = bearers[first]
    audience, algorithms = binding.trust.audience, binding.trust.algorithms
    alike = [
        name
        for name in names
        if bearers[name].keys is binding.keys
        and bearers[name].introspector is binding.introspector
        and replace(bearers[name].trust, audience=audience, algorithms=algorithms) == binding.trust
    ]
    return tuple(alike) or (first,)


def _proof_of(token: AccessToken, trust: TokenTrust) -> Proven:
    return Proven(
        is_local=trust.users_are_local,
        principal=token.principal,
        scopes=token.scopes,
        roles=token.roles,
        client_id=token.client_id or None,
        token=token,
    )
