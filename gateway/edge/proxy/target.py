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

    @property
    def authority(self) -> bytes:
        """The Host that it is asked with; a usual port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        is_usual = self.port == _PORTS[self.scheme]
        return (host if is_usual else f"{host}:{self.port}").encode("ascii")

    @property
    def origin(self) -> bytes:
        """Scheme and authority, as its absolute URLs begin."""
        return f"{self.scheme}://".encode("ascii") + self.authority

    @property
    def is_exposed(self) -> bool:
        """Whether what is sent can be read on the way: a network, and no TLS."""
        return self.scheme != "https" and not is_loopback_host(self.host)


def target_of(url: str) -> Target:
    """Take an http or https URL apart, as the settings let one in."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode(
        "idna" if not (parts.hostname or "").isascii() else "ascii"
    )
    return Target(
        scheme=parts.scheme,
        host=host.decode("ascii"),
        port=parts.port or _PORTS[parts.scheme],
        prefix=parts.path.rstrip("/").encode("ascii"),
    )


def tls_of(target: Target) -> ssl.SSLContext | None:
    """The TLS that an https upstream is spoken to with: its certificate is verified, always.

    Authorities are those of the system, or of `SSL_CERT_FILE` and `SSL_CERT_DIR`.
    """
    if target.scheme != "https":
        return None
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
