"""What HTTP shows of the order of it all, and of messages that are none."""

import pytest

from tests.e2e.servers import Server
from tests.e2e.wire import Reply, send_raw

Headers = list[tuple[str, str]]


def authorization(value: str) -> tuple[str, str]:
    """An Authorization header."""
    return ("Authorization", value)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        pytest.param(b"POST /songs", 401, id="refused"),
        pytest.param(b"POST /nowhere", 404, id="unknown path"),
        pytest.param(b"PUT /songs", 405, id="unknown method"),
    ],
)
@pytest.mark.parametrize("expect", [b"", b"Expect: 100-continue\r\n"], ids=["", "100-continue"])
def test_body_of_a_refused_request_is_not_waited_for(
    edges: Server, line: bytes, status: int, expect: bytes
) -> None:
    head = b"Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n"

    answer = send_raw(edges.port, line + b" HTTP/1.1\r\n" + head + expect + b"\r\n")

    assert answer.status == status


def test_body_that_announces_too_much_is_413_without_being_read(edges: Server) -> None:
    head = f"Host: localhost\r\nAuthorization: Bearer {edges.token('write')}\r\n"
    body = "Content-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n"

    answer = send_raw(edges.port, f"POST /songs HTTP/1.1\r\n{head}{body}".encode())

    assert answer.status == 413


def test_credentials_are_judged_before_the_body(edges: Server) -> None:
    raw = b"POST /songs HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
    raw += b"Content-Type: application/json\r\n"
    token = f"Authorization: Bearer {edges.token('write')}\r\n".encode()

    refused = send_raw(edges.port, raw + b"\r\n{")
    permitted = send_raw(edges.port, raw + token + b"\r\n{")

    assert (refused.status, permitted.status) == (401, 400)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", id="two lengths"),
        pytest.param("Content-Length: 5\r\nContent-Length: 6\r\n", id="lengths that differ"),
        pytest.param("Authorization : Bearer x\r\n", id="space before the colon"),
        pytest.param("Authorization: Bearer\r\n x\r\n", id="folded line"),
    ],
)
def test_message_that_could_be_read_in_two_ways_is_400(edges: Server, lines: str) -> None:
    answer = send_raw(
        edges.port, f"POST /songs HTTP/1.1\r\nHost: x\r\n{lines}\r\n0\r\n\r\n".encode()
    )

    assert answer.status == 400


def test_upgrade_is_never_granted(edges: Server) -> None:
    upgrade = [
        authorization(f"Bearer {edges.token('read')}"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "A" * 22 + "=="),
    ]

    answer = _upgrade(edges, upgrade)

    assert answer.status >= 400
    assert answer.all("upgrade") == []


def _upgrade(edges: Server, headers: Headers) -> Reply:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    head = f"GET /songs HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n{lines}\r\n"
    return send_raw(edges.port, head.encode())
