"""The head of a request as octets: what its line and its fields say, or why they are refused."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address

from gateway.edge.problem import Problem

#: what a path may have; each path's own 405 names fewer
SERVED_METHODS = b"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY"
#: all that the parser reads; a document of OAS 3.2 may declare each of them
READ_METHODS = frozenset(
    b"ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY"
    b" MKCALENDAR MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND"
    b" REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE".split()
)

#: what an application tells the wire its methods by, in the state of its lifespan (ASGI)
METHODS = "methods"
#: asks for the methods of the document of this moment
Methods = Callable[[], Collection[str]]

_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e]+) HTTP/([0-9]\.[0-9])")
_ABSOLUTE = re.compile(rb"(?i:https?)://([^/?#]*)([^?#]*)([^#]*)")
_AUTHORITY = re.compile(rb"(?:\[([0-9A-Fa-f:.]+)\]|[A-Za-z0-9._~-]+)(?::([0-9]{1,5}))?")
_NOT_OF_A_LINE = re.compile(rb"[^\x20-\x7e\r\n]")
_HIGHEST_PORT = 65535
#: a line's octets besides its target
_ROOM = 64


def no_methods() -> Collection[str]:
    """The methods of no document."""
    return ()


def served_methods(own: Collection[str] = ()) -> bytes:
    """All methods that a path may have, with those of the document."""
    usual = SERVED_METHODS.decode().split(", ")
    return ", ".join(sorted({*usual, *own} - {"CONNECT", "TRACE"})).encode()


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request line that is served."""

    #: path and query, or the asterisk of OPTIONS
    target: bytes
    #: what an absolute target names, and what counts instead of Host (RFC 9112 s3.2.2)
    authority: bytes | None
    #: HTTP/1.0, which needs no Host
    is_old: bool
    #: one that the parser does not read, and the document declares
    own_method: str | None = None

    def parseable(self, octets: bytes) -> bytes:
        """The octets of the line as the parser takes them: with a method it knows."""
        return octets if self.own_method is None else b"POST" + octets[octets.index(b" ") :]


def read_line(
    octets: bytes, longest_target: int, *, own_methods: Methods | None = None
) -> RequestLine | Problem | None:
    """Read what came of a request line; None: it is not all there. Nothing of it is mended.

    `own_methods` are asked for when the line has a method that is not among READ_METHODS.
    """
    if _NOT_OF_A_LINE.search(octets):
        return malformed("The request line holds what no request line holds.")
    if octets.endswith(b"\r\n"):
        return _read_whole(octets[:-2], longest_target, own_methods or no_methods)
    if octets.endswith(b"\n"):
        return malformed("The request line ends in a bare LF.")
    return too_long_target() if len(octets) > longest_target + _ROOM else None


def _read_whole(line: bytes, longest_target: int, own: Methods) -> RequestLine | Problem:
    found = _LINE.fullmatch(line)
    if found is None:
        return malformed("The request line is not method, target and version.")
    method, target, version = found.groups()
    if len(target) > longest_target:
        return too_long_target()
    if version not in {b"1.0", b"1.1"}:
        return malformed("HTTP/1.0 and HTTP/1.1 are served.")
    if method == b"CONNECT":
        allow = ((b"allow", served_methods(own())),)
        return Problem(405, "method-not-allowed", "CONNECT is not served.", allow)
    is_own = method not in READ_METHODS
    if is_own and method.decode() not in own():
        allow = ((b"allow", served_methods(own())),)
        return Problem(501, "method-not-implemented", "No path has this method.", allow)
    authority, origin = _read_target(method, target)
    if origin is None:
        return malformed("The request target is none that is served.")
    own_method = method.decode() if is_own else None
    return RequestLine(origin, authority, version == b"1.0", own_method)


def _read_target(method: bytes, target: bytes) -> tuple[bytes | None, bytes | None]:
    """The authority of a target, and its origin form; without the latter it is refused."""
    if target == b"*" and method == b"OPTIONS":
        return None, target
    if target.startswith(b"/"):
        return None, None if b"#" in target else target
    found = _ABSOLUTE.fullmatch(target)
    if found is None or not is_authority(found[1]):
        return None, None
    if method == b"OPTIONS" and not found[2] and not found[3]:
        return found[1], b"*"
    return found[1], (found[2] or b"/") + found[3]


def is_authority(value: bytes) -> bool:
    """Whether a value is one host, and a port if there is a colon; a user is never part of it."""
    found = _AUTHORITY.fullmatch(value)
    if found is None or int(found[2] or b"0") > _HIGHEST_PORT:
        return False
    return found[1] is None or _is_ipv6(found[1].decode("ascii"))


def _is_ipv6(address: str) -> bool:
    try:
        IPv6Address(address)
    except ValueError:
        return False
    return True


def head_problem(
    headers: Sequence[tuple[bytes, bytes]], *, is_old: bool, most: int
) -> Problem | None:
    """What is wrong with the fields of a head, their names in lower case; None: nothing."""
    if len(headers) > most:
        return too_large_head()
    hosts = [value.strip() for name, value in headers if name == b"host"]
    if len(hosts) > 1 or (not hosts and not is_old):
        return malformed("There must be one Host header.")
    if hosts and not is_authority(hosts[0]):
        return malformed("The Host header names no host.")
    codings = [value.strip().lower() for name, value in headers if name == b"transfer-encoding"]
    if codings and (codings != [b"chunked"] or is_old):
        return malformed("The one Transfer-Encoding that is served is chunked, in HTTP/1.1.")
    return None


def with_host(
    headers: Sequence[tuple[bytes, bytes]], authority: bytes
) -> list[tuple[bytes, bytes]]:
    """The headers with the Host that an absolute target names (RFC 9112 s3.2.2)."""
    return [(b"host", authority), *(header for header in headers if header[0] != b"host")]


def content_length(headers: Sequence[tuple[bytes, bytes]]) -> int:
    """The length of a body, which the parser found to be one number; 0: it is not told."""
    return next((int(value) for name, value in headers if name == b"content-length"), 0)


def malformed(detail: str) -> Problem:
    """The answer to octets that are no request."""
    return Problem(400, "malformed-message", detail)


def too_long_target() -> Problem:
    """The answer to a target over the limit."""
    return Problem(414, "uri-too-long", "The request target is too long.")


def too_large_head() -> Problem:
    """The answer to fields over the limits."""
    return Problem(431, "head-too-large", "The header fields of the request are too large.")


def late(part: str) -> Problem:
    """The answer to a head or a body that does not come in time."""
    return Problem(408, "request-timeout", f"The {part} of the request did not come.")
