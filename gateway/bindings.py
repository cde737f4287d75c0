"""What each scheme of a document trusts: from the settings alone, never from the document."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gateway.errors import SettingsError
from gateway.policy.compile import takes_bearer_token
from gateway.policy.rules import Binding
from gateway.settings import CertificateSettings, SchemeSettings, Settings
from gateway.spec.model import ApiDescription, KeyPlace, SchemeKind, SchemeName, SecurityScheme
from gateway.tokens.bearer_trust import BearerTrust, bearer_trust
from gateway.tokens.binding import TokenTrust
from gateway.tokens.source import OwnKeyring, TokenSource

#: the table `[schemes."*"]` speaks for every scheme without one of its own
ANY_SCHEME = "*"
_NO_SETTINGS = SchemeSettings()
_ANY_PLACE = f'[schemes."{ANY_SCHEME}"]'
#: what a binding to the login session is called
_SESSION = Binding(issuer="session", audience="session")
_USERS = Binding(issuer="users", audience="users")
_BEARER_KEYS = (
    "issuer",
    "jwks_uri",
    "introspection_url",
    "client_id",
    "client_secret",
    "audience",
    "algorithms",
    "profile",
    "types",
    "client_claim",
    "scope_claim",
    "required_claims",
)


@dataclass(frozen=True, slots=True)
class Trusts:
    """The bound schemes of a description."""

    bearers: Mapping[SchemeName, TokenTrust]
    #: how the tokens of each are proven; a scheme that is not here trusts our keyring
    sources: Mapping[SchemeName, TokenSource] = field(default_factory=dict)
    #: of the bearers, those whose profile was told by the issuer's URL
    detected: frozenset[SchemeName] = frozenset()
    #: apiKey cookies that are the login session of the token service
    sessions: frozenset[SchemeName] = frozenset()
    #: basic schemes: users of our store, with their passwords
    users: frozenset[SchemeName] = frozenset()
    #: apiKey schemes: keys of our store
    keys: frozenset[SchemeName] = frozenset()
    #: mutualTLS schemes: where a trusted proxy writes whose certificate it verified
    certificates: Mapping[SchemeName, CertificateSettings] = field(default_factory=dict)

    @property
    def bindings(self) -> Mapping[SchemeName, Binding]:
        """As the policy sees them: which schemes accept the same credential."""
        bound = {n: Binding(trust.issuer, trust.audience) for n, trust in self.bearers.items()}
        bound |= dict.fromkeys(self.sessions, _SESSION) | dict.fromkeys(self.users, _USERS)
        bound |= {name: Binding("keys", name) for name in self.keys}
        bound |= {name: Binding("certificate", name) for name in self.certificates}
        return MappingProxyType(bound)

    @property
    def embedded(self) -> frozenset[SchemeName]:
        """The bearer schemes that trust the embedded token service."""
        ours = OwnKeyring()
        return frozenset(name for name in self.bearers if self.sources.get(name, ours) == ours)


def trusts_of(description: ApiDescription, settings: Settings) -> Trusts:
    """Bind the schemes of a description; an apiKey, basic or mutualTLS scheme needs its own table.

    Raises SettingsError for a `[schemes.NAME]` that names no scheme or does not suit its kind.
    """
    _refuse_unknown(description, settings)
    _refuse_unsuited_to_any(settings)
    bearers: dict[SchemeName, BearerTrust] = {}
    bound: dict[SchemeName, SchemeSettings] = {}
    for name, scheme in description.schemes.items():
        own = settings.schemes.get(name) or settings.schemes.get(ANY_SCHEME, _NO_SETTINGS)
        if name in settings.schemes:
            _refuse_unsuited(scheme, own)
        if takes_bearer_token(scheme):
            bearers[name] = _bearer_trust(name, own, settings)
        elif name in settings.schemes:
            bound[name] = own
    kinds = {name: description.schemes[name].kind for name in bound}
    certificates = {name: own.certificate for name, own in bound.items() if own.certificate}
    _refuse_certificates_of_nobody(certificates, settings)
    _refuse_headers_of_keys(certificates, description)
    return Trusts(
        {name: found.trust for name, found in bearers.items()},
        {name: found.source for name, found in bearers.items()},
        frozenset(name for name, found in bearers.items() if found.is_detected),
        sessions=frozenset(name for name, own in bound.items() if own.is_session),
        users=frozenset(
            name
            for name, own in bound.items()
            if own.users_are_local and kinds[name] is SchemeKind.HTTP_BASIC
        ),
        keys=frozenset(
            name
            for name, own in bound.items()
            if kinds[name] is SchemeKind.API_KEY and (own.keys_are_local or own.users_are_local)
        ),
        certificates=certificates,
    )


def _refuse_certificates_of_nobody(
    certificates: Mapping[SchemeName, CertificateSettings], settings: Settings
) -> None:
    if certificates and not settings.trusted_proxies:
        name = next(iter(certificates))
        raise SettingsError(
            f"[schemes.{name}]: a certificate's header is read from trusted proxies alone; "
            "set SCOPEGATE_TRUSTED_PROXIES to the proxy's address"
        )


def _refuse_headers_of_keys(
    certificates: Mapping[SchemeName, CertificateSettings], description: ApiDescription
) -> None:
    """A header that a client writes its key in is none that only a proxy may write."""
    keys = {
        scheme.parameter.lower(): scheme
        for scheme in description.schemes.values()
        if scheme.place is KeyPlace.HEADER and scheme.parameter
    }
    for name, told in certificates.items():
        for header in (told.header, told.verified_header):
            key = keys.get(header or "")
            if key is not None:
                raise SettingsError(
                    f"[schemes.{name}]: clients send the key of `{key.name}` in `{header}` "
                    f"({key.origin}); let the proxy write another header"
                )


def _bearer_trust(name: SchemeName, own: SchemeSettings, settings: Settings) -> BearerTrust:
    try:
        return bearer_trust(own, settings)
    except SettingsError as error:
        table = name if name in settings.schemes else f'"{ANY_SCHEME}"'
        raise SettingsError(f"[schemes.{table}]: {error}") from error


def _refuse_unsuited(scheme: SecurityScheme, own: SchemeSettings) -> None:
    """Refuse a table that does not suit its scheme, rather than pass over what it says."""
    place = f"[schemes.{scheme.name}]"
    for key, (is_set, is_suited) in _suitability(scheme, own).items():
        if is_set and not is_suited:
            raise SettingsError(
                f"{place}: `{key}` does not suit the {scheme.kind} scheme at {scheme.origin}; "
                f"{_SUITED.get(scheme.kind, 'no key does')}"
            )
    if own.is_session and (own.keys_are_local or own.users_are_local):
        raise SettingsError(f"{place}: `session` and keys of the store exclude each other")


#: what a table of each kind of scheme may say
_SUITED = {
    SchemeKind.HTTP_BASIC: '`users = "local"` binds it',
    SchemeKind.API_KEY: '`keys = "local"` binds it, or `session = true` if it is a cookie',
    SchemeKind.MUTUAL_TLS: "`certificate_header` binds it",
    SchemeKind.OAUTH2: "`issuer` binds it",
    SchemeKind.OPENID_CONNECT: "`issuer` binds it",
    SchemeKind.HTTP_BEARER: "`issuer` binds it",
}


def _suitability(scheme: SecurityScheme, own: SchemeSettings) -> Mapping[str, tuple[bool, bool]]:
    """For each key of a table: whether it is set, and whether it suits the scheme."""
    is_bearer = takes_bearer_token(scheme)
    is_key = scheme.kind is SchemeKind.API_KEY
    is_cookie = is_key and scheme.place is KeyPlace.COOKIE
    told = {
        key: (getattr(own, key) != getattr(_NO_SETTINGS, key), is_bearer) for key in _BEARER_KEYS
    }
    told["session"] = (own.is_session, is_cookie)
    told["keys"] = (own.keys_are_local, is_key)
    is_basic = scheme.kind is SchemeKind.HTTP_BASIC
    told["users"] = (own.users_are_local, is_bearer or is_key or is_basic)
    told["certificate_header"] = (
        own.certificate is not None,
        scheme.kind is SchemeKind.MUTUAL_TLS,
    )
    return told


def _refuse_unsuited_to_any(settings: Settings) -> None:
    """The table of any scheme speaks for bearer schemes alone: what is for others is a slip."""
    own = settings.schemes.get(ANY_SCHEME, _NO_SETTINGS)
    is_foreign = bool(own.issuer or settings.trusted_issuer)
    for key, is_set in {
        "session": own.is_session,
        "keys": own.keys_are_local,
        "users": own.users_are_local and not is_foreign,
        "certificate_header": own.certificate is not None,
    }.items():
        if is_set:
            raise SettingsError(
                f"{_ANY_PLACE}: `{key}` binds no scheme here, for this table speaks for bearer "
                "schemes alone; write it in the table of each scheme, [schemes.NAME]"
            )


def tables_of_no_scheme(description: ApiDescription, settings: Settings) -> tuple[str, ...]:
    """The tables for schemes that the document does not have, as those of another one."""
    names = settings.schemes.keys() - description.schemes.keys() - {ANY_SCHEME}
    return tuple(sorted(names))


def _refuse_unknown(description: ApiDescription, settings: Settings) -> None:
    """A table for a scheme that the document does not have is a slip, if another one is near."""
    unbound = [name for name in description.schemes if name not in settings.schemes]
    for name in tables_of_no_scheme(description, settings):
        near = difflib.get_close_matches(name, unbound, 1, 0.75)
        if near:
            raise SettingsError(
                f"[schemes.{name}]: {description.file} has no such scheme; "
                f"did you mean `{near[0]}`?"
            )
