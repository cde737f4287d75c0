"""How many octets and seconds a request may take on the wire."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WireLimits:
    """The bounds of one connection."""

    url_octets: int = 8 * 1024
    head_octets: int = 32 * 1024
    headers: int = 100
    #: without an octet after an answer
    keep_alive_seconds: float = 5.0
    #: from the first octet of a request to the end of its head
    head_seconds: float = 10.0
    #: without an octet of a body
    body_idle_seconds: float = 15.0
    #: for a whole body
    body_seconds: float = 120.0
    #: octets of chunk framing and trailers that come without any of the body
    framing_octets: int = 64 * 1024
    #: octets on the wire for an octet of a body: chunks of one octet take six
    framing_ratio: int = 16
    #: what is still taken from a caller who was answered before his body came, and then dropped
    linger_octets: int = 1024 * 1024
    linger_seconds: float = 2.0
