"""What the document says of a key that is about to be made: its scheme, and roles worth having."""

import re
from collections.abc import Sequence

from gateway.cli.nearest import nearest
from gateway.cli.talk import remark
from gateway.errors import UsageError
from gateway.load import LoadedDocument
from gateway.spec.model import SchemeKind, SecurityScheme

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_TTL = re.compile(r"([0-9]{1,10})([smhd]?)")


def chosen_scheme(loaded: LoadedDocument, name: str) -> SecurityScheme:
    """The apiKey scheme of the name, with a word if it is not bound to keys of ours."""
    schemes = loaded.description.schemes
    trusts = loaded.trusts
    usable = [
        known
        for known, scheme in schemes.items()
        if scheme.kind is SchemeKind.API_KEY and known not in trusts.sessions
    ]
    found = next((schemes[known] for known in schemes if known == name), None)
    if found is None:
        hint = nearest(name, usable) or _which(usable)
        raise UsageError(f"the document has no scheme `{name}`{hint}")
    if found.kind is not SchemeKind.API_KEY:
        raise UsageError(
            f"scheme `{name}` at {found.origin} is {found.kind}, not apiKey{_which(usable)}"
        )
    if found.name in trusts.sessions:
        raise UsageError(f"scheme `{name}` at {found.origin} is the login session{_which(usable)}")
    if found.name not in trusts.keys:
        remark(
            f"note: scheme `{name}` is not bound, so that no key opens anything yet; "
            f'add to scopegate.toml:\n  [schemes.{_toml_key(name)}]\n  keys = "local"'
        )
    return found


def warn_of_roles(loaded: LoadedDocument, scheme: SecurityScheme, roles: Sequence[str]) -> None:
    """Say which roles no operation asks of the scheme."""
    asked = sorted(
        {
            role
            for rule in loaded.policy.rules.values()
            for alternative in rule.alternatives
            for need in alternative.needs
            if need.scheme == scheme.name
            for role in need.roles
        }
    )
    for role in roles:
        if role not in asked:
            hint = nearest(role, asked)
            remark(f"note: no operation asks scheme `{scheme.name}` for role `{role}`{hint}")


def read_ttl(text: str) -> int:
    """Seconds of a life told as `3600`, `90d`, `12h` or `30m`."""
    found = _TTL.fullmatch(text)
    if found is None or int(found[1]) == 0:
        raise UsageError(f"--ttl `{text}` is no length of time; write seconds, or 90d, 12h, 30m")
    return int(found[1]) * _SECONDS[found[2]]


def _which(usable: Sequence[str]) -> str:
    if not usable:
        return "; it has no apiKey scheme that takes keys"
    return f"; keys are for {', '.join(f'`{name}`' for name in usable)}"


def _toml_key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f"'{name}'"
