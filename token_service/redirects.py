"""Pure: which redirect URI a client may name, where it leads, and the address of an answer."""

import re
from collections.abc import Collection, Mapping
from urllib.parse import urlencode, urlsplit

#: a native application listens on whichever port is free (RFC 8252 s7.3, RFC 9700 s4.1.3)
_LOOPBACK = re.compile(
    r"(?P<host>http://(?:127\.0\.0\.1|\[::1\]|localhost))(?::(?P<port>\d{1,5}))?(?P<rest>[/?].*)?",
    re.ASCII,
)
_MAX_PORT = 65_535
#: a host that a content security policy can name (CSP Level 3, `host-source`)
_NAMEABLE = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?", re.ASCII)
_WEB = frozenset({"http", "https"})


def is_registered(redirect_uri: str, registered: Collection[str]) -> bool:
    """Whether the URI is, character by character, one that the client registered.

    Of plain http to this machine itself the port may differ, and nothing else.
    """
    if redirect_uri in registered:
        return True
    asked = _without_port(redirect_uri)
    return asked is not None and any(asked == _without_port(uri) for uri in registered)


def with_parameters(redirect_uri: str, parameters: Mapping[str, str | None]) -> str:
    """The URI with parameters added to its query, which stays as it is; None is left out."""
    present = {name: value for name, value in parameters.items() if value is not None}
    joint = "&" if "?" in redirect_uri else "?"
    return redirect_uri + joint + urlencode(present)


def destination(redirect_uri: str) -> str:
    """Where a registered URI leads, in words."""
    scheme, host = _scheme_and_host(redirect_uri)
    if scheme not in _WEB:
        return f"the application on this device that opens {scheme}: addresses"
    if _without_port(redirect_uri):
        return f"a program on this computer ({host})"
    return host if scheme == "https" else f"{host}, without encryption"


def form_target(redirect_uri: str) -> str:
    """A URI of the same origin that a content security policy can name.

    A policy has no way to write an IPv6 address; then any host of the scheme has to do.
    """
    scheme, host = _scheme_and_host(redirect_uri)
    if scheme not in _WEB:
        return f"{scheme}:"
    return f"{scheme}://{host if _NAMEABLE.fullmatch(host) else '*:*'}"


def _scheme_and_host(uri: str) -> tuple[str, str]:
    parts = urlsplit(uri)
    return parts.scheme, parts.netloc.rpartition("@")[2]


def _without_port(uri: str) -> tuple[str, str] | None:
    found = _LOOPBACK.fullmatch(uri)
    if found is None or int(found["port"] or 0) > _MAX_PORT:
        return None
    return found["host"], found["rest"] or ""
