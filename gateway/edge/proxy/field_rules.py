"""Which fields of a request go on to the upstream: settled by name, once."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType

from gateway.edge.overrides import OVERRIDES
from gateway.edge.proxy.removed import cookies_without
from gateway.spec.model import KeyPlace, SchemeKind, SecurityScheme

#: names whose fate is remembered; names are anybody's invention
MOST_NAMES = 1024
_NOT_ALPHANUMERIC = re.compile(rb"[^a-z0-9]")
#: what concerns one connection (RFC 9110 s7.6.1), or is said anew to the upstream
_OF_ONE_CONNECTION = frozenset(
    {
        b"keep-alive", b"proxy-authenticate", b"proxy-authorization",
        b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"http2-settings",
        b"content-length", b"expect",
    }
)  # fmt: skip
_IDENTITY = b"x-auth-"
_FORWARDED = b"x-forwarded-"
#: who calls, as some servers and frameworks believe it
_REMOTE_USERS = frozenset({b"remote-user", b"x-remote-user"})
#: who asks, as proxies tell it
_TOLD_BY_PROXIES = frozenset({b"forwarded", b"x-real-ip"})
_BEARERS = frozenset({SchemeKind.OAUTH2, SchemeKind.OPENID_CONNECT, SchemeKind.HTTP_BEARER})


class Fate(Enum):
    """What becomes of a field."""

    KEPT = auto()
    DROPPED = auto()
    #: kept from a trusted proxy
    TRUSTED = auto()
    #: kept in part: it may hold credentials that end here
    LOOKED_INTO = auto()
    HOST = auto()
    CONNECTION = auto()


_BY_NAME: Mapping[bytes, Fate] = MappingProxyType(
    {
        b"authorization": Fate.LOOKED_INTO,
        b"cookie": Fate.LOOKED_INTO,
        b"host": Fate.HOST,
        b"connection": Fate.CONNECTION,
    }
)


@dataclass(frozen=True, slots=True)
class FieldRules:
    """The credentials that end at the gateway, and who may tell of the client."""

    #: apiKeys in headers and their like, with `-` for whatever is no letter and no digit
    dropped: frozenset[bytes]
    query: frozenset[bytes]
    cookies: frozenset[bytes]
    #: headers that a trusted proxy alone may write, besides the usual
    told_by_proxies: frozenset[bytes]
    drops_basic: bool
    #: an apiKey is the whole of Authorization
    drops_other_authorization: bool
    keeps_bearer: bool
    #: what was settled of names that came
    remembered: dict[bytes, Fate] = field(default_factory=dict, repr=False)

    def fate_of(self, name: bytes) -> Fate:
        """What becomes of a field with this name, in lower case."""
        found = self.remembered.get(name)
        if found is None:
            found = self._settle(name)
            if len(self.remembered) < MOST_NAMES:
                self.remembered[name] = found
        return found

    def without_credentials(self, pair: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        """An Authorization or a Cookie as it goes on: whole, in part, or not at all."""
        name, value = pair
        if name == b"authorization":
            return [pair] if self._keeps_authorization(value) else []
        left = cookies_without(value, self.cookies)
        return [(name, left)] if left else []

    def _keeps_authorization(self, value: bytes) -> bool:
        scheme = b"".join(value.split(None, 1)[:1]).lower()  # a backend may part it at a tab
        if scheme == b"bearer":
            return self.keeps_bearer
        return not self.drops_other_authorization and not (self.drops_basic and scheme == b"basic")

    def _settle(self, name: bytes) -> Fate:
        """INVARIANT: what a server could take for a dropped name is dropped: `X_Auth_Subject`."""
        plain = _NOT_ALPHANUMERIC.sub(b"-", name)
        if plain in _OF_ONE_CONNECTION or plain in self.dropped or plain.startswith(_IDENTITY):
            return Fate.DROPPED
        if plain in OVERRIDES or plain in _REMOTE_USERS:
            return Fate.DROPPED
        is_told = plain in _TOLD_BY_PROXIES or plain in self.told_by_proxies
        if is_told or plain.startswith(_FORWARDED):
            return Fate.TRUSTED if plain == name else Fate.DROPPED
        return _BY_NAME.get(name, Fate.DROPPED if plain in _BY_NAME else Fate.KEPT)


def field_rules(
    schemes: Sequence[SecurityScheme],
    *,
    session_cookies: Collection[str],
    drops_csrf: bool,
    certificate_headers: Collection[str],
    strips_authorization: bool,
) -> FieldRules:
    """Settle the rules for schemes whose credentials end here."""
    headers = _keys_in(schemes, KeyPlace.HEADER)
    has_bearer = any(scheme.kind in _BEARERS for scheme in schemes)
    is_key = b"authorization" in {name.lower() for name in headers}
    dropped = {_NOT_ALPHANUMERIC.sub(b"-", name.lower()) for name in headers} - {b"authorization"}
    return FieldRules(
        dropped=frozenset(dropped | ({b"x-csrf-token"} if drops_csrf else set())),
        query=_keys_in(schemes, KeyPlace.QUERY),
        cookies=_keys_in(schemes, KeyPlace.COOKIE) | {name.encode() for name in session_cookies},
        told_by_proxies=frozenset(
            _NOT_ALPHANUMERIC.sub(b"-", name.lower().encode()) for name in certificate_headers
        ),
        drops_basic=strips_authorization
        or any(scheme.kind is SchemeKind.HTTP_BASIC for scheme in schemes),
        drops_other_authorization=strips_authorization or is_key,
        keeps_bearer=not strips_authorization and (has_bearer or not is_key),
    )


def _keys_in(schemes: Sequence[SecurityScheme], place: KeyPlace) -> frozenset[bytes]:
    return frozenset(
        scheme.parameter.encode()
        for scheme in schemes
        if scheme.kind is SchemeKind.API_KEY and scheme.place is place and scheme.parameter
    )
