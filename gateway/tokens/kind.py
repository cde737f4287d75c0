"""What kind of token it is: an ID token is no access token, though the same issuer signed it."""

import json

from gateway.model import TokenFault
from gateway.tokens.facts import Facts, audiences
from gateway.tokens.profiles import ACCESS_TOKEN_TYPES, NO_TYPE

#: the claim `typ` of Keycloak's other tokens
_OTHER_KINDS = ("ID", "Refresh", "Offline", "Logout", "Serialized-ID")
#: how Okta names its ID tokens
_ID_TOKEN_JTI = "ID."  # noqa: S105 -- a prefix, no secret


def kind_fault(facts: Facts) -> TokenFault | None:
    """An ID token, a refresh token or a logout token is no access token, whoever signed it."""
    return TokenFault.TYPE if other_kind(facts) else None


def other_kind(facts: Facts) -> str:
    """What shows that this is no access token for us; "" if nothing does."""
    profile, claims, header = facts.trust.rules, facts.claims, facts.header
    if not profile.foreign_claims.isdisjoint(claims):
        return f"`{sorted(profile.foreign_claims & claims.keys())[0]}` is no access token's"
    if not profile.foreign_headers.isdisjoint(header):
        return "a `nonce` in the header is for services of the issuer's own"
    kind = claims.get("typ")
    if (profile.kind is not None and kind != profile.kind) or kind in _OTHER_KINDS:
        return f"the claim typ is {json.dumps(kind) if 'typ' in claims else 'absent'}"
    jti = claims.get("jti")
    if isinstance(jti, str) and jti.startswith(_ID_TOKEN_JTI):
        return "its jti is an ID token's"
    if profile.has_audience_besides_client and _is_for_its_client(facts):
        return "it is for its own client"
    return ""


def _is_for_its_client(facts: Facts) -> bool:
    """Whether it is a plain JWT whose one audience is the client: OpenID Connect Core s2."""
    if str(facts.header.get("typ", NO_TYPE)).lower() in ACCESS_TOKEN_TYPES:
        return False
    clients = [facts.claims.get(name) for name in facts.trust.rules.client_claims]
    audience = audiences(facts.claims.get("aud"))
    return len(audience) == 1 and audience[0] in clients
