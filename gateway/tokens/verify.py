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
from gateway.tokens.jwt_text import JwtText, parse_jwt_text
from gateway.tokens.keys import Kid
from gateway.tokens.ports import KeySource


async def verify(
    token_text: str, trust: TokenTrust, *, keys: KeySource, now: int
) -> AccessToken | Refused | Uncheckable:
    """Verify a token as RFC 9068 s4 has it; `now` is in Unix seconds."""
    token = parse_jwt_text(token_text)
    if isinstance(token, Refused):
        return token
    facts = Facts(token.header, token.claims, trust=trust, now=now)
    for rule in header_rules():
        if fault := rule.fault(facts):
            return Refused(fault)
    unproven = await _check_signature(token, keys)
    if unproven is not None:
        return unproven
    if fault := claim_fault(facts):
        return Refused(fault)
    return access_token(token.claims, trust)


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


async def _check_signature(token: JwtText, keys: KeySource) -> Refused | Uncheckable | None:
    """Why the signature does not prove the token; None if it does. The header kept its rules."""
    kid, alg = Kid(token.header["kid"]), token.header["alg"]
    try:
        key = keys.cached(kid, alg) or await keys.key(kid, alg)
    except KeysUnavailableError as unavailable:
        return Uncheckable(unavailable.retry_after)
    if key is None:
        return Refused(TokenFault.UNKNOWN_KEY)
    if key.alg != alg:
        return Refused(TokenFault.ALGORITHM)
    if not key.verifies(token.signing_input, token.signature):
        return Refused(TokenFault.SIGNATURE)
    return None
