"""The scope that an application behind the guard sees: the path that was matched, and no other.

What two routers could read in two ways is settled here. The path is written anew from the segments
that the guard matched, and headers by which frameworks or servers let a client replace method or
path are taken out.
"""

from urllib.parse import quote

from starlette.types import Scope

from gateway.edge.overrides import OVERRIDES
from gateway.edge.trusted_peer import peer_of
from gateway.handler import Caller
from gateway.routing.path import Segments

#: where `scopegate.caller` finds who calls
CALLER = "scopegate.caller"
#: what may stand in a segment as it is (RFC 3986 s3.3), besides letters and digits
_PCHARS = "-._~!$&'()*+,=:@"
#: a trusted proxy alone says below which path it serves
_PREFIXES = frozenset({b"x-forwarded-prefix", b"x-script-name", b"daphne-root-path"})


def hand_on(scope: Scope, segments: Segments, caller: Caller, *, root_path: str) -> Scope:
    """The scope of a permitted request, for the application behind."""
    dropped = OVERRIDES if peer_of(scope).is_trusted_proxy else OVERRIDES | _PREFIXES
    return {
        **scope,
        "path": "/" + "/".join(segments.values),
        "raw_path": canonical_path(segments),
        "root_path": root_path,
        "headers": [pair for pair in scope["headers"] if _hyphened(pair[0]) not in dropped],
        CALLER: caller,
    }


def canonical_path(segments: Segments) -> bytes:
    """The one spelling of a path: read in whatever way, it is these segments."""
    pieces = (
        quote(value, safe=_PCHARS + (";" if place in segments.matrix else ""))
        for place, value in enumerate(segments.values)
    )
    return ("/" + "/".join(pieces)).encode("ascii")


def _hyphened(name: bytes) -> bytes:
    """A header's name as applications that fold `_` and `-` into one see it."""
    return name.lower().replace(b"_", b"-")
