"""Who is on the other end of a connection, as far as the network tells."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Peer:
    """Closed by default: nobody, whom nothing is believed."""

    #: where the request comes from: the connected address, or what a trusted proxy tells; "" if
    #: nobody knows
    address: str = ""
    #: the connection itself comes from one of SCOPEGATE_TRUSTED_PROXIES
    is_trusted_proxy: bool = False
    #: the address of that proxy; "" where the request comes from nobody but `address`
    connected: str = field(default="", compare=False)


#: what is known where nobody tells
UNKNOWN_PEER = Peer()
