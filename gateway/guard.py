"""The only conductor: present, verify, decide. Every door asks it and adds nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.load import LoadedDocument
from gateway.model import (
    ANONYMOUS,
    Credentials,
    Decision,
    Proof,
    Refused,
    TokenFault,
)
from gateway.policy.decide import decide
from gateway.policy.rules import Policy, Rule
from gateway.routing.tree import RouteTable
from gateway.spec.model import KeyPlace, OperationKey, SchemeKind, SchemeName
from gateway.tokens.authorization import basic_pair
from gateway.tokens.certificate import prove_certificate
from gateway.tokens.csrf import csrf_evidence
from gateway.tokens.jwt_text import KnownHeaders
from gateway.tokens.peer import UNKNOWN_PEER, Peer
from gateway.tokens.ports import CredentialSource
from gateway.tokens.present import (
    Presented,
    Sought,
    bearer_of,
    bearer_value,
    find,
    seek,
    sole_bearer,
)
from gateway.tokens.prove import BearerBinding, is_one_binding, prove_at_hand, prove_for_long
from gateway.tokens.verified import Held, VerifiedTokens
from gateway.watch import UNCOUNTED, TokenCounter

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Looks:
    """What operations of the same schemes look at in a request, and know already of what it has."""

    sought: Sought
    #: its bearer schemes that are bound
    bearers: Mapping[SchemeName, BearerBinding]
    #: tokens seen before at operations with the same bearer schemes
    tokens: VerifiedTokens
    #: a trusted proxy may tell of a client's certificate
    asks_for_certificates: bool = False
    #: a token speaks for all of its bearer schemes or for none
    has_one_binding: bool = False
    #: headers of the tokens that were presented
    headers: KnownHeaders = field(default_factory=KnownHeaders, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All that a request is decided by. INVARIANT: replaced whole or not at all."""

    document: LoadedDocument
    bearers: Mapping[SchemeName, BearerBinding]
    looks: Mapping[OperationKey, Looks]

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
    tokens: dict[tuple[SchemeName, ...], VerifiedTokens] = {}
    alike: dict[tuple[SchemeName, ...], Looks] = {}
    looks: dict[OperationKey, Looks] = {}
    for key, rule in policy.rules.items():
        names = () if rule.is_public else tuple(rule.schemes)
        if names in alike:
            looks[key] = alike[names]
            continue
        bound = {name: bearers[name] for name in names if name in bearers}
        looks[key] = alike[names] = Looks(
            seek([policy.schemes[name] for name in names]),
            bound,
            tokens.setdefault(tuple(bound), VerifiedTokens()),
            asks_for_certificates=any(name in document.trusts.certificates for name in names),
            has_one_binding=is_one_binding(bound),
        )
    return Ruleset(document, bearers, looks)


class Guard:
    """Decides requests by the ruleset that each of them is handed with."""

    def __init__(
        self,
        *,
        credentials: CredentialSource,
        clock: Callable[[], float],
        tokens: TokenCounter = UNCOUNTED,
    ) -> None:
        self._credentials = credentials
        self._clock = clock
        self._tokens = tokens

    def recall(self, looks: Looks, *, headers: Headers, query: bytes) -> Held | Credentials | None:
        """What a request proves, as far as that needs no waiting; None: `judge` has to find out.

        ANONYMOUS if it presents nothing. What a proxy tells of certificates is not looked at.
        """
        value = sole_bearer(looks.sought, headers, query=query)
        if not value:
            return None if value is None else ANONYMOUS
        now = self._clock()
        held = looks.tokens.find(value, now)
        if held is not None:
            self._tokens.hit()
            return held
        return self._prove_at_hand(looks, value, now=now) if looks.has_one_binding else None

    def _prove_at_hand(self, looks: Looks, value: bytes, *, now: float) -> Held | None:
        """Verify and keep a token, the sole credential of a request, if nothing has to be awaited.

        A text that is a JWT has no octet by which `find` could read something else out of it.
        """
        text = bearer_of(value)
        lasting = prove_at_hand(text, looks.bearers, now=int(now), known=looks.headers)
        if lasting is None or lasting.assurance is None:
            return None
        self._tokens.miss()
        held = Held(Credentials(lasting.proofs), lasting.assurance)
        looks.tokens.keep(value, held)
        return held

    async def judge(
        self,
        ruleset: Ruleset,
        operation: OperationKey,
        *,
        headers: Headers,
        query: bytes,
        peer: Peer = UNKNOWN_PEER,
    ) -> Decision:
        """Decide one request for an operation; headers and raw query as ASGI has them."""
        credentials = await self.prove(ruleset, operation, headers=headers, query=query, peer=peer)
        return decide(ruleset.policy, operation, credentials)

    async def prove(
        self,
        ruleset: Ruleset,
        operation: OperationKey,
        *,
        headers: Headers,
        query: bytes,
        peer: Peer = UNKNOWN_PEER,
    ) -> Credentials:
        """What a request proves of the schemes of an operation; the same for all that name them."""
        rule = ruleset.policy.rules.get(operation)
        if rule is None or not rule.schemes or rule.is_public:
            return ANONYMOUS
        presented = find(ruleset.looks[operation].sought, headers, query=query)
        return await self._prove(ruleset, rule, presented, headers=headers, peer=peer)

    async def _prove(
        self,
        ruleset: Ruleset,
        rule: Rule,
        presented: Presented,
        *,
        headers: Headers,
        peer: Peer,
    ) -> Credentials:
        if presented.fault is not None:
            return Credentials(fault=presented.fault)
        proofs: dict[SchemeName, Proof] = {}
        if peer.is_trusted_proxy and ruleset.document.trusts.certificates:
            proofs |= _prove_certificates(ruleset, rule, headers)
        if presented.bearer is not None:
            proofs |= await self._prove_bearer(ruleset.looks[rule.operation], presented.bearer)
        if presented.basic is not None:
            proofs |= await self._prove_basic(ruleset, rule, presented.basic, address=peer.address)
        for scheme, key in presented.keys.items():
            proof = await self._prove_key(ruleset, scheme, key, headers=headers)
            if proof is not None:
                proofs[scheme] = proof
        return Credentials(proofs)

    async def _prove_bearer(self, looks: Looks, text: str) -> Mapping[SchemeName, Proof]:
        """What a token proves: as it is known, or by verifying it."""
        if not looks.bearers:
            return {}
        now, value = self._clock(), bearer_value(text)
        if held := looks.tokens.find(value, now):
            self._tokens.hit()
            return held.credentials.proofs
        self._tokens.miss()
        lasting = await prove_for_long(text, looks.bearers, now=int(now))
        if lasting.assurance is not None:
            looks.tokens.keep(value, Held(Credentials(lasting.proofs), lasting.assurance))
        return lasting.proofs

    async def _prove_basic(
        self, ruleset: Ruleset, rule: Rule, text: str, *, address: str
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
        return dict.fromkeys(bound, await self._credentials.basic(*pair, address=address))

    async def _prove_key(
        self, ruleset: Ruleset, scheme: SchemeName, key: str, *, headers: Headers
    ) -> Proof | None:
        if scheme not in ruleset.policy.bindings:
            return None
        if scheme in ruleset.document.trusts.sessions:
            proof = await self._credentials.session(key, csrf_evidence(headers))
            return None if isinstance(proof, Refused) else proof
        is_cookie = ruleset.policy.schemes[scheme].place is KeyPlace.COOKIE
        evidence = csrf_evidence(headers) if is_cookie else None
        return await self._credentials.api_key(scheme, key, evidence=evidence)


def _prove_certificates(
    ruleset: Ruleset, rule: Rule, headers: Headers
) -> Mapping[SchemeName, Proof]:
    """What a trusted proxy tells of a client's certificate, for each scheme that asks for one."""
    bound = ruleset.document.trusts.certificates
    told = {n: prove_certificate(n, bound[n], headers) for n in rule.schemes if n in bound}
    return {name: proof for name, proof in told.items() if proof is not None}
