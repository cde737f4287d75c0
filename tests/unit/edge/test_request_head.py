"""The head of a request as octets: each line is read in one way or refused."""

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.problem import Problem
from gateway.edge.request_head import (
    READ_METHODS,
    SERVED_METHODS,
    RequestLine,
    content_length,
    head_problem,
    is_authority,
    read_line,
    with_host,
)

LONGEST = 100
LINE = RequestLine(b"/", None, is_old=False)
OLD = RequestLine(b"/", None, is_old=True)


def status_of(octets: bytes) -> int | None:
    """The status a line is refused with; None: it is not."""
    read = read_line(octets, LONGEST)
    return read.status if isinstance(read, Problem) else None


@pytest.mark.parametrize("method", sorted(READ_METHODS), ids=bytes.decode)
def test_a_method_that_passes_is_one_that_the_parser_reads(method: bytes) -> None:
    target = b"a:1" if method == b"CONNECT" else b"/"
    parser = httptools.HttpRequestParser(object())

    parser.feed_data(method + b" " + target + b" HTTP/1.1\r\n")

    assert parser.get_method() == method


def test_what_is_told_as_served_is_read() -> None:
    assert set(SERVED_METHODS.split(b", ")) <= READ_METHODS


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (b"GET /a?b HTTP/1.1", RequestLine(b"/a?b", None, is_old=False)),
        (b"GET /a HTTP/1.0", RequestLine(b"/a", None, is_old=True)),
        (b"GET //a HTTP/1.1", RequestLine(b"//a", None, is_old=False)),
        (b"OPTIONS * HTTP/1.1", RequestLine(b"*", None, is_old=False)),
        (b"OPTIONS http://h HTTP/1.1", RequestLine(b"*", b"h", is_old=False)),
        (b"OPTIONS http://h/ HTTP/1.1", RequestLine(b"/", b"h", is_old=False)),
        (b"OPTIONS http://h?x HTTP/1.1", RequestLine(b"/?x", b"h", is_old=False)),
        (b"GET HTTPS://h:1/a?b?c HTTP/1.1", RequestLine(b"/a?b?c", b"h:1", is_old=False)),
        (b"GET http://h?x HTTP/1.1", RequestLine(b"/?x", b"h", is_old=False)),
    ],
)
def test_a_line_says_its_target_in_origin_form(line: bytes, read: RequestLine) -> None:
    assert read_line(line + b"\r\n", LONGEST) == read


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"", None),
        (b"GET / HTTP/1.1", None),
        (b"GET / HTTP/1.1\r", None),
        (b"GET /" + b"a" * LONGEST, None),
        (b"GET /" + b"a" * (LONGEST - 1) + b" HTTP/1.1\r\n", None),
        (b"GET /" + b"a" * LONGEST + b" HTTP/1.1\r\n", 414),
        (b"GET /" + b"a" * 2 * LONGEST, 414),
        (b"\x16\x03", 400),
        (b"GET /\x00", 400),
        (b"GET / HTTP/1.1\n", 400),
        (b"\r\n", 400),
        (b"FOO / HTTP/1.1\r\n", 501),
        (b"CONNECT h:1 HTTP/1.1\r\n", 405),
        (b"FOO / HTTP/3.0\r\n", 400),
    ],
)
def test_a_line_is_refused_as_soon_as_it_can_be_none(octets: bytes, status: int | None) -> None:
    assert status_of(octets) == status


@given(st.binary(max_size=60), st.sampled_from([b"", b"\n", b"\r\n", b" HTTP/1.1\r\n"]))
def test_no_octets_make_the_reading_raise(octets: bytes, end: bytes) -> None:
    for begun in (octets, b"GET /" + octets, b"GET http://" + octets):
        read = read_line(begun + end, LONGEST)

        assert read is None or isinstance(read, Problem | RequestLine)


@given(st.binary(max_size=30))
def test_no_octets_make_a_host_raise(octets: bytes) -> None:
    assert is_authority(octets) in {True, False}
    assert is_authority(b"[" + octets + b"]:1") in {True, False}


@pytest.mark.parametrize(
    ("line", "headers", "is_refused"),
    [
        pytest.param(LINE, [(b"host", b"a")], False, id="one Host"),
        pytest.param(LINE, [], True, id="no Host"),
        pytest.param(OLD, [], False, id="no Host in HTTP/1.0"),
        pytest.param(LINE, [(b"host", b"a"), (b"host", b"a")], True, id="two Hosts"),
        pytest.param(
            LINE, [(b"host", b"a"), (b"transfer-encoding", b"Chunked ")], False, id="chunked"
        ),
        pytest.param(
            OLD, [(b"host", b"a"), (b"transfer-encoding", b"chunked")], True, id="chunked in 1.0"
        ),
        pytest.param(LINE, [(b"host", b"a"), (b"transfer-encoding", b"gzip")], True, id="gzip"),
        pytest.param(
            LINE,
            [(b"host", b"a")] + [(b"transfer-encoding", b"chunked")] * 2,
            True,
            id="chunked twice",
        ),
    ],
)
def test_a_head_names_one_host_and_one_end(
    line: RequestLine, headers: list[tuple[bytes, bytes]], is_refused: bool
) -> None:
    assert (head_problem(headers, is_old=line.is_old, most=3) is not None) is is_refused


def test_a_head_has_so_many_fields_and_no_more() -> None:
    headers = [(b"host", b"a"), (b"x", b"y")]

    problem = head_problem(headers, is_old=False, most=1)

    assert head_problem(headers, is_old=False, most=2) is None
    assert problem is not None
    assert problem.status == 431


def test_a_target_that_names_a_host_takes_the_place_of_each_host_header() -> None:
    headers = [(b"host", b"a"), (b"x", b"y"), (b"host", b"b")]

    assert with_host(headers, b"c") == [(b"host", b"c"), (b"x", b"y")]


@pytest.mark.parametrize(
    ("headers", "length"), [([], 0), ([(b"x", b"1")], 0), ([(b"content-length", b"05")], 5)]
)
def test_a_length_is_what_the_header_says(headers: list[tuple[bytes, bytes]], length: int) -> None:
    assert content_length(headers) == length
