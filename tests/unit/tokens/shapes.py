"""Access tokens in the shapes that issuers give them, and what else those issuers sign.

Every name and number is made up here; what is real is which members there are, and their forms.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.tokens.binding import TokenTrust
from tests.unit.tokens.minting import NOW, sign, without

AUDIENCE = "https://orders.example"
TIMES: Mapping[str, Any] = {"iat": NOW - 60, "exp": NOW + 240}


@dataclass(frozen=True, slots=True)
class Shape:
    """A token of one issuer."""

    profile: str
    issuer: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    @property
    def trust(self) -> TokenTrust:
        """What an API says that takes such tokens."""
        return TokenTrust(self.issuer, AUDIENCE, profile=self.profile)

    def token(self, *, drop: tuple[str, ...] = (), **claims: Any) -> str:
        """The token, but for claims that are dropped or given."""
        written = without({"iss": self.issuer, **TIMES, **self.claims, **claims}, *drop)
        return sign({"alg": "RS256", "kid": "RS256", **self.header}, written, alg="RS256")

    def typed(self, typ: str | None) -> str:
        """The token under another `typ` header; None: without one."""
        header = without({**self.header, "typ": typ}, *(["typ"] if typ is None else []))
        return Shape(self.profile, self.issuer, header, self.claims).token()


RFC9068 = Shape(
    "rfc9068",
    "https://issuer.example",
    {"typ": "at+jwt"},
    {"aud": AUDIENCE, "sub": "u1", "client_id": "web", "jti": "j1", "scope": "orders:read"},
)
KEYCLOAK = Shape(
    "keycloak",
    "https://kc.example/realms/shop",
    {"typ": "JWT"},
    {
        "jti": "onrtac:5e1c",
        "aud": [AUDIENCE, "account"],
        "sub": "0b7e6f7e-1111-4222-8333-444455556666",
        "typ": "Bearer",
        "azp": "web",
        "sid": "f0c1",
        "acr": "1",
        "auth_time": NOW - 90,
        "allowed-origins": ["https://shop.example"],
        "realm_access": {"roles": ["default-roles-shop"]},
        "resource_access": {"account": {"roles": ["view-profile"]}},
        "scope": "orders:read profile email",
        "email_verified": True,
        "preferred_username": "alice",
    },
)
KEYCLOAK_SERVICE = Shape(
    "keycloak",
    KEYCLOAK.issuer,
    {"typ": "JWT"},
    {
        "jti": "trrtcc:77aa",
        "aud": AUDIENCE,
        "sub": "9d0a7b2c-1111-4222-8333-444455556666",
        "typ": "Bearer",
        "azp": "Batch",
        "acr": "1",
        "scope": "orders:read",
        "clientHost": "10.0.0.9",
        "preferred_username": "service-account-batch",
        "clientAddress": "10.0.0.9",
        "client_id": "Batch",
    },
)
AUTH0 = Shape(
    "auth0",
    "https://shop.eu.auth0.com/",
    {"typ": "JWT"},
    {
        "sub": "auth0|64f0",
        "aud": [AUDIENCE, "https://shop.eu.auth0.com/userinfo"],
        "azp": "K1AU",
        "scope": "openid profile orders:read",
        "permissions": ["orders:write"],
    },
)
AUTH0_MACHINE = Shape(
    "auth0",
    AUTH0.issuer,
    {"typ": "JWT"},
    {
        "sub": "aWZf@clients",
        "aud": AUDIENCE,
        "azp": "aWZf",
        "scope": "orders:read",
        "gty": "client-credentials",
    },
)
AUTH0_RFC9068 = Shape(
    "auth0",
    AUTH0.issuer,
    {"typ": "at+jwt"},
    {
        "sub": "auth0|64f0",
        "aud": AUDIENCE,
        "client_id": "K1AU",
        "jti": "73Wa",
        "scope": "orders:read",
    },
)
OKTA = Shape(
    "okta",
    "https://shop.okta.com/oauth2/default",
    {},
    {
        "ver": 1,
        "jti": "AT.MNAo",
        "aud": AUDIENCE,
        "cid": "0oa1",
        "uid": "00u1",
        "scp": ["openid", "orders:read"],
        "auth_time": NOW - 90,
        "sub": "alice@shop.example",
    },
)
OKTA_MACHINE = Shape(
    "okta",
    OKTA.issuer,
    {},
    {
        "ver": 1,
        "jti": "AT.x1",
        "aud": AUDIENCE,
        "cid": "0oa2",
        "scp": ["orders:read"],
        "sub": "0oa2",
    },
)
ENTRA_V2 = Shape(
    "entra",
    "https://login.microsoftonline.com/aaaa-tenant/v2.0",
    {"typ": "JWT"},
    {
        "aud": AUDIENCE,
        "nbf": NOW - 60,
        "aio": "AXQ",
        "azp": "bbbb-client",
        "azpacr": "1",
        "name": "Alice",
        "oid": "cccc",
        "preferred_username": "alice@shop.example",
        "rh": "0.AX",
        "scp": "orders:read User.Read",
        "sub": "pairwise1",
        "tid": "aaaa-tenant",
        "uti": "u-1",
        "ver": "2.0",
    },
)
ENTRA_V1 = Shape(
    "entra",
    "https://sts.windows.net/aaaa-tenant/",
    {"typ": "JWT", "x5t": "RS256"},
    {
        "aud": AUDIENCE,
        "nbf": NOW - 60,
        "acr": "1",
        "amr": ["pwd"],
        "appid": "bbbb-client",
        "appidacr": "0",
        "oid": "cccc",
        "scp": "orders:read",
        "sub": "pairwise1",
        "tid": "aaaa-tenant",
        "unique_name": "alice@shop.example",
        "uti": "u-1",
        "ver": "1.0",
    },
)
ENTRA_APP = Shape(
    "entra",
    ENTRA_V2.issuer,
    {"typ": "JWT"},
    {
        "aud": AUDIENCE,
        "nbf": NOW - 60,
        "azp": "bbbb-daemon",
        "azpacr": "1",
        "idtyp": "app",
        "oid": "dddd",
        "roles": ["Orders.Read.All"],
        "sub": "dddd",
        "tid": "aaaa-tenant",
        "uti": "u-2",
        "ver": "2.0",
    },
)

USERS = {
    "rfc9068": RFC9068,
    "keycloak": KEYCLOAK,
    "auth0": AUTH0,
    "auth0 as rfc9068": AUTH0_RFC9068,
    "okta": OKTA,
    "entra v2": ENTRA_V2,
    "entra v1": ENTRA_V1,
}
MACHINES = {
    "keycloak": KEYCLOAK_SERVICE,
    "auth0": AUTH0_MACHINE,
    "okta": OKTA_MACHINE,
    "entra": ENTRA_APP,
}
