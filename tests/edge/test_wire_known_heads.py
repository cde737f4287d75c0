"""A head that came before on its connection is read as it was read the first time."""

import random

import pytest

from tests.edge.connected import talked
from tests.edge.test_wire_answer_now import Quick

HOST = b"Host: localhost\r\n"
OK = (200, [(b"content-length", b"2")], b"ok")


def post(
    length: bytes, body: bytes, *, name: bytes = b"Content-Length", more: bytes = b""
) -> bytes:
    head = b"POST /a?b=c HTTP/1.1\r\n" + HOST + b"X-A: b\r\n" + name + b": " + length + b"\r\n"
    return head + more + b"\r\n" + body


FIRST = post(b"3", b"abc")


def asked(*requests: bytes) -> tuple[list[bytes | None], bytes]:
    """The bodies that an application was handed, and what was written."""
    app = Quick(OK)
    wire = talked(app, b"".join(requests))
    return [body for _, body in app.asked], wire.written.partition(b"urn:uuid:")[0]


@pytest.mark.parametrize(
    ("then", "body"),
    [
        (post(b"3", b"xyz"), b"xyz"),
        (post(b"5", b"vwxyz"), b"vwxyz"),
        (post(b"0", b""), None),
        (post(b"003", b"xyz"), b"xyz"),
        (post(b"12", b"x" * 12), b"x" * 12),
    ],
)
def test_another_length_is_another_body(then: bytes, body: bytes | None) -> None:
    first, written = asked(FIRST, then, FIRST)

    assert first == [b"abc", body, b"abc"]
    assert written.count(b"\r\n\r\nok") == 3


@pytest.mark.parametrize(
    "then",
    [
        post(b"3 ", b"xyz"),
        post(b" 3", b"xyz"),
        post(b"+3", b"xyz"),
        post(b"-3", b"xyz"),
        post(b"0x3", b"xyz"),
        post(b"3, 3", b"xyz"),
        post(b"", b""),
        post("\N{SUPERSCRIPT THREE}".encode(), b"xyz"),
        post(b"3\r\n2", b"xyz"),
        post(b"1" * 25, b"xyz"),
        post(b"3", b"xyz", more=b"Content-Length: 3\r\n"),
        post(b"3", b"xyz", more=b"Content-Length: 4\r\n"),
        post(b"3", b"xyz", more=b"Transfer-Encoding: chunked\r\n"),
        post(b"chunked", b"3\r\nxyz\r\n0\r\n\r\n", name=b"Transfer-Encoding"),
        post(b"3", b"xyz", more=b"Expect: 100-continue\r\n"),
        post(b"3", b"xyz", more=b"Connection: close\r\n"),
        post(b"3", b"xyz").replace(b"1.1", b"1.0"),
        post(b"3", b"xyz").replace(b"POST", b"GET"),
        post(b"3", b"xyz").replace(b"\r\n", b"\n"),
        post(b"3", b"xyz").replace(b"X-A: b", b"X-A: b\x00"),
        post(b"3", b"xyz").replace(b"X-A: b\r\n", b"X-A: b\r\n c\r\n"),
        post(b"3", b"xy"),
        post(b"3", b"xyzw"),
    ],
    ids=repr,
)
def test_whatever_follows_is_read_as_on_a_connection_of_its_own(then: bytes) -> None:
    bodies, written = asked(FIRST, then)
    own_bodies, own_written = asked(then)
    _, first_written = asked(FIRST)

    assert bodies == [b"abc", *own_bodies]
    assert written == first_written + own_written


def test_octets_may_come_in_any_pieces() -> None:
    octets = FIRST + post(b"5", b"vwxyz") + post(b"0", b"") + FIRST
    whole = asked(octets)
    drawn = random.Random(7)

    for _ in range(300):
        cuts = sorted(drawn.sample(range(1, len(octets)), drawn.randrange(1, 6)))
        pieces = [octets[a:b] for a, b in zip([0, *cuts], [*cuts, len(octets)], strict=True)]
        app = Quick(None)
        wire = talked(app, *pieces)
        assert wire.written.count(b"\r\n\r\nASGI") == len(whole[0])


def test_what_is_changed_in_a_scope_is_not_in_the_next_one() -> None:
    seen: list[tuple[object, ...]] = []

    class Changing(Quick):
        def answer_now(self, scope, body):  # type: ignore[no-untyped-def]
            seen.append((list(scope["headers"]), scope["path"], dict(scope["state"]), "x" in scope))
            scope["headers"].append((b"x", b"y"))
            scope["path"] = "/other"
            scope["state"]["x"] = scope["x"] = 1
            return super().answer_now(scope, body)

    talked(Changing(OK), FIRST + FIRST + FIRST)

    assert len(seen) == 3
    assert all(one == seen[0] for one in seen)
