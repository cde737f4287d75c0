"""What a request presents: the credentials that an operation's schemes look at, none verified."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from gateway.model import RequestFault
from gateway.spec.model import KeyPlace, SchemeKind, SchemeName, SecurityScheme
from gateway.tokens.authorization import holds_several, split_authorization
from gateway.values import value_without_repr

#: query parameters after these many, and cookies, are as if absent
MAX_FIELDS = 1000

_AUTHORIZATION = b"authorization"
_BEARER = b"Bearer "
_COOKIE = b"cookie"
_ACCESS_TOKEN = b"access_token"
_BEARERS = frozenset({SchemeKind.OAUTH2, SchemeKind.OPENID_CONNECT, SchemeKind.HTTP_BEARER})


@value_without_repr
class Presented:
    """Credentials as sent, secrets all of them. With a fault there is nothing else."""

    #: the text after `Bearer`
    bearer: str | None = None
    #: the text after `Basic`; `basic_pair` takes it apart
    basic: str | None = None
    #: apiKey schemes; a session cookie is one of them
    keys: Mapping[SchemeName, str] = field(default_factory=dict)
    fault: RequestFault | None = None

    def __repr__(self) -> str:
        """Name what there is, show none of it."""
        kinds = [kind for kind in ("bearer", "basic") if getattr(self, kind) is not None]
        return (
            f"Presented({', '.join([*kinds, *self.keys, *([self.fault] if self.fault else [])])})"
        )


@dataclass(frozen=True, slots=True)
class Sought:
    """What the schemes of one operation look at; made once, used for each request."""

    bearer: bool
    basic: bool
    #: header name in lower case -> the schemes that read it
    headers: Mapping[bytes, tuple[SchemeName, ...]]
    query: Mapping[bytes, tuple[SchemeName, ...]]
    cookies: Mapping[bytes, tuple[SchemeName, ...]]
    #: the headers to look at, in lower case
    names: frozenset[bytes]
    #: whether Authorization is one of them, and which else there are
    takes_authorization: bool = field(init=False)
    others: tuple[bytes, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Part the names, so that a request is not asked for them twice."""
        object.__setattr__(self, "takes_authorization", _AUTHORIZATION in self.names)
        object.__setattr__(self, "others", tuple(sorted(self.names - {_AUTHORIZATION})))

    @property
    def has_keys(self) -> bool:
        """Whether there is an apiKey scheme."""
        return bool(self.headers or self.query or self.cookies)


def seek(schemes: Sequence[SecurityScheme]) -> Sought:
    """Tell what the schemes look at; kinds that are not supported look at nothing."""
    kinds = {scheme.kind for scheme in schemes}
    bearer = not kinds.isdisjoint(_BEARERS)
    basic = SchemeKind.HTTP_BASIC in kinds
    headers = _keys_in(KeyPlace.HEADER, schemes)
    cookies = _keys_in(KeyPlace.COOKIE, schemes)
    names = {*headers}
    names |= {_AUTHORIZATION} if bearer or basic else set()
    names |= {_COOKIE} if cookies else set()
    return Sought(
        bearer=bearer,
        basic=basic,
        headers=headers,
        query=_keys_in(KeyPlace.QUERY, schemes),
        cookies=cookies,
        names=frozenset(names),
    )


def present(
    schemes: Sequence[SecurityScheme], headers: Iterable[tuple[bytes, bytes]], *, query: bytes
) -> Presented:
    """Find what the schemes look at, in one call; see `find`."""
    return find(seek(schemes), headers, query=query)


def sole_bearer(
    sought: Sought, headers: Sequence[tuple[bytes, bytes]], *, query: bytes
) -> bytes | None:
    """What may be the one credential of a request: `Bearer` and a token, in the usual spelling.

    Empty if it presents nothing at all; None says nothing: ask `find`. INVARIANT: if `find` ever
    answered a text as the `bearer` of these schemes whose `bearer_value` this is, it does so here,
    and there is no key, no Basic credential and no fault; where this is empty, it finds nothing.
    """
    fields = dict(headers)
    if len(fields) != len(headers):
        return None
    value = fields.get(_AUTHORIZATION)
    for name in sought.others:
        if name in fields:
            return None
    if query and (sought.query or (value and _ACCESS_TOKEN in _query_parameters(query))):
        return None
    if value is None or not sought.takes_authorization:
        return b""
    if not sought.bearer or not value.startswith(_BEARER):
        return None
    return value


def bearer_value(text: str) -> bytes:
    """The value of Authorization that presents a token in the usual spelling."""
    return _BEARER + text.encode("latin-1")


def bearer_of(value: bytes) -> str:
    """The token that such a value presents."""
    return value[len(_BEARER) :].decode("latin-1")


def find(sought: Sought, headers: Iterable[tuple[bytes, bytes]], *, query: bytes) -> Presented:
    """Find the credentials in headers with lower-case names, as ASGI has them, and the raw query.

    What cannot be told apart is a fault (RFC 6750 s3.1). An empty credential, `Bearer` with no
    token or a key that is the empty string, is as if absent: nothing was shown that could be
    valid or not. Octets outside ASCII stay in the text as Latin-1; no valid token has them.
    An apiKey in the header `Authorization` is the whole value, unless a bearer or basic scheme
    of the operation takes it.
    """
    found = _headers_named(sought, headers)
    authorization = found.get(_AUTHORIZATION, ())
    if len(authorization) > 1:
        return Presented(fault=RequestFault.SEVERAL_AUTHORIZATION_HEADERS)
    scheme, text = split_authorization(authorization[0]) if authorization else (b"", "")
    is_bearer = sought.bearer and scheme == b"bearer"
    is_basic = sought.basic and scheme == b"basic"
    if is_bearer or is_basic:
        del found[_AUTHORIZATION]
        if holds_several(text):
            return Presented(fault=RequestFault.SEVERAL_TOKENS)
    parameters = _query_parameters(query)
    if is_bearer and text and _ACCESS_TOKEN in parameters and _ACCESS_TOKEN not in sought.query:
        return Presented(fault=RequestFault.TOKEN_IN_QUERY)
    keys = _keys(sought, found, parameters=parameters) if sought.has_keys else {}
    if isinstance(keys, RequestFault):
        return Presented(fault=keys)
    return Presented(
        bearer=text if is_bearer and text else None,
        basic=text if is_basic and text else None,
        keys=keys,
    )


def _keys(
    sought: Sought,
    headers: Mapping[bytes, Sequence[bytes]],
    *,
    parameters: Mapping[bytes, Sequence[bytes]],
) -> Mapping[SchemeName, str] | RequestFault:
    """The key of each apiKey scheme; what is sent twice is a fault, even if it is the same."""
    places = (
        (sought.headers, headers),
        (sought.query, parameters),
        (sought.cookies, _cookies(headers.get(_COOKIE, ()))),
    )
    keys = {}
    for names, sent in places:
        for name, schemes in names.items():
            values = sent.get(name, ())
            if len(values) > 1:
                return RequestFault.SEVERAL_KEYS
            keys.update({scheme: value.decode("latin-1") for value in values for scheme in schemes})
    return {scheme: key for scheme, key in keys.items() if key}


def _keys_in(
    place: KeyPlace, schemes: Sequence[SecurityScheme]
) -> Mapping[bytes, tuple[SchemeName, ...]]:
    """The apiKey schemes of a place by what they read; header names are without case."""
    names: dict[bytes, tuple[SchemeName, ...]] = {}
    for scheme in schemes:
        if scheme.kind is SchemeKind.API_KEY and scheme.place is place and scheme.parameter:
            name = scheme.parameter.encode("utf-8")
            name = name.lower() if place is KeyPlace.HEADER else name
            names[name] = (*names.get(name, ()), scheme.name)
    return names


def _headers_named(
    sought: Sought, headers: Iterable[tuple[bytes, bytes]]
) -> dict[bytes, list[bytes]]:
    """The values of each header that is looked at, without white space around."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        if name in sought.names:
            found.setdefault(name, []).append(value.strip(b" \t"))
    return found


def _query_parameters(query: bytes) -> dict[bytes, list[bytes]]:
    """The parameters as a form has them (WHATWG URL s5.1): `&` alone parts them, `+` is a space."""
    parameters: dict[bytes, list[bytes]] = {}
    if not query:
        return parameters
    for part in query.replace(b"+", b" ").split(b"&", MAX_FIELDS)[:MAX_FIELDS]:
        name, _, value = part.partition(b"=")
        parameters.setdefault(unquote_to_bytes(name), []).append(unquote_to_bytes(value))
    return parameters


def _cookies(headers: Sequence[bytes]) -> dict[bytes, list[bytes]]:
    """The cookies of all Cookie headers (RFC 6265 s5.4); a value's quotes are part of it."""
    cookies: dict[bytes, list[bytes]] = {}
    for part in b";".join(headers).split(b";", MAX_FIELDS)[:MAX_FIELDS]:
        name, equals, value = part.strip(b" \t").partition(b"=")
        if equals:
            cookies.setdefault(name, []).append(value)
    return cookies
