"""Pure: what the token service says of itself (RFC 8414), and only what is on."""

from collections.abc import Collection

from token_service.entities import GrantType

#: the grants this server can answer; password is told only where a client may use it
_ALWAYS = (
    GrantType.AUTHORIZATION_CODE,
    GrantType.CLIENT_CREDENTIALS,
    GrantType.DEVICE_CODE,
    GrantType.REFRESH_TOKEN,
)

#: how a confidential client proves itself (RFC 6749 s2.3.1)
_SECRETS = ("client_secret_basic", "client_secret_post")

Metadata = dict[str, str | bool | list[str]]


def grants_on(usable: Collection[GrantType]) -> list[GrantType]:
    """The grants to tell of, given those that some client may use."""
    on = [*_ALWAYS, GrantType.PASSWORD] if GrantType.PASSWORD in usable else list(_ALWAYS)
    return sorted(on)


def describe(issuer: str, *, grants: Collection[GrantType], scopes: Collection[str]) -> Metadata:
    """The metadata document (RFC 8414 s2) of the issuer."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize/",
        "device_authorization_endpoint": f"{issuer}/device-authorization/",
        "token_endpoint": f"{issuer}/token/",
        "revocation_endpoint": f"{issuer}/revoke_token/",
        "introspection_endpoint": f"{issuer}/introspect/",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "scopes_supported": sorted(scopes),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "grant_types_supported": [grant.value for grant in grants],
        "token_endpoint_auth_methods_supported": [*_SECRETS, "none"],
        "revocation_endpoint_auth_methods_supported": [*_SECRETS, "none"],
        # who asks about tokens proves to be somebody (RFC 7662 s2.1)
        "introspection_endpoint_auth_methods_supported": [*_SECRETS],
    }
