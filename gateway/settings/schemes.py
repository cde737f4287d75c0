"""The `[schemes.NAME]` tables of a settings file."""

from collections.abc import Mapping
from typing import Any

from gateway.errors import SettingsError
from gateway.settings.readers import read_choice, read_url
from gateway.settings.unknown import refuse_unknown
from gateway.settings.values import SchemeSettings

_SCHEME_KEYS = {
    "issuer": "issuer",
    "jwks_uri": "jwks_uri",
    "audience": "audience",
    "algorithms": "algorithms",
    "profile": "profile",
    "users": "users_are_local",
    "session": "is_session",
}


def read_schemes(tables: Any, file_name: str) -> Mapping[str, SchemeSettings]:
    """Read the `[schemes.NAME]` tables of a settings file."""
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        raise SettingsError(f"{file_name}: `schemes` holds tables: write [schemes.NAME]")
    return {name: _scheme(name, table, file_name) for name, table in tables.items()}


def _check_types(table: Mapping[str, Any]) -> None:
    """Raise ValueError for a value that is not of its key's type: nothing is guessed."""
    for key, value in table.items():
        if key == "session":
            if not isinstance(value, bool):
                raise ValueError("`session` must be true or false")
        elif key == "algorithms":
            if not isinstance(value, list) or not value or not all(map(_is_text, value)):
                raise ValueError('`algorithms` must be a list of names, as in ["RS256"]')
        elif not _is_text(value):
            raise ValueError(f"`{key}` must be a text that is not empty")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _read_profile(value: str) -> None:
    if value != "rfc9068":
        raise ValueError(f"`{value}`: the one profile this version reads is `rfc9068`")


def _values(table: Mapping[str, Any]) -> dict[str, Any]:
    _check_types(table)
    values: dict[str, Any] = {_SCHEME_KEYS[key]: value for key, value in table.items()}
    if "users_are_local" in values:
        values["users_are_local"] = read_choice("local")(values["users_are_local"]) == "local"
    if "algorithms" in values:
        values["algorithms"] = tuple(values["algorithms"])
    if "profile" in values:
        _read_profile(values["profile"])
    for key in ("issuer", "jwks_uri"):
        if key in values:
            read_url(values[key])
    return values


def _scheme(name: str, table: Mapping[str, Any], file_name: str) -> SchemeSettings:
    place = f"{file_name}: [schemes.{name}]"
    for key in table:
        refuse_unknown(key, tuple(_SCHEME_KEYS), place)
    try:
        values = _values(table)
    except ValueError as error:
        raise SettingsError(f"{place}: {error}") from error
    scheme = SchemeSettings(**values)
    if scheme.is_session and (scheme.issuer or scheme.jwks_uri):
        raise SettingsError(f"{place}: a `session` has no `issuer` and no `jwks_uri`")
    if scheme.issuer and not (scheme.jwks_uri and scheme.audience):
        raise SettingsError(f"{place}: an `issuer` also needs `jwks_uri` and `audience`")
    if scheme.jwks_uri and not scheme.issuer:
        raise SettingsError(f"{place}: a `jwks_uri` also needs the `issuer` of its tokens")
    return scheme
