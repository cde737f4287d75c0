"""From the text of a setting to addresses and networks; a ValueError says what would be right."""

import ipaddress
from collections.abc import Iterable

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: IPv4 addresses as IPv6 writes them (RFC 4291 s2.5.5.2)
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


def read_networks(value: str) -> tuple[str, ...]:
    """Addresses and CIDRs, parted by spaces or commas; never all that there are."""
    networks = [_network(piece) for item in _items(value) for piece in item.split()]
    _refuse_everybody(networks)
    return tuple(str(network) for network in networks)


def _items(value: str) -> list[str]:
    items = value.split(",")
    if len(items) > 1 and not all(item.strip() for item in items):
        raise ValueError("an item between commas is empty; leave out the comma")
    return items


def _network(text: str) -> _Network:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ValueError(
            f"`{text}` is no address and no network; write 192.0.2.1 or 192.0.2.0/24"
        ) from error
    address = text.partition("/")[0]
    if ipaddress.ip_address(address) != network.network_address:
        raise ValueError(
            f"`{text}` is an address within a network; did you mean `{network}`, or `{address}`?"
        )
    return _plain(network)


def _plain(network: _Network) -> _Network:
    """An IPv4 network that is written as IPv6, as the addresses of clients are compared."""
    if not isinstance(network, ipaddress.IPv6Network) or not network.subnet_of(_MAPPED):
        return network
    first = int(network.network_address) & 0xFFFFFFFF
    return ipaddress.IPv4Network((first, network.prefixlen - _MAPPED.prefixlen))


def _refuse_everybody(networks: Iterable[_Network]) -> None:
    """Refuse what all addresses of a kind belong to, in one network or in several."""
    old = [network for network in networks if isinstance(network, ipaddress.IPv4Network)]
    new = [network for network in networks if isinstance(network, ipaddress.IPv6Network)]
    collapsed: list[_Network] = [*ipaddress.collapse_addresses(old)]
    collapsed += ipaddress.collapse_addresses(new)
    for whole in collapsed:
        if whole.prefixlen == 0:
            raise ValueError(
                f"`{whole}` is everybody, so every client could claim a certificate; "
                "name the proxies alone"
            )
