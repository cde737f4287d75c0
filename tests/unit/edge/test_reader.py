"""Requests are read alike whether their head comes at once, in pieces, or once more."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.edge.wire.limits import WireLimits
from gateway.edge.wire.reader import RequestReader
from gateway.edge.wire.refusal import Refused

HOST = b"Host: localhost\r\n"
LIMITS = WireLimits(url_octets=20, head_octets=200, headers=4)


def read(pieces: Sequence[bytes]) -> list[Any]:
    """All that is read of pieces, to the first that is refused or the last request."""
    reader = RequestReader(LIMITS, lambda: {"FROB"})
    found: list[Any] = []
    body = b""
    try:
        for data in pieces:
            place = 0
            while place < len(data):
                place = reader.advance(data, place)
                if reader.has_head:
                    reader.has_head = False
                    found.append((reader.method, reader.path, reader.query, reader.headers))
                    found.append((reader.is_old, reader.keeps, reader.expects))
                body += b"".join(reader.pieces)
                reader.pieces.clear()
                if reader.is_whole:
                    reader.is_whole = False
                    found.append(body)
                    body = b""
                    if not reader.keeps:
                        return found
    except Refused as refused:
        found.append((refused.problem.status, refused.problem.detail, reader.is_to_head))
    return found


LINES = [
    b"GET /a?b HTTP/1.1\r\n",
    b"GET /a?b HTTP/1.1\r\n",
    b"GET /a?b?c HTTP/1.1\r\n",
    b"HEAD /? HTTP/1.1\r\n",
    b"POST //a/ HTTP/1.1\r\n",
    b"GET /a HTTP/1.0\r\n",
    b"OPTIONS * HTTP/1.1\r\n",
    b"FROB /a HTTP/1.1\r\n",
    b"FROBS /a HTTP/1.1\r\n",
    b"CONNECT a:1 HTTP/1.1\r\n",
    b"GET http://a/b?c HTTP/1.1\r\n",
    b"GET /a#b HTTP/1.1\r\n",
    b"GET /a b HTTP/1.1\r\n",
    b"GET /\xff HTTP/1.1\r\n",
    b"get / HTTP/1.1\r\n",
    b"GET / HTTP/1.2\r\n",
    b"GET / HTTP/1.1\n",
    b"\r\nGET / HTTP/1.1\r\n",
    b"GET /" + b"a" * 17 + b"?b HTTP/1.1\r\n",
    b"GET /" + b"a" * 18 + b"? HTTP/1.1\r\n",
    b"GET /" + b"a" * 20 + b" HTTP/1.1\r\n",
]
FIELDS = [
    HOST,
    HOST,
    HOST + b"X: y\r\n",
    HOST + b"X: y\r\n" * 3,
    HOST + b"X: y\r\n" * 4,
    HOST + b"X: " + b"y" * 300 + b"\r\n",
    HOST + b"Connection: close\r\n",
    HOST + b"Expect: 100-continue\r\n",
    HOST + b"X : y\r\n",
    HOST + b"X: a\x00\r\n",
    HOST + b"Connection: upgrade\r\nUpgrade: x\r\n",
    b"Host: a b\r\n",
    b"Host:\r\n",
    b"",
    HOST + HOST,
]
BODIES = [
    (b"", b""),
    (b"", b""),
    (b"Content-Length: 0\r\n", b""),
    (b"Content-Length: 4\r\n", b"\r\n\r\n"),
    (b"Content-Length: +4\r\n", b"abcd"),
    (b"Transfer-Encoding: chunked\r\n", b"4\r\n\r\n\r\n\r\n0\r\nX: y\r\n\r\n"),
    (b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    (b"Transfer-Encoding: gzip\r\n", b"0\r\n\r\n"),
    (b"Transfer-Encoding: chunked\r\n", b"x\r\n"),
]


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Some requests, most with the fields of the one before them."""
    fields, (length, body) = HOST, BODIES[0]
    stream = b""
    for line in draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=5)):
        if draw(st.booleans()):
            fields = draw(st.sampled_from(FIELDS))
            length, body = draw(st.sampled_from(BODIES))
        stream += line + fields + length + b"\r\n" + body
    return stream


def cut(stream: bytes, places: Sequence[int]) -> list[bytes]:
    borders = [0, *sorted({place % len(stream) for place in places}), len(stream)]
    return [stream[a:b] for a, b in pairwise(borders) if a < b]


def is_too_large(found: list[Any]) -> bool:
    """A head over the limit may be found malformed before it is found too large."""
    return any(one[:1] in {(400,), (431,)} for one in found[-1:])


@settings(max_examples=400, deadline=None)
@given(streams(), st.lists(st.integers(0, 2000), max_size=6))
def test_a_stream_is_read_alike_however_it_is_cut(stream: bytes, places: list[int]) -> None:
    whole = read([stream])
    octets = read([stream[n : n + 1] for n in range(len(stream))])
    pieces = read(cut(stream, places))

    assert pieces == whole or (is_too_large(pieces) and is_too_large(whole))
    assert octets == whole or (is_too_large(octets) and is_too_large(whole))
    assert octets[:-1] == whole[:-1] == pieces[:-1]


def request(line: bytes, *fields: bytes) -> bytes:
    return line + b" HTTP/1.1\r\n" + HOST + b"".join(fields) + b"\r\n"


GET = request(b"GET /a")
HEADERS = [(b"host", b"localhost")]


def test_the_same_fields_once_more_are_a_list_of_their_own() -> None:
    found = read([GET + GET, GET])

    heads = found[::3]
    assert heads == [("GET", b"/a", b"", HEADERS)] * 3
    assert len({id(head[3]) for head in heads}) == 3


@pytest.mark.parametrize(
    ("second", "headers"),
    [
        (request(b"GET /b?c", b"X: y\r\n"), [*HEADERS, (b"x", b"y")]),
        (GET.replace(b"localhost", b"localhosT"), [(b"host", b"localhosT")]),
        (GET.replace(b"localhost", b"local"), [(b"host", b"local")]),
        (GET.replace(b"localhost", b"localhost:80"), [(b"host", b"localhost:80")]),
    ],
)
def test_other_fields_are_read_anew(second: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    found = read([GET, second, GET])

    assert [head[3] for head in found[::3]] == [HEADERS, headers, HEADERS]


def test_what_is_refused_or_has_a_body_is_never_known() -> None:
    bad = request(b"GET /", b"X : y\r\n")
    post = request(b"POST /", b"Content-Length: 2\r\n")

    assert read([bad])[0][0] == read([GET, bad])[-1][0] == 400
    assert read([post + b"ab" + post + b"cd" + GET])[2::3] == [b"ab", b"cd", b""]


def test_a_field_of_http_1_0_is_not_known_from_http_1_1() -> None:
    found = read([GET, GET.replace(b"1.1", b"1.0")])

    assert [kind[:2] for kind in found[1::3]] == [(False, True), (True, False)]


def test_an_empty_line_may_come_before_each_request() -> None:
    assert len(read([b"\r\n" + GET] * 3)) == len(read([(b"\r\n" + GET) * 3])) == 9


@pytest.mark.parametrize("length", [20, 21])
def test_a_target_is_as_long_as_it_may_be_and_no_longer(length: int) -> None:
    for query in (b"", b"?", b"?b"):
        line = b"GET /" + b"a" * (length - 1 - len(query)) + query

        assert (read([request(line)])[-1] == b"") is (length == LIMITS.url_octets)
