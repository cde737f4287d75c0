"""Pure: what the token service says of itself (RFC 8414), and only what is on."""

from collections.abc import Collection

from token_service.entities import GrantType

#: the grants this server can answer; password is told only where a client may use it
_ALWAYS = (GrantType.CLIENT_CREDENTIALS, GrantType.REFRESH_TOKEN)

Metadata = dict[str, str | list[str]]


def grants_on(usable: Collection[GrantType]) -> list[GrantType]:
    """The grants to tell of, given those that some client may use."""
    on = [*_ALWAYS, GrantType.PASSWORD] if GrantType.PASSWORD in usable else list(_ALWAYS)
    return sorted(on)


def describe(issuer: str, *, grants: Collection[GrantType], scopes: Collection[str]) -> Metadata:
    """The metadata document (RFC 8414 s2) of the issuer."""
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/token/",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "scopes_supported": sorted(scopes),
        "response_types_supported": [],
        "grant_types_supported": [grant.value for grant in grants],
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "none",
        ],
    }
