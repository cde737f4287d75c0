"""What mends a check that a token failed: a setting of ours, or a change at its issuer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from gateway.cli.issuer_family import IssuerFamily
from gateway.model import TokenFault
from gateway.spec.model import SchemeName
from gateway.tokens.algorithms import ALGORITHMS
from gateway.tokens.binding import TokenTrust
from gateway.tokens.check import Check

#: claims that ID tokens have and access tokens do not, but for the access tokens of Keycloak
_ID_TOKEN_CLAIMS = frozenset({"nonce", "at_hash", "c_hash"})
_ACCESS_TOKEN_WORD = "bearer"  # noqa: S105 -- what Keycloak writes as the claim `typ`
_ID_TOKEN_WORDS = frozenset({"id", "id_token", "id+jwt", "id_token+jwt"})
#: checks that an ID token fails because it is for the application, not for an API
_OF_ITS_USE = frozenset({"typ", "kind", "aud"})
#: checks that every profile makes alike; the others are about how an issuer writes its tokens
CHECKS_OF_ANY_PROFILE = frozenset(
    {"crit", "alg", "kid", "signature", "iss", "aud", "exp", "nbf", "iat", "cnf"}
)
_JWE_SEGMENTS = 5


@dataclass(frozen=True, slots=True, repr=False)
class Refusal:
    """What a remedy may look at: a failed check of a token that a scheme took."""

    check: Check
    scheme: SchemeName
    trust: TokenTrust
    family: IssuerFamily
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    #: the scheme trusts the token service of these settings
    is_ours: bool = False
    #: the profile under which the token's form is right, if there is one
    profile: str | None = None

    @property
    def table(self) -> str:
        """The table of the settings that speaks for the scheme."""
        return f"[schemes.{self.scheme}]"


def remedy(refusal: Refusal) -> str:
    """What to do, in a few words; every failed check has something."""
    name = refusal.check.name
    if refusal.profile is not None and name not in CHECKS_OF_ANY_PROFILE:
        return f'profile = "{refusal.profile}" in {refusal.table}'
    if name in _OF_ITS_USE and is_id_token(refusal.header, refusal.claims):
        return "this is an ID token: send the access token that came with it"
    return _FIXED[name] if name in _FIXED else _CHOSEN.get(name, _of_claim)(refusal)


def remedy_of_shape(text: str, *, scheme: SchemeName) -> str:
    """What to do about a text that is no signed JWT at all."""
    if not text:
        return "nothing was read: is the file empty?"
    if text[:7].lower() == "bearer ":
        return "leave out `Bearer`: the token alone"
    if len(text.split()) > 1 or not text.isascii():
        return "this is no token: the file holds other text"
    if text.count(".") == _JWE_SEGMENTS - 1:
        return "an encrypted token (JWE): have the issuer send signed ones (JWS)"
    if text.count(".") == 2:
        return "cut off or altered: copy the token once more, whole"
    return f"an opaque token is asked about: introspection_url in [schemes.{scheme}]"


def is_id_token(header: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
    """Whether a token says that it tells an application who signed in."""
    told = (header.get("typ"), claims.get("typ"), claims.get("token_use"))
    words = {word.lower() for word in told if isinstance(word, str)}
    if words & _ID_TOKEN_WORDS:
        return True
    return _ACCESS_TOKEN_WORD not in words and bool(_ID_TOKEN_CLAIMS & claims.keys())


def _of_alg(refusal: Refusal) -> str:
    algorithm = refusal.header.get("alg")
    if isinstance(algorithm, str) and algorithm in ALGORITHMS:
        return f'algorithms = ["{algorithm}"] in {refusal.table}'
    return "have the issuer sign with RS256, ES256 or EdDSA: nothing else proves who signed"


def _of_signature(refusal: Refusal) -> str:
    if refusal.check.fault is TokenFault.UNKNOWN_KEY:
        return "of another issuer or home, or of a key that was rotated away: get a fresh token"
    return "altered, or made by another key of this name: get a fresh token"


def _of_iss(refusal: Refusal) -> str:
    issuer = refusal.claims.get("iss")
    if not isinstance(issuer, str) or not issuer.isprintable():
        return "have the issuer write its URL as `iss`"
    if _differ_by_a_slash(issuer, refusal.trust.issuer):
        return f'issuer = "{issuer}" in {refusal.table}: only the slash at its end differs'
    if refusal.is_ours:
        return f"set SCOPEGATE_ISSUER if it is our own, else issuer in {refusal.table}"
    return f'issuer = "{issuer}" in {refusal.table}, if you trust it'


def _differ_by_a_slash(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")


def _of_aud(refusal: Refusal) -> str:
    wanted = refusal.trust.audience
    if refusal.is_ours and refusal.family in {IssuerFamily.OWN, IssuerFamily.OTHER}:
        return f"ask for it with resource={wanted}, or set SCOPEGATE_AUDIENCE"
    match refusal.family:
        case IssuerFamily.KEYCLOAK:
            return f'add an audience mapper for "{wanted}" to the client in Keycloak'
        case IssuerFamily.AUTH0:
            return f"ask Auth0 for it with audience={wanted}, the identifier of the API there"
        case IssuerFamily.OKTA:
            return f'set the audience of the authorization server in Okta to "{wanted}"'
        case IssuerFamily.ENTRA:
            return f"ask Entra for a scope of this API, as in {wanted}/.default"
        case _:
            return f'ask the issuer for tokens for "{wanted}", or set audience in {refusal.table}'


def _of_exp(refusal: Refusal) -> str:
    if refusal.check.fault is TokenFault.EXPIRED:
        return "get a fresh token"
    return "have the issuer write `exp` in whole seconds"


def _of_claim(refusal: Refusal) -> str:
    return f"have the issuer write `{refusal.check.name}`, or name its own claim in {refusal.table}"


#: checks with one remedy whatever the token says
_FIXED: Mapping[str, str] = MappingProxyType(
    {
        "typ": 'ask the issuer for access tokens of typ "at+jwt" (RFC 9068), or set types',
        "kind": "send the access token of the same answer, not this one",
        "kid": "have the issuer name its key: a header with `kid`",
        "nbf": "compare the clocks of this machine and of the issuer",
        "iat": "compare the clocks of this machine and of the issuer",
        "cnf": "bound to a key (DPoP, mutual TLS): ask the issuer for a bearer token",
        "crit": "have the issuer leave out critical extensions: none is understood here",
    }
)
_CHOSEN: Mapping[str, Callable[[Refusal], str]] = MappingProxyType(
    {
        "alg": _of_alg,
        "signature": _of_signature,
        "iss": _of_iss,
        "aud": _of_aud,
        "exp": _of_exp,
    }
)
