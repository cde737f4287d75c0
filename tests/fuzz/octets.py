"""Octets that no client would send: requests with something wrong in them, and noise."""

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.budget import seed_of

_METHODS = (
    b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS", b"TRACE", b"CONNECT",
    b"get", b"BREW", b"PRI", b"G ET", b"", b"GET\t", b"\x00GET", b"QUERY", b"M-SEARCH",
)  # fmt: skip
_VERSIONS = (b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/0.9", b"HTTP/1.10", b"http/1.1", b"")
#: what is put into a path to make it another, or the same in other words
_TWISTS = (
    b"%2F", b"%2f", b"%5C", b"\\", b"//", b"/./", b"/../", b"%2e%2e", b"%00", b"\x00", b";x=1",
    b"%", b"%zz", b"%C0%AF", b"\xff", b"%FF", b"\t", b"#x", b"?", b"*", b" ", b"%0d%0a", b"\x7f",
    b"http://localhost", b"://", b"@", b"%E2%80%AE", b"+", b"/" * 300, b"%41" * 300,
)  # fmt: skip
_NAMES = (
    b"Authorization", b"authorization", b"Cookie", b"Content-Length", b"Transfer-Encoding",
    b"Content-Type", b"Expect", b"Upgrade", b"Connection", b"Host", b"Content-Encoding",
    b"X-HTTP-Method-Override", b"X-Original-URL", b"X-Forwarded-For", b"Origin", b"Range",
    b"If-None-Match", b"Accept", b"Te", b"", b" x", b"x y", b"\xff", b"a" * 3000,
)  # fmt: skip
_VALUES = (
    b"Bearer x.y.z", b"Bearer ", b"Bearer \xff", b"Basic Zm9v", b"Basic !!",
    b"scopegate_session=\xff",
    b"5", b"-1", b"99999999999999999999", b"0x5", b"5, 5", b"chunked", b"chunked, gzip", b"gzip",
    b"application/json", b"multipart/form-data; boundary=", b"multipart/form-data; boundary=x",
    b"application/x-www-form-urlencoded; charset=utf-7", b"100-continue", b"websocket", b"h2c",
    b"close", b"Upgrade", b"a b", b"\x00", b"bytes=0-", b"W/\"x\"", b"DELETE", b"/songs",
    b"a, " * 999,
)  # fmt: skip
_BODIES = (
    b"", b"{", b"{}", b"[1]", b"null", b"\xff", b"a=%zz", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n",
    b"--x\r\n\r\n--x--", b"GET /songs HTTP/1.1\r\nHost: localhost\r\n\r\n", b"1" * 5000,
    b"[" * 3000,
)  # fmt: skip

_ANY = st.binary(max_size=40)


def octets_for(paths: Sequence[str]) -> st.SearchStrategy[bytes]:
    """Requests for these paths, changed in some places, and now and then plain noise."""
    path = st.sampled_from([path.replace("{", "").replace("}", "").encode() for path in paths])
    twisted = st.builds(_twist, path, st.sampled_from(_TWISTS), st.integers(0, 40))
    header = st.tuples(st.sampled_from(_NAMES), st.sampled_from(_VALUES))
    noisy = st.tuples(st.sampled_from(_NAMES) | _ANY, st.sampled_from(_VALUES) | _ANY)
    odd: dict[str, st.SearchStrategy[Any]] = {
        "method": st.sampled_from(_METHODS),
        "target": twisted,
        "version": st.sampled_from(_VERSIONS),
        "headers": st.lists(header, min_size=1, max_size=2),
        "body": st.sampled_from(_BODIES) | _ANY,
    }
    noise: dict[str, st.SearchStrategy[Any]] = {
        "method": odd["method"] | _ANY,
        "target": twisted | _ANY,
        "version": odd["version"],
        "headers": st.lists(noisy, max_size=4),
        "body": odd["body"],
    }
    usual: dict[str, st.SearchStrategy[Any]] = {
        "method": st.sampled_from(_METHODS[:7]),
        "target": path,
        "version": st.just(b"HTTP/1.1"),
        "headers": st.just([]),
        "body": st.just(b""),
    }
    one_odd = [st.builds(_write, **{**usual, name: odd[name]}) for name in odd]
    hurt = st.builds(_hurt, one_odd[0], st.integers(0, 400), _ANY)
    return st.one_of([*one_odd, st.builds(_write, **noise), hurt, st.binary(max_size=300)])


def draw_octets(paths: Sequence[str], count: int, *, unit: str) -> list[bytes]:
    """So many of them."""
    found: list[bytes] = []

    @seed(seed_of(unit))
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(octets_for(paths))
    def collect(octets: bytes) -> None:
        found.append(octets)

    collect()
    return found[:count]


def _twist(path: bytes, twist: bytes, place: int) -> bytes:
    place = min(place, len(path))
    return path[:place] + twist + path[place:]


def _hurt(request: bytes, place: int, noise: bytes) -> bytes:
    """Noise written over a request; without any it ends there."""
    place = min(place, len(request))
    return request[:place] + (noise + request[place + len(noise) :] if noise else b"")


def _write(
    *,
    method: bytes,
    target: bytes,
    version: bytes,
    headers: Sequence[tuple[bytes, bytes]],
    body: bytes,
) -> bytes:
    """The octets of a request, with a length that is its own unless the headers tell another."""
    lines = [b" ".join([method, target, version]), b"Host: localhost"]
    if body and not headers:
        lines.append(b"Content-Length: %d" % len(body))
    lines += [name + b": " + value for name, value in headers]
    return b"\r\n".join([*lines, b"", b""]) + body
