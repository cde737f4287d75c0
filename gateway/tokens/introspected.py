"""An introspection answer (RFC 7662 s2.2) read into a token, as strictly as a JWT's claims."""

from collections.abc import Mapping
from typing import Any

from gateway.model import AccessToken, Refused, TokenFault
from gateway.tokens.binding import TokenTrust
from gateway.tokens.claims import access_token, claim_fault
from gateway.tokens.facts import Facts

#: how long a token without `exp` is taken to live, from each time that it was asked about
UNTOLD_SECONDS = 60
#: what issuers call the kind of an access token that whoever bears it may use, in lower case
_KINDS = frozenset({"bearer", "access_token", "access-token"})
#: members that name the kind, where an issuer tells it
_KIND_MEMBERS = ("token_type", "token_use")
#: in whose absence who speaks is told by the next
_SUBJECTS = ("sub", "username", "client_id")


def introspected_token(
    response: Mapping[str, Any], trust: TokenTrust, *, now: int
) -> AccessToken | Refused:
    """The token that an answer describes; only `active: true` describes one.

    The members are those of RFC 7662 but for names that the settings override. `iss` must be ours
    if it is there; `aud` must be there and name us; what an active token does not tell of its times
    is made up for, since the issuer has looked at them. Why a token is not active is never told.
    """
    if response.get("active") is not True:
        return Refused(TokenFault.UNKNOWN_CREDENTIAL)
    if not all(_is_bearer(response[name]) for name in _KIND_MEMBERS if name in response):
        return Refused(TokenFault.TYPE)
    subject = next((response[name] for name in _SUBJECTS if name in response), None)
    told = {"iss": trust.issuer, "exp": now + UNTOLD_SECONDS, "iat": now, "sub": subject}
    claims = {**told, **response}
    if fault := claim_fault(Facts({}, claims, trust=trust, now=now)):
        return Refused(fault)
    return access_token(claims, trust)


def _is_bearer(kind: object) -> bool:
    return isinstance(kind, str) and kind.lower() in _KINDS
