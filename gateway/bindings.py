"""What each scheme of a document trusts: from the settings alone, never from the document."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from gateway.errors import SettingsError
from gateway.policy.compile import takes_bearer_token
from gateway.policy.rules import Binding
from gateway.settings import SchemeSettings, Settings
from gateway.spec.model import ApiDescription, KeyPlace, SchemeKind, SchemeName, SecurityScheme
from gateway.tokens.binding import TokenTrust

#: the table `[schemes."*"]` speaks for every scheme without one of its own
ANY_SCHEME = "*"
_NO_SETTINGS = SchemeSettings()
#: what a binding to the login session is called
_SESSION = Binding(issuer="session", audience="session")


@dataclass(frozen=True, slots=True)
class Trusts:
    """The bound schemes of a description."""

    bearers: Mapping[SchemeName, TokenTrust]
    #: of those, the ones whose keys are fetched: scheme -> JWKS URL; the others trust our keyring
    jwks_uris: Mapping[SchemeName, str]
    #: apiKey cookies that are the login session of the token service
    sessions: frozenset[SchemeName]

    @property
    def bindings(self) -> Mapping[SchemeName, Binding]:
        """As the policy sees them: which schemes accept the same credential."""
        bound = {n: Binding(trust.issuer, trust.audience) for n, trust in self.bearers.items()}
        return MappingProxyType(bound | dict.fromkeys(self.sessions, _SESSION))

    @property
    def embedded(self) -> frozenset[SchemeName]:
        """The bearer schemes that trust the embedded token service."""
        return frozenset(self.bearers) - frozenset(self.jwks_uris)


def trusts_of(description: ApiDescription, settings: Settings) -> Trusts:
    """Bind the schemes of a description; an apiKey, basic or mutualTLS scheme stays unbound.

    Raises SettingsError for a `[schemes.NAME]` that names no scheme or does not suit its kind.
    """
    _refuse_unknown(description, settings)
    bearers: dict[SchemeName, TokenTrust] = {}
    jwks_uris: dict[SchemeName, str] = {}
    sessions: set[SchemeName] = set()
    for name, scheme in description.schemes.items():
        own = settings.schemes.get(name) or settings.schemes.get(ANY_SCHEME, _NO_SETTINGS)
        if name in settings.schemes:
            _refuse_unsuited(scheme, own)
        if takes_bearer_token(scheme):
            bearers[name] = _trust(own, settings)
            if own.jwks_uri:
                jwks_uris[name] = own.jwks_uri
        elif own.is_session and name in settings.schemes:
            sessions.add(name)
    return Trusts(bearers, jwks_uris, frozenset(sessions))


def _trust(own: SchemeSettings, settings: Settings) -> TokenTrust:
    trust = TokenTrust(
        issuer=settings.issuer,
        audience=own.audience or settings.audience,
        users_are_local=True,
    )
    if own.issuer:
        trust = replace(
            trust, issuer=own.issuer, profile=own.profile, users_are_local=own.users_are_local
        )
    return replace(trust, algorithms=own.algorithms) if own.algorithms else trust


def _refuse_unsuited(scheme: SecurityScheme, own: SchemeSettings) -> None:
    """Refuse a table that does not suit its scheme, rather than pass over what it says."""
    place = f"[schemes.{scheme.name}]"
    is_cookie = scheme.kind is SchemeKind.API_KEY and scheme.place is KeyPlace.COOKIE
    if own.is_session and not is_cookie:
        raise SettingsError(
            f"{place}: `session` needs an apiKey scheme in a cookie; "
            f"the one at {scheme.origin} is not"
        )
    if not takes_bearer_token(scheme) and own != SchemeSettings(is_session=own.is_session):
        raise SettingsError(
            f"{place}: only `session` suits the scheme at {scheme.origin}; it takes no bearer token"
        )


def _refuse_unknown(description: ApiDescription, settings: Settings) -> None:
    """A table for a scheme that the document does not have is a slip, if another one is near."""
    unbound = [name for name in description.schemes if name not in settings.schemes]
    for name in settings.schemes:
        if name == ANY_SCHEME or name in description.schemes:
            continue
        near = difflib.get_close_matches(name, unbound, 1, 0.75)
        if near:
            raise SettingsError(
                f"[schemes.{name}]: {description.file} has no such scheme; "
                f"did you mean `{near[0]}`?"
            )
