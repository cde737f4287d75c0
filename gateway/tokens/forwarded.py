"""Pure: whose address a request comes from, told by proxies that are trusted."""

import ipaddress
import re
from collections.abc import Iterable, Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: a `for` of RFC 7239 s4, quoted or not
_FOR = re.compile(r"""^\s*for\s*=\s*(?:"([^"\\]*)"|([^\s";,]+))\s*$""", re.IGNORECASE)
_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?|([0-9.]+):\d{1,5}")


def read_address(text: str) -> Address | None:
    """An address as a header or a socket has it, with a port or not; None: it is none."""
    ported = _WITH_PORT.fullmatch(text)
    plain = (ported.group(1) or ported.group(2)) if ported else text
    try:
        address = ipaddress.ip_address(plain)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def is_among(address: Address | None, networks: Iterable[Network]) -> bool:
    """Whether an address belongs to one of the networks."""
    return address is not None and any(address in network for network in networks)


def client_address(
    peer: Address, headers: Iterable[tuple[bytes, bytes]], networks: Sequence[Network]
) -> Address:
    """The rightmost address that no trusted proxy has, told to a trusted `peer` by others.

    A proxy adds what it saw at the right, so that what stands left of the first stranger may be
    that stranger's invention. Where `X-Forwarded-For` and `Forwarded` say different things, one of
    them was passed on unread: then it is the peer's own, as it is where nothing can be read.
    """
    told: dict[bytes, list[bytes]] = {b"x-forwarded-for": [], b"forwarded": []}
    for name, value in headers:
        if name in told:
            told[name].append(value)
    lists = (_forwarded_for(told[b"x-forwarded-for"]), _forwarded(told[b"forwarded"]))
    found = {_stranger(peer, hops, networks) for hops in lists if hops}
    return found.pop() if len(found) == 1 else peer


def _stranger(peer: Address, hops: Sequence[str], networks: Sequence[Network]) -> Address:
    last = peer
    for hop in reversed(hops):
        address = read_address(hop)
        if address is None:
            return last
        if not is_among(address, networks):
            return address
        last = address
    return last


def _forwarded_for(values: Sequence[bytes]) -> list[str]:
    return [hop.strip() for hop in _joined(values).split(",")] if values else []


def _forwarded(values: Sequence[bytes]) -> list[str]:
    """The `for` of each element of Forwarded; an element without one reads as no address."""
    if not values:
        return []
    return [_for_of(element) for element in _joined(values).split(",")]


def _for_of(element: str) -> str:
    found = [match for pair in element.split(";") if (match := _FOR.match(pair))]
    return (found[0].group(1) or found[0].group(2) or "") if len(found) == 1 else ""


def _joined(values: Sequence[bytes]) -> str:
    return b",".join(values).decode("latin-1")
