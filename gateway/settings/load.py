"""Flags, environment, file and defaults joined into Settings; nothing unknown is passed over."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.errors import SettingsError
from gateway.settings.addresses import read_loopback_address
from gateway.settings.coherence import check_together
from gateway.settings.networks import read_networks
from gateway.settings.readers import (
    constant,
    read_base_path,
    read_choice,
    read_flag,
    read_issuer,
    read_list,
    read_optional,
    read_text,
    read_upstream,
    read_url,
    read_whole,
)
from gateway.settings.schemes import read_schemes
from gateway.settings.unknown import refuse_unknown
from gateway.settings.values import SIGNING_ALGORITHMS, Settings


@dataclass(frozen=True, slots=True)
class _Key:
    """How one setting is read; a default may depend on settings read before it."""

    read: Callable[[str], Any]
    default: Callable[[Mapping[str, Any]], Any]
    #: a value with a sign such as `@` is shown too, for it never holds a password
    is_shown: bool = False
    #: nobody is to have it without having asked for it here and now
    is_never_inherited: bool = False


def _public_url(known: Mapping[str, Any]) -> str:
    return f"http://localhost:{known['port']}"


#: of `only`: the gateway with the token service mounted
_BOTH = "gateway,tokens"

#: in an order in which each default finds what it depends on
_KEYS: Mapping[str, _Key] = {
    "spec": _Key(read_text, constant("")),
    "home": _Key(lambda value: Path(read_text(value)), constant(Path("var"))),
    "database_url": _Key(read_text, lambda known: f"sqlite:///{known['home']}/scopegate.db"),
    "host": _Key(read_text, constant("127.0.0.1")),
    "port": _Key(read_whole(0, 65535), constant(8000)),
    "workers": _Key(read_whole(1, 64), constant(1)),
    "public_url": _Key(read_url, _public_url),
    "issuer": _Key(read_url, lambda known: f"{known['public_url']}/o"),
    "audience": _Key(read_text, lambda known: known["public_url"]),
    "insecure_http": _Key(read_flag, constant(value=False)),
    "signing_alg": _Key(read_choice(*SIGNING_ALGORITHMS), constant("RS256")),
    "access_token_seconds": _Key(read_whole(1, 86_400), constant(3600)),
    "refresh_token_seconds": _Key(read_whole(1, 31_536_000), constant(1_209_600)),
    "undeclared_security": _Key(read_choice("deny", "public"), constant("deny")),
    "denial_detail": _Key(read_choice("full", "minimal"), constant("full")),
    "revocation_staleness_seconds": _Key(read_whole(1, 3600), constant(30)),
    "upstream": _Key(read_upstream, constant(None), is_shown=True),
    "upstream_timeout_seconds": _Key(read_whole(1, 3600), constant(60)),
    "upstream_validation": _Key(read_choice("off", "warn", "enforce"), constant("enforce")),
    "observe": _Key(read_flag, constant(value=False), is_never_inherited=True),
    "strip_authorization": _Key(read_flag, constant(value=False)),
    "cors_origins": _Key(read_list, constant(())),
    "trusted_proxies": _Key(read_networks, constant(())),
    "admin_bind": _Key(read_loopback_address, constant(None)),
    "docs": _Key(read_choice("public", "authenticated", "off"), constant("public")),
    "spec_max_bytes": _Key(read_whole(1, 1 << 30), constant(32 << 20)),
    "body_max_bytes": _Key(read_whole(1, 1 << 30), constant(1 << 20)),
    "handler_timeout_seconds": _Key(read_whole(1, 3600), constant(30)),
    "response_validation": _Key(read_choice("off", "warn", "enforce"), constant("off")),
    "trusted_issuer": _Key(read_issuer, constant(None)),
    "trusted_audience": _Key(read_optional, constant(None)),
    "only": _Key(read_choice("gateway", "tokens", _BOTH), constant(_BOTH)),
    "base_path": _Key(read_base_path, constant(None), is_shown=True),
    "tolerate": _Key(read_flag, constant(value=False)),
}
#: flags that are not called as their setting is
_FLAGS = {"trusted_issuer": "--issuer", "trusted_audience": "--audience"}

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
        **values, schemes=read_schemes(file.get("schemes", {}), file_name), origins=origins
    )
    check_together(settings)
    return settings


def parse_settings_file(text: str, *, name: str) -> Mapping[str, Any]:
    """Read the text of a `scopegate.toml`; raises SettingsError."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}: {error}") from error


def _find(
    name: str,
    *,
    flags: Mapping[str, str],
    environment: Mapping[str, str],
    file: Mapping[str, Any],
    file_name: str,
) -> tuple[str, str] | None:
    if name in flags:
        return flags[name], _FLAGS.get(name, f"--{name.replace('_', '-')}")
    variable = _PREFIX + name.upper()
    if variable in environment:
        return environment[variable], variable
    if name in file:
        return _file_text(file[name], f"{file_name}: {name}"), file_name
    return None


def _file_text(value: Any, name: str) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case list() if all(isinstance(item, str) for item in value):
            return " ".join(value)
        case str() | int():
            return str(value)
        case _:
            raise SettingsError(f"{name}: must be a text, a whole number, true or false, or a list")


def _read(key: _Key, text: str, origin: str) -> Any:
    try:
        return key.read(text)
    except ValueError as error:
        is_hidden = "@" in text and not key.is_shown  # what stands before may be a password
        shown = "its value" if is_hidden else f"`{text}`"
        raise SettingsError(f"{origin}: {shown}: {error}") from error


def _refuse_unknown(
    flags: Mapping[str, str],
    environment: Mapping[str, str],
    file: Mapping[str, Any],
    *,
    file_name: str,
) -> None:
    variables = {_PREFIX + name.upper() for name in _KEYS}
    for name in flags:
        refuse_unknown(name, _KEYS, "flags")
    for name in environment:
        if name.startswith(_PREFIX) and not name.startswith(f"{_PREFIX}TEST_"):
            refuse_unknown(name, variables, "environment")
            _refuse_inherited(name)
    for name in file:
        refuse_unknown(name, (*_KEYS, "schemes"), file_name)


def _refuse_inherited(variable: str) -> None:
    """Refuse what an environment may have from somebody else."""
    name = variable.removeprefix(_PREFIX).lower()
    if _KEYS[name].is_never_inherited:
        raise SettingsError(
            f"{variable}: is never taken from the environment; use --{name}, or write "
            f"`{name} = true` into scopegate.toml"
        )
