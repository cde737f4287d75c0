"""Whether a text is a valid access token of a trust: a value for every outcome, no exception.

The order is fixed: shape, header, key, signature, claims. So who cannot sign learns nothing about
the claims we want. `examine` goes on after a failure, with the same rules in the same order.
"""

from gateway.errors import KeysUnavailableError
from gateway.model import AccessToken, Refused, TokenFault, Uncheckable
from gateway.tokens.binding import TokenTrust
from gateway.tokens.check import Check, check_of_rule, check_of_signature
from gateway.tokens.claims import access_token, claim_fault, claim_rules, header_rules
from gateway.tokens.facts import Facts
from gateway.tokens.jwt_text import JwtText, KnownHeaders, parse_jwt_text
from gateway.tokens.keys import Kid, VerificationKey
from gateway.tokens.ports import KeySource


async def verify(
    token_text: str, trust: TokenTrust, *, keys: KeySource, now: int
) -> AccessToken | Refused | Uncheckable:
    """Verify a token as RFC 9068 s4 has it; `now` is in Unix seconds."""
    read = _read(token_text, trust, now)
    if isinstance(read, Refused):
        return read
    token, facts = read
    try:
        key = await _key(token, keys)
    except KeysUnavailableError as unavailable:
        return Uncheckable(unavailable.retry_after)
    return _judge(token, facts, key)


def verify_at_hand(
    token_text: str, trust: TokenTrust, *, keys: KeySource, now: int, known: KnownHeaders
) -> AccessToken | Refused | None:
    """The same if the key is at hand; None: it has to be waited for."""
    read = _read(token_text, trust, now, known)
    if isinstance(read, Refused):
        return read
    token, facts = read
    key = keys.cached(Kid(token.header["kid"]), token.header["alg"])
    return None if key is None else _judge(token, facts, key)


async def examine(
    token_text: str, trust: TokenTrust, *, keys: KeySource, now: int
) -> tuple[Check, ...]:
    """Every check of `verify` in its order, failed ones too; all ok means it verifies.

    The first failed one has the fault that `verify` answers. A signature is not tried where the
    header forbids the key: that check has failed with the header's fault.
    """
    token = parse_jwt_text(token_text)
    if isinstance(token, Refused):
        return (Check("shape", "is not a JWT in compact serialization", fault=token.fault),)
    facts = Facts(token.header, token.claims, trust=trust, now=now)
    header = tuple(check_of_rule(rule, facts) for rule in header_rules())
    forbidding = [check.fault for check in header if check.fault and check.name != "typ"]
    unproven = Refused(forbidding[0]) if forbidding else await _check_signature(token, keys)
    return (
        *header,
        check_of_signature(token.header, unproven),
        *(check_of_rule(rule, facts) for rule in claim_rules(trust)),
    )


def _read(
    text: str, trust: TokenTrust, now: int, known: KnownHeaders | None = None
) -> tuple[JwtText, Facts] | Refused:
    """A token whose header keeps the rules; nothing of it is proven."""
    token = parse_jwt_text(text, known)
    if isinstance(token, Refused):
        return token
    facts = Facts(token.header, token.claims, trust, now)
    for rule in header_rules():
        if fault := rule.fault(facts):
            return Refused(fault)
    return token, facts


def _judge(token: JwtText, facts: Facts, key: VerificationKey | None) -> AccessToken | Refused:
    """Signature first, then the claims."""
    unproven = _unproven(token, key)
    if unproven is not None:
        return unproven
    if fault := claim_fault(facts):
        return Refused(fault)
    return access_token(token.claims, facts.trust)


async def _key(token: JwtText, keys: KeySource) -> VerificationKey | None:
    """The key that the header names, which kept its rules; or KeysUnavailableError."""
    kid, alg = Kid(token.header["kid"]), token.header["alg"]
    return keys.cached(kid, alg) or await keys.key(kid, alg)


async def _check_signature(token: JwtText, keys: KeySource) -> Refused | Uncheckable | None:
    """Why the signature does not prove the token; None if it does. The header kept its rules."""
    try:
        return _unproven(token, await _key(token, keys))
    except KeysUnavailableError as unavailable:
        return Uncheckable(unavailable.retry_after)


def _unproven(token: JwtText, key: VerificationKey | None) -> Refused | None:
    if key is None:
        return Refused(TokenFault.UNKNOWN_KEY)
    if key.alg != token.header["alg"]:
        return Refused(TokenFault.ALGORITHM)
    if not key.verifies(token.signing_input, token.signature):
        return Refused(TokenFault.SIGNATURE)
    return None
