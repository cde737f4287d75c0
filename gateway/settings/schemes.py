"""The `[schemes.NAME]` tables of a settings file."""

from collections.abc import Mapping
from typing import Any

from gateway.errors import SettingsError
from gateway.settings.certificates import CERTIFICATE_KEYS, read_certificate
from gateway.settings.readers import read_choice, read_url, refuse_eavesdropping
from gateway.settings.unknown import refuse_unknown
from gateway.settings.values import SchemeSettings

_TEXT_KEYS = (
    "issuer",
    "jwks_uri",
    "introspection_url",
    "client_id",
    "client_secret",
    "audience",
    "profile",
    "client_claim",
    "scope_claim",
)
_LIST_KEYS = ("algorithms", "types", "required_claims")
_URL_KEYS = ("issuer", "jwks_uri", "introspection_url")
#: what a `[schemes.NAME]` table may say
SCHEME_KEYS = (*_TEXT_KEYS, *_LIST_KEYS, "users", "keys", "session", *CERTIFICATE_KEYS)
#: the values of `profile`
PROFILE_NAMES = ("rfc9068", "keycloak", "auth0", "okta", "entra")


def read_schemes(tables: Any, file_name: str) -> Mapping[str, SchemeSettings]:
    """Read the `[schemes.NAME]` tables of a settings file."""
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        raise SettingsError(f"{file_name}: `schemes` holds tables: write [schemes.NAME]")
    return {name: _scheme(name, table, file_name) for name, table in tables.items()}


def _scheme(name: str, table: Mapping[str, Any], file_name: str) -> SchemeSettings:
    place = f"{file_name}: [schemes.{name}]"
    for key in table:
        refuse_unknown(key, SCHEME_KEYS, place)
    try:
        scheme = _read(table)
        _check_together(scheme)
    except ValueError as error:
        raise SettingsError(f"{place}: {error}") from error
    return scheme


def _read(table: Mapping[str, Any]) -> SchemeSettings:
    """Read a table; raises ValueError for a value not of its key's type: nothing is guessed."""
    values: dict[str, Any] = {key: _text(key, table[key]) for key in _TEXT_KEYS if key in table}
    values |= {key: _names(key, table[key]) for key in _LIST_KEYS if key in table}
    for key in _URL_KEYS:
        if key in values:
            read_url(values[key])
    if "profile" in values:
        read_choice(*PROFILE_NAMES)(values["profile"])
    for key, field in (("users", "users_are_local"), ("keys", "keys_are_local")):
        if key in table:
            values[field] = read_choice("local")(_text(key, table[key])) == "local"
    if "session" in table:
        if not isinstance(table["session"], bool):
            raise ValueError("`session` must be true or false")
        values["is_session"] = table["session"]
    return SchemeSettings(**values, certificate=read_certificate(table))


def _text(key: str, value: Any) -> str:
    if not _is_text(value):
        raise ValueError(f"`{key}` must be a text that is not empty")
    return str(value)


def _names(key: str, value: Any) -> tuple[str, ...]:
    is_optional = key == "required_claims"
    if isinstance(value, list) and (value or is_optional) and all(map(_is_text, value)):
        return tuple(value)
    raise ValueError(f"`{key}` must be a list of names")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _check_together(scheme: SchemeSettings) -> None:
    if scheme.is_session and (scheme.issuer or scheme.jwks_uri):
        raise ValueError("a `session` has no `issuer` and no `jwks_uri`")
    if scheme.issuer and not scheme.audience:
        raise ValueError("an `issuer` also needs the `audience` that its tokens name")
    if scheme.jwks_uri and scheme.introspection_url:
        raise ValueError("name `jwks_uri` or `introspection_url`, not both")
    for key in ("jwks_uri", "introspection_url"):
        if getattr(scheme, key) and not scheme.issuer:
            raise ValueError(f"`{key}` also needs the `issuer` of its tokens")
    if scheme.introspection_url and not (scheme.client_id and scheme.client_secret):
        raise ValueError("`introspection_url` also needs `client_id` and `client_secret`")
    if (scheme.client_id or scheme.client_secret) and not scheme.introspection_url:
        raise ValueError("`client_id` and `client_secret` are for an `introspection_url`")
    _check_asked(scheme)


def _check_asked(scheme: SchemeSettings) -> None:
    """What is fetched, or sent a token, must be reached by nobody on the way."""
    if scheme.issuer and not scheme.jwks_uri and not scheme.introspection_url:
        _refuse_eavesdropping("issuer", scheme.issuer)
    if scheme.jwks_uri:
        _refuse_eavesdropping("jwks_uri", scheme.jwks_uri)
    if scheme.introspection_url:
        _refuse_eavesdropping("introspection_url", scheme.introspection_url)


def _refuse_eavesdropping(key: str, url: str) -> None:
    try:
        refuse_eavesdropping(url)
    except ValueError as error:
        raise ValueError(f"`{key}` {error}") from error
