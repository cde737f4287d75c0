"""What the bearer token of a request opens: each operation decided, each scheme proven once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.guard import Guard, Headers, Ruleset
from gateway.model import ANONYMOUS, Credentials, Decision, Proven, Reason
from gateway.policy.decide import decide
from gateway.spec.model import OperationKey, SchemeName
from gateway.tokens.authorization import split_authorization
from gateway.tokens.peer import Peer

_AUTHORIZATION = b"authorization"
#: what is wrong with a credential in itself, the gravest first
_FLAWS = (Reason.UNCHECKABLE, Reason.INVALID_REQUEST, Reason.INVALID_CREDENTIAL)


@dataclass(frozen=True, slots=True)
class Share:
    """How each operation would decide a request with this token, or with none."""

    decisions: Mapping[OperationKey, Decision]
    #: a bearer token was sent, and some scheme proves it
    is_known: bool
    #: a token was sent that no operation takes for a valid one: how one of them denies it
    denial: Decision | None

    def opens(self, operation: OperationKey) -> bool:
        """Whether the operation is permitted."""
        decision = self.decisions.get(operation)
        return decision is not None and decision.permits


def share_of_nobody(ruleset: Ruleset) -> Share:
    """Decide every operation for who sends no token: the same for all of them."""
    policy = ruleset.policy
    decisions = {key: decide(policy, key, ANONYMOUS) for key in policy.rules}
    return Share(decisions, is_known=False, denial=None)


async def share_of(guard: Guard, ruleset: Ruleset, sent: Headers, *, peer: Peer) -> Share:
    """Decide every operation for the `tokens_of` a request, cookies, keys and passwords apart."""
    proven: dict[tuple[SchemeName, ...], Credentials] = {}
    decisions: dict[OperationKey, Decision] = {}
    for key, rule in ruleset.policy.rules.items():
        names = () if rule.is_public else tuple(rule.schemes)
        if names not in proven:
            proven[names] = await guard.prove(ruleset, key, headers=sent, query=b"", peer=peer)
        decisions[key] = decide(ruleset.policy, key, proven[names])
    is_known = any(
        isinstance(proof, Proven) for held in proven.values() for proof in held.proofs.values()
    )
    denial = None if is_known else _denial(ruleset, decisions)
    return Share(decisions, is_known, denial)


def tokens_of(headers: Headers) -> Sequence[tuple[bytes, bytes]]:
    """The Authorization headers if they hold a bearer token, or cannot be told apart."""
    sent = [header for header in headers if header[0] == _AUTHORIZATION]
    is_other = len(sent) == 1 and split_authorization(sent[0][1])[0] != b"bearer"
    return () if is_other else sent


def _denial(ruleset: Ruleset, decisions: Mapping[OperationKey, Decision]) -> Decision | None:
    """What an operation that takes bearer tokens says to this one."""
    looked = [decisions[key] for key in decisions if ruleset.looks[key].bearers]
    return next((d for flaw in _FLAWS for d in looked if d.reason is flaw), None)
