"""The only conductor: present, verify, decide. Every door asks it and adds nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from gateway.bearers import BearerBinding
from gateway.load import LoadedDocument
from gateway.model import (
    ANONYMOUS,
    AccessToken,
    Credentials,
    Decision,
    Proof,
    Proven,
    Refused,
    TokenFault,
    Uncheckable,
)
from gateway.policy.decide import decide
from gateway.policy.rules import Policy, Rule
from gateway.routing.tree import RouteTable
from gateway.spec.model import OperationKey, SchemeKind, SchemeName
from gateway.tokens.authorization import basic_pair
from gateway.tokens.binding import TokenTrust
from gateway.tokens.claims import audiences
from gateway.tokens.csrf import csrf_evidence
from gateway.tokens.jwt_text import parse_jwt_text
from gateway.tokens.ports import CredentialSource, RevocationFeed
from gateway.tokens.present import Presented, Sought, find, seek
from gateway.tokens.verify import verify

#: what a caller is to wait while it is not known which tokens are revoked
_UNKNOWN_REVOCATIONS_SECONDS = 5

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All that a request is decided by. INVARIANT: replaced whole or not at all."""

    document: LoadedDocument
    bearers: Mapping[SchemeName, BearerBinding]
    #: operation -> what its schemes look at
    sought: Mapping[OperationKey, Sought]

    @property
    def policy(self) -> Policy:
        """The policy of the document."""
        return self.document.policy

    @property
    def table(self) -> RouteTable:
        """The routes of the document."""
        return self.document.table


def build_ruleset(document: LoadedDocument, bearers: Mapping[SchemeName, BearerBinding]) -> Ruleset:
    """Join a document with the keys of its schemes, and settle what each operation looks at."""
    policy = document.policy
    return Ruleset(document, bearers, {k: _sought(policy, r) for k, r in policy.rules.items()})


def _sought(policy: Policy, rule: Rule) -> Sought:
    return seek([] if rule.is_public else [policy.schemes[name] for name in rule.schemes])


class Guard:
    """Decides requests by the ruleset of the moment."""

    def __init__(
        self,
        ruleset: Ruleset,
        *,
        credentials: CredentialSource,
        clock: Callable[[], float],
    ) -> None:
        #: swapped by one assignment; a request reads it once and keeps what it read
        self.ruleset = ruleset
        self._credentials = credentials
        self._clock = clock

    async def judge(
        self, ruleset: Ruleset, operation: OperationKey, *, headers: Headers, query: bytes
    ) -> Decision:
        """Decide one request for an operation; headers and raw query as ASGI has them."""
        rule = ruleset.policy.rules.get(operation)
        credentials = ANONYMOUS
        if rule is not None and rule.schemes and not rule.is_public:
            presented = find(ruleset.sought[operation], headers, query=query)
            credentials = await self._prove(ruleset, rule, presented, headers)
        return decide(ruleset.policy, operation, credentials)

    async def _prove(
        self, ruleset: Ruleset, rule: Rule, presented: Presented, headers: Headers
    ) -> Credentials:
        if presented.fault is not None:
            return Credentials(fault=presented.fault)
        proofs: dict[SchemeName, Proof] = {}
        if presented.bearer is not None:
            wanted = {n: ruleset.bearers[n] for n in rule.schemes if n in ruleset.bearers}
            if wanted:
                proofs |= await prove_bearer(presented.bearer, wanted, now=int(self._clock()))
        if presented.basic is not None:
            proofs |= await self._prove_basic(ruleset, rule, presented.basic)
        for scheme, key in presented.keys.items():
            proof = await self._prove_key(ruleset, scheme, key, headers)
            if proof is not None:
                proofs[scheme] = proof
        return Credentials(proofs)

    async def _prove_basic(
        self, ruleset: Ruleset, rule: Rule, text: str
    ) -> Mapping[SchemeName, Proof]:
        """Prove a user's name and password once, for each basic scheme that is bound."""
        schemes = ruleset.policy.schemes
        bound = [
            name
            for name in rule.schemes
            if schemes[name].kind is SchemeKind.HTTP_BASIC and name in ruleset.policy.bindings
        ]
        if not bound:
            return {}
        pair = basic_pair(text)
        if pair is None:
            return dict.fromkeys(bound, Refused(TokenFault.MALFORMED))
        return dict.fromkeys(bound, await self._credentials.basic(*pair))

    async def _prove_key(
        self, ruleset: Ruleset, scheme: SchemeName, key: str, headers: Headers
    ) -> Proof | None:
        if scheme not in ruleset.policy.bindings:
            return None
        if scheme in ruleset.document.trusts.sessions:
            proof = await self._credentials.session(key, csrf_evidence(headers))
            return None if isinstance(proof, Refused) else proof
        return await self._credentials.api_key(scheme, key)


async def prove_bearer(
    text: str, bearers: Mapping[SchemeName, BearerBinding], *, now: int
) -> Mapping[SchemeName, Proof]:
    """Verify one token once, and tell for each scheme what it proves.

    A token speaks for the schemes that trust its issuer and hold one of its audiences; for the
    others it is as if absent. If it speaks for none, it is refused for all: INVARIANT 7.
    """
    addressed = _addressed(text, bearers)
    binding = bearers[addressed[0]]
    outcome = await verify(text, binding.trust, keys=binding.keys, now=now)
    if isinstance(outcome, AccessToken) and binding.revocations is not None:
        outcome = _unless_revoked(outcome, binding.revocations)
    match outcome:
        case AccessToken():
            return {name: _proof_of(outcome, binding.trust) for name in addressed}
        case Uncheckable():
            return dict.fromkeys(addressed, outcome)
        case Refused():
            return dict.fromkeys(bearers, outcome)
        case _ as never:
            assert_never(never)


def _unless_revoked(
    token: AccessToken, revocations: RevocationFeed
) -> AccessToken | Refused | Uncheckable:
    """A verified token, unless it was taken back, or nobody knows whether it was."""
    if not revocations.fresh:
        return Uncheckable(_UNKNOWN_REVOCATIONS_SECONDS)
    return Refused(TokenFault.REVOKED) if revocations.is_revoked(token) else token


def _addressed(text: str, bearers: Mapping[SchemeName, BearerBinding]) -> tuple[SchemeName, ...]:
    """The schemes that one binding, of the token's unproven issuer and audience, speaks for."""
    if len({(bearer.trust, id(bearer.keys)) for bearer in bearers.values()}) == 1:
        return tuple(bearers)
    token = parse_jwt_text(text)
    header, claims = ({}, {}) if isinstance(token, Refused) else (token.header, token.claims)
    trusts = {name: bearer.trust for name, bearer in bearers.items()}
    named = [n for n, trust in trusts.items() if trust.issuer == claims.get("iss")]
    held = [n for n in named if trusts[n].audience in audiences(claims.get("aud"))]
    served = [n for n in held if header.get("alg") in trusts[n].algorithms]
    first = (served or held or named or list(trusts))[0]
    return tuple(
        name
        for name in (served or [first])
        if bearers[name].keys is bearers[first].keys
        and replace(
            trusts[name],
            audience=trusts[first].audience,
            algorithms=trusts[first].algorithms,
        )
        == trusts[first]
    )


def _proof_of(token: AccessToken, trust: TokenTrust) -> Proven:
    return Proven(
        is_local=trust.users_are_local,
        principal=token.principal,
        scopes=token.scopes,
        roles=token.roles,
        client_id=token.client_id,
        token=token,
    )
