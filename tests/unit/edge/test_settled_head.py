"""Heads that are settled before say what the headers say one by one."""

import pytest

from gateway.edge.header_fields import is_plain_header
from gateway.edge.privacy import private_answer, private_headers
from gateway.edge.settled_head import SettledHead

TYPE = (b"content-type", b"application/json")


def test_the_length_of_the_body_stands_where_it_was_settled() -> None:
    head = SettledHead.of([TYPE], [(b"x-a", b"b")])

    assert head is not None
    assert head.headers(12) == [TYPE, (b"content-length", b"12"), (b"x-a", b"b")]
    octets = b"%b%d%b" % (head.octets_before, 12, head.octets_after)
    assert octets == b"content-type: application/json\r\ncontent-length: 12\r\nx-a: b\r\n\r\n"


@pytest.mark.parametrize(
    "header",
    [
        (b"x-a", b"b\r\nx: y"),
        (b"x a", b"b"),
        (b"", b"b"),
        (b"X-A", b"b"),
        (b"content-length", b"1"),
        (b"transfer-encoding", b"chunked"),
        (b"connection", b"close"),
        (b"x-a", b"\x00"),
    ],
)
def test_what_wants_a_look_each_time_is_not_settled(header: tuple[bytes, bytes]) -> None:
    assert not is_plain_header(*header)
    assert SettledHead.of([header]) is None
    assert SettledHead.of([TYPE], [header]) is None


def test_a_private_answer_has_the_headers_that_any_private_answer_has() -> None:
    head = SettledHead.of([TYPE])
    assert head is not None

    for _ in range(2):
        private = private_answer(head, b"Authorization", b"12345")
        assert isinstance(private, SettledHead)
        assert private.headers(5) == private_headers(head.headers(5), b"Authorization")
    other = private_answer(head, b"Cookie", b"12345")
    assert isinstance(other, SettledHead)
    assert (b"vary", b"Cookie") in other.headers(5)
    assert head.headers(5) == [TYPE, (b"content-length", b"5")]


def test_a_vary_that_cannot_be_written_as_it_is_is_written_each_time() -> None:
    head = SettledHead.of([TYPE])
    assert head is not None

    private = private_answer(head, b"X\r\nY", b"12345")

    assert private == private_headers(head.headers(5), b"X\r\nY")
