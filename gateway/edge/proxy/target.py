"""Where the upstream is, and how it is spoken to."""

import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.settings import is_loopback_host

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """The upstream of a gateway."""

    scheme: str
    host: str
    port: int
    #: what stands before the path of every request; empty or `/api`
    prefix: bytes
    #: the Host that it is asked with; a usual port is left out
    authority: bytes
    #: scheme and authority, as its absolute URLs begin
    origin: bytes

    @property
    def is_exposed(self) -> bool:
        """Whether what is sent can be read on the way: a network, and no TLS."""
        return self.scheme != "https" and not is_loopback_host(self.host)


def target_of(url: str) -> Target:
    """Take an http or https URL apart, as the settings let one in: in ASCII."""
    parts = urlsplit(url)
    host, usual = parts.hostname or "", _PORTS[parts.scheme]
    port = parts.port or usual
    shown = f"[{host}]" if ":" in host else host
    authority = (shown if port == usual else f"{shown}:{port}").encode("ascii")
    prefix = parts.path.rstrip("/").encode("ascii")
    origin = parts.scheme.encode("ascii") + b"://" + authority
    return Target(parts.scheme, host, port, prefix, authority, origin)


def tls_of(target: Target) -> ssl.SSLContext | None:
    """The TLS that an https upstream is spoken to with: its certificate is verified, always.

    Authorities are those of the system, or of `SSL_CERT_FILE` and `SSL_CERT_DIR`.
    """
    if target.scheme != "https":
        return None
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
