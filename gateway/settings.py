"""The settings: parsed from mappings handed in by the roof, each value with where it came from."""

import difflib
import ipaddress
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gateway.errors import SettingsError

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
#: what can sign our tokens; nothing symmetric, ever
SIGNING_ALGORITHMS = ("RS256", "ES256", "EdDSA")


@dataclass(frozen=True, slots=True)
class SchemeSettings:
    """One `[schemes.NAME]` table: what a security scheme of the document trusts."""

    issuer: str | None = None
    jwks_uri: str | None = None
    audience: str | None = None
    algorithms: tuple[str, ...] = ()
    profile: str = "rfc9068"
    #: its subjects are users of this installation
    users_are_local: bool = False
    #: an apiKey cookie that is the login session of the token service
    is_session: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, frozen; `origins` says where each value came from."""

    spec: str
    home: Path
    database_url: str
    host: str
    port: int
    workers: int
    public_url: str
    issuer: str
    audience: str
    insecure_http: bool
    signing_alg: str
    access_token_seconds: int
    refresh_token_seconds: int
    undeclared_security: str
    denial_detail: str
    revocation_staleness_seconds: int
    upstream: str | None
    cors_origins: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    admin_bind: str | None
    docs: str
    #: the largest document read, in bytes
    spec_max_bytes: int
    #: the largest request body read, in bytes
    body_max_bytes: int
    #: how long a handler may take, in seconds
    handler_timeout_seconds: int
    schemes: Mapping[str, SchemeSettings]
    origins: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Key:
    """How one setting is read; a default may depend on settings read before it."""

    read: Callable[[str], Any]
    default: Callable[[Mapping[str, Any]], Any]


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value


def _optional(value: str) -> str | None:
    return value or None


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit()) or not least <= int(value) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(value)

    return read


def _choice(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in words:
            near = difflib.get_close_matches(value, words, 1, 0.0)[0]
            raise ValueError(f"must be one of {', '.join(words)}; did you mean `{near}`?")
        return value

    return read


def _flag(value: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"": False, "0": False, "false": False, "no": False, "off": False}
    if value.lower() not in words:
        raise ValueError("must be on or off")
    return words[value.lower()]


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an http or https URL without query and fragment")
    if parts.username or parts.password:
        raise ValueError("must not hold a user name or password")
    return value.rstrip("/")


def _list(value: str) -> tuple[str, ...]:
    return tuple(piece for piece in value.replace(",", " ").split() if piece)


def _networks(value: str) -> tuple[str, ...]:
    return tuple(str(ipaddress.ip_network(piece, strict=False)) for piece in _list(value))


def _constant(value: Any) -> Callable[[Mapping[str, Any]], Any]:
    return lambda _: value


def _public_url(known: Mapping[str, Any]) -> str:
    return f"http://localhost:{known['port']}"


#: in an order in which each default finds what it depends on
_KEYS: Mapping[str, _Key] = {
    "spec": _Key(_text, _constant("")),
    "home": _Key(lambda value: Path(_text(value)), _constant(Path("var"))),
    "database_url": _Key(_text, lambda known: f"sqlite:///{known['home']}/scopegate.db"),
    "host": _Key(_text, _constant("127.0.0.1")),
    "port": _Key(_whole(0, 65535), _constant(8000)),
    "workers": _Key(_whole(1, 64), _constant(1)),
    "public_url": _Key(_url, _public_url),
    "issuer": _Key(_url, lambda known: f"{known['public_url']}/o"),
    "audience": _Key(_text, lambda known: known["public_url"]),
    "insecure_http": _Key(_flag, _constant(value=False)),
    "signing_alg": _Key(_choice(*SIGNING_ALGORITHMS), _constant("RS256")),
    "access_token_seconds": _Key(_whole(1, 86_400), _constant(3600)),
    "refresh_token_seconds": _Key(_whole(1, 31_536_000), _constant(1_209_600)),
    "undeclared_security": _Key(_choice("deny", "public"), _constant("deny")),
    "denial_detail": _Key(_choice("full", "minimal"), _constant("full")),
    "revocation_staleness_seconds": _Key(_whole(1, 3600), _constant(30)),
    "upstream": _Key(_optional, _constant(None)),
    "cors_origins": _Key(_list, _constant(())),
    "trusted_proxies": _Key(_networks, _constant(())),
    "admin_bind": _Key(_optional, _constant(None)),
    "docs": _Key(_choice("public", "authenticated", "off"), _constant("public")),
    "spec_max_bytes": _Key(_whole(1, 1 << 30), _constant(32 << 20)),
    "body_max_bytes": _Key(_whole(1, 1 << 30), _constant(1 << 20)),
    "handler_timeout_seconds": _Key(_whole(1, 3600), _constant(30)),
}

#: settings whose value must never be shown whole
SECRET_KEYS = frozenset({"database_url"})
_PREFIX = "SCOPEGATE_"


def load_settings(
    *,
    flags: Mapping[str, str],
    environment: Mapping[str, str],
    file: Mapping[str, Any],
    file_name: str = "scopegate.toml",
) -> Settings:
    """Join flags, environment, file and defaults, in that order of strength.

    Keys of flags and file are those of `Settings`; raises SettingsError naming the nearest key.
    """
    _refuse_unknown(flags, environment, file, file_name=file_name)
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, key in _KEYS.items():
        found = _find(name, flags=flags, environment=environment, file=file, file_name=file_name)
        if found is None:
            values[name], origins[name] = key.default(values), "default"
        else:
            text, origins[name] = found
            values[name] = _read(key, text, origins[name])
    settings = Settings(
        **values, schemes=_schemes(file.get("schemes", {}), file_name), origins=origins
    )
    _check_together(settings)
    return settings


def parse_settings_file(text: str, *, name: str) -> Mapping[str, Any]:
    """Read the text of a `scopegate.toml`; raises SettingsError."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}: {error}") from error


def is_loopback_url(url: str) -> bool:
    """Whether a URL's host is this machine's loopback."""
    return is_loopback_host(urlsplit(url).hostname or "")


def is_loopback_host(host: str) -> bool:
    """Whether a host is this machine's loopback: by its fixed names or its address."""
    if host in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _find(
    name: str,
    *,
    flags: Mapping[str, str],
    environment: Mapping[str, str],
    file: Mapping[str, Any],
    file_name: str,
) -> tuple[str, str] | None:
    if name in flags:
        return flags[name], f"--{name.replace('_', '-')}"
    variable = _PREFIX + name.upper()
    if variable in environment:
        return environment[variable], variable
    if name in file:
        return _file_text(file[name]), file_name
    return None


def _file_text(value: Any) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case list():
            return " ".join(map(str, value))
        case _:
            return str(value)


def _read(key: _Key, text: str, origin: str) -> Any:
    try:
        return key.read(text)
    except ValueError as error:
        raise SettingsError(f"{origin}: `{text}`: {error}") from error


def _refuse_unknown(
    flags: Mapping[str, str],
    environment: Mapping[str, str],
    file: Mapping[str, Any],
    *,
    file_name: str,
) -> None:
    variables = {_PREFIX + name.upper() for name in _KEYS}
    for name in flags:
        _refuse(name, _KEYS, "flags")
    for name in environment:
        if name.startswith(_PREFIX) and not name.startswith(f"{_PREFIX}TEST_"):
            _refuse(name, variables, "environment")
    for name in file:
        _refuse(name, (*_KEYS, "schemes"), file_name)


def _refuse(name: str, known: Sequence[str] | Mapping[str, _Key] | set[str], place: str) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, list(known), 1, 0.0)[0]
        raise SettingsError(f"{place}: unknown setting `{name}`; did you mean `{near}`?")


_SCHEME_KEYS = {
    "issuer": "issuer",
    "jwks_uri": "jwks_uri",
    "audience": "audience",
    "algorithms": "algorithms",
    "profile": "profile",
    "users": "users_are_local",
    "session": "is_session",
}


def _schemes(tables: Any, file_name: str) -> Mapping[str, SchemeSettings]:
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        raise SettingsError(f"{file_name}: `schemes` holds tables: write [schemes.NAME]")
    return {name: _scheme(name, table, file_name) for name, table in tables.items()}


def _scheme(name: str, table: Mapping[str, Any], file_name: str) -> SchemeSettings:
    place = f"{file_name}: [schemes.{name}]"
    for key in table:
        _refuse(key, tuple(_SCHEME_KEYS), place)
    values: dict[str, Any] = {_SCHEME_KEYS[key]: value for key, value in table.items()}
    try:
        if "users_are_local" in values:
            values["users_are_local"] = _choice("local")(values["users_are_local"]) == "local"
        if "algorithms" in values:
            values["algorithms"] = tuple(values["algorithms"])
        if "profile" in values:
            _choice("rfc9068")(values["profile"])
        for key in ("issuer", "jwks_uri"):
            if key in values:
                _url(values[key])
    except (ValueError, TypeError, AttributeError) as error:
        raise SettingsError(f"{place}: {error}") from error
    scheme = SchemeSettings(**values)
    if scheme.issuer and not (scheme.jwks_uri and scheme.audience):
        raise SettingsError(f"{place}: an `issuer` also needs `jwks_uri` and `audience`")
    if scheme.jwks_uri and not scheme.issuer:
        raise SettingsError(f"{place}: a `jwks_uri` also needs the `issuer` of its tokens")
    return scheme


def _check_together(settings: Settings) -> None:
    """Refuse combinations that would send tokens over a network in clear."""
    if settings.insecure_http:
        return
    is_https = settings.public_url.startswith("https://")
    if not is_https and not is_loopback_url(settings.public_url):
        raise SettingsError(
            f"{settings.origins['public_url']}: `{settings.public_url}` is neither https nor "
            "loopback; use https, or set SCOPEGATE_INSECURE_HTTP=on"
        )
    if not is_https and not is_loopback_host(settings.host):
        raise SettingsError(
            f"{settings.origins['host']}: `{settings.host}` is reached from other machines; set "
            "SCOPEGATE_PUBLIC_URL to the https URL in front, or SCOPEGATE_INSECURE_HTTP=on"
        )
