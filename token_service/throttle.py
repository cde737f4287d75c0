"""Failed attempts are counted under a key, and a key that failed too often has to wait."""

import hashlib
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network

from token_service.entities import normalise_username
from token_service.errors import TooManyFailuresError
from token_service.store.engine import Engine
from token_service.store.failures import add_failure, find_failures, forget_failures

#: seconds to wait after the n-th failure in a row; the last one counts for all that follow
WAITS = (0,) * 9 + (1, 2, 4, 8, 15, 30, 60, 120, 240, 480, 900)
#: the same for guesses at many users' passwords from one address: others may be behind it, so it
#: is let through often enough for them, and too seldom for a list of passwords
ADDRESS_WAITS = (0,) * 99 + (1, 2)
#: a key that did not fail for this long begins anew
FORGET_SECONDS = 3600
#: bits of an IPv6 address that one caller cannot choose (RFC 6177, RFC 8981)
_IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Throttle:
    """The counters, in the database because several workers share them.

    A key names one way in, so that others are not locked out with it; a name that belongs to
    nobody is counted like any other. An address is the one that the server tells: whether it is
    the connected one, or told by a proxy that is trusted, is settled before.
    """

    engine: Engine

    def admit(self, key: str, *, now: int) -> None:
        """Raise TooManyFailuresError while the key has to wait."""
        failures = find_failures(self.engine, key, now=now)
        if failures and failures.blocked_until > now:
            raise TooManyFailuresError(retry_after=failures.blocked_until - now)

    def fail(self, key: str, *, now: int, waits: tuple[int, ...] = WAITS) -> None:
        """Count a failed attempt."""
        add_failure(self.engine, key, now=now, forget_at=now + FORGET_SECONDS, waits=waits)

    def succeed(self, key: str, *, now: int) -> None:
        """Begin anew, unless attempts made meanwhile have used the key up."""
        failures = find_failures(self.engine, key, now=now)
        if failures is None:
            return
        if failures.blocked_until > now:
            raise TooManyFailuresError(retry_after=failures.blocked_until - now)
        forget_failures(self.engine, key)


def network_of(peer: str) -> str:
    """What an address is counted as: an IPv6 one as its /64, in which one caller has them all.

    An IPv4 address is its own, also where IPv6 carries it, and so is `::1`; what is no address
    stands for itself.
    """
    try:
        address = ip_address(peer)
    except ValueError:
        return peer
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    if address.is_loopback:
        return "::1"
    return str(ip_network((address.packed, _IPV6_PREFIX), strict=False))


def address_key(peer: str) -> str:
    """The key of guesses at anyone's password from one directly connected address."""
    return _hash("address", network_of(peer))


def password_key(username: str, *, client_id: str) -> str:
    """The key of guesses at one user's password through one client."""
    return _hash("password", normalise_username(username), client_id)


def login_key(username: str, *, peer: str) -> str:
    """The key of guesses at one user's password from one directly connected address."""
    return _hash("login", normalise_username(username), network_of(peer))


def basic_key(username: str, *, peer: str) -> str:
    """The key of guesses at one user's password in requests to the API from one address."""
    return _hash("basic", normalise_username(username), network_of(peer))


def user_code_key(subject: str) -> str:
    """The key of guesses at device codes by one user who is signed in."""
    return _hash("user code", subject)


def device_key(client_id: str, *, peer: str) -> str:
    """The key of requests for device codes in one public client's name from one address."""
    return _hash("device", client_id, network_of(peer))


def secret_key(client_id: str, *, peer: str) -> str:
    """The key of guesses at one client's secret from one directly connected address."""
    return _hash("secret", client_id, network_of(peer))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
