"""How the issuers of the world write their access tokens, one profile each.

Where each fact comes from is recorded in docs/decisions/0015.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit


class ScopeForm(StrEnum):
    """How the scope claim is written; a profile knows one, and the other one is a fault."""

    TEXT = "a string, names parted by spaces"
    LIST = "a list of strings"


class ClientMark(StrEnum):
    """What tells a client's own token from one that speaks for a user."""

    SUBJECT = "the subject is the client"
    SERVICE_ACCOUNT = "the subject is the service account of the client"
    SUFFIX = "the subject ends in @clients, or the grant is client-credentials"
    NO_USER = "the subject is the client, or there is no user id"
    NO_SCOPE = "the token says that it is an application's, or has no delegated scopes"
    ANY = "the subject is the client, its service account, or ends in @clients"


#: RFC 9068 s2.1; what such a header names is an access token and nothing else
ACCESS_TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})
#: in `Profile.types`: a header without `typ` will do
NO_TYPE = ""
#: claims of ID tokens (OpenID Connect Core s2, s3.3.2.11) and of logout and event tokens
_OTHER_TOKENS = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "events"})


@dataclass(frozen=True, slots=True)
class Profile:
    """How an issuer writes its access tokens."""

    #: accepted values of the `typ` header, in lower case
    types: frozenset[str]
    #: the claims that may name the client; a token needs one, and two must agree
    client_claims: tuple[str, ...]
    #: the one claim scopes are read from
    scope_claim: str
    scope_form: ScopeForm
    #: claims besides the client's that are strings and must not be empty
    required: tuple[str, ...]
    client_mark: ClientMark
    #: claims that no access token of this issuer has: it is an ID token, or one for logging out
    foreign_claims: frozenset[str] = _OTHER_TOKENS
    #: whether a token that names no client is a fault
    is_client_needed: bool = True
    #: the claim `typ` must be this
    kind: str | None = None
    #: a plain JWT whose one audience is its own client is an ID token
    has_audience_besides_client: bool = False
    #: header parameters that make the token one for the issuer's own services
    foreign_headers: frozenset[str] = frozenset()


_TEXT, _LIST = ScopeForm.TEXT, ScopeForm.LIST
_JWT = frozenset({"jwt"})

#: the values of `profile` in the settings
PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "rfc9068": Profile(
            types=ACCESS_TOKEN_TYPES,
            client_claims=("client_id",),
            scope_claim="scope",
            scope_form=_TEXT,
            required=("sub", "jti"),
            client_mark=ClientMark.SUBJECT,
            has_audience_besides_client=True,
        ),
        "keycloak": Profile(
            types=_JWT | ACCESS_TOKEN_TYPES,
            client_claims=("azp",),
            scope_claim="scope",
            scope_form=_TEXT,
            required=("sub", "jti"),
            client_mark=ClientMark.SERVICE_ACCOUNT,
            # Keycloak before 25, and a mapper since, put `nonce` into access tokens too
            foreign_claims=_OTHER_TOKENS - {"nonce"},
            kind="Bearer",
        ),
        "auth0": Profile(
            types=_JWT | ACCESS_TOKEN_TYPES,
            client_claims=("azp", "client_id"),
            scope_claim="scope",
            scope_form=_TEXT,
            required=("sub",),
            client_mark=ClientMark.SUFFIX,
            has_audience_besides_client=True,
        ),
        "okta": Profile(
            types=_JWT | ACCESS_TOKEN_TYPES | {NO_TYPE},
            client_claims=("cid",),
            scope_claim="scp",
            scope_form=_LIST,
            required=("sub", "jti"),
            client_mark=ClientMark.NO_USER,
            has_audience_besides_client=True,
        ),
        "entra": Profile(
            types=_JWT,
            client_claims=("azp", "appid"),
            scope_claim="scp",
            scope_form=_TEXT,
            required=("sub",),
            client_mark=ClientMark.NO_SCOPE,
            foreign_headers=frozenset({"nonce"}),
        ),
    }
)
DEFAULT_PROFILE = "rfc9068"
#: not for the settings: how introspection answers, whoever gives them (RFC 7662 s2.2)
ANSWER_PROFILE = "rfc7662"
ANSWERS = Profile(
    types=frozenset(),
    client_claims=("client_id",),
    scope_claim="scope",
    scope_form=_TEXT,
    required=("sub",),
    client_mark=ClientMark.ANY,
    is_client_needed=False,
    # issuers copy the claims of the token into the answer, and some `nonce` with them
    foreign_claims=_OTHER_TOKENS - {"nonce"},
)

_HOSTS = {
    "auth0.com": "auth0",
    "okta.com": "okta",
    "oktapreview.com": "okta",
    "okta-emea.com": "okta",
    "okta-gov.com": "okta",
    "login.microsoftonline.com": "entra",
    "login.microsoftonline.us": "entra",
    "login.partner.microsoftonline.cn": "entra",
    "ciamlogin.com": "entra",
    "sts.windows.net": "entra",
}


def detect_profile(issuer: str) -> str:
    """The profile that an issuer's URL has the shape of; nothing is asked, nothing is fetched."""
    parts = urlsplit(issuer)
    host = (parts.hostname or "").lower()
    for known, profile in _HOSTS.items():
        if host == known or host.endswith(f".{known}"):
            return profile
    return "keycloak" if "/realms/" in parts.path else DEFAULT_PROFILE
