from typing import Any

import pytest

from gateway.edge.local import is_local

LOCAL = [(b"host", b"localhost:8000")]


def scope(
    headers: list[tuple[bytes, bytes]] | None = None,
    *,
    client: tuple[str, int] | None = ("127.0.0.1", 40000),
    server: tuple[str, int | None] | None = ("127.0.0.1", 8000),
) -> dict[str, Any]:
    return {"client": client, "server": server, "headers": LOCAL if headers is None else headers}


@pytest.mark.parametrize(
    "host", [b"localhost:8000", b"127.0.0.1:8000", b"[::1]:8000", b"LocalHost:8000"]
)
def test_request_of_this_machine_is_local(host: bytes) -> None:
    assert is_local(scope([(b"host", host)]))
    assert is_local(scope([(b"host", host)], client=("::1", 40000)))


@pytest.mark.parametrize(
    "host",
    [
        b"localhost", b"localhost:80", b"localhost:8001", b"evil.example:8000",
        b"localhost.evil.example:8000",
        b"127.0.0.2:8000", b"", b"[::1]", b"localhost:", b"[::1", b"localhost:8000:8000",
    ],
)  # fmt: skip
def test_host_that_does_not_name_us_is_not_local(host: bytes) -> None:
    assert not is_local(scope([(b"host", host)]))


def test_host_without_a_port_means_port_80() -> None:
    assert is_local(scope([(b"host", b"localhost")], server=("127.0.0.1", 80)))
    assert not is_local(scope([(b"host", b"localhost")], server=("127.0.0.1", 8000)))


@pytest.mark.parametrize(
    "name",
    [b"Forwarded", b"x-forwarded-for", b"X-Forwarded-Host", b"x-forwarded-", b"x-real-ip", b"Via"],
)
def test_trace_of_a_proxy_is_not_local(name: bytes) -> None:
    assert not is_local(scope([*LOCAL, (name, b"")]))


@pytest.mark.parametrize(
    "client", [None, ("192.0.2.1", 1), ("", 0), ("unix", 0), ("::ffff:192.0.2.1", 1)]
)
def test_peer_elsewhere_or_unknown_is_not_local(client: tuple[str, int] | None) -> None:
    assert not is_local(scope(client=client))


@pytest.mark.parametrize("server", [None, ("/run/a.sock", None)])
def test_server_that_tells_no_port_serves_nobody_local(
    server: tuple[str, int | None] | None,
) -> None:
    assert not is_local(scope(server=server))


def test_no_host_or_two_are_not_local() -> None:
    assert not is_local(scope([]))
    assert not is_local(scope([*LOCAL, *LOCAL]))


@pytest.mark.parametrize("origin", [b"http://localhost:8000", b"HTTP://LOCALHOST:8000"])
def test_a_page_of_our_own_is_local(origin: bytes) -> None:
    assert is_local(scope([*LOCAL, (b"origin", origin)]))


@pytest.mark.parametrize(
    "origin",
    [
        b"http://evil.example", b"http://localhost:8001", b"https://localhost:8000", b"null", b"",
        b"http://127.0.0.1:8000",
    ],
)  # fmt: skip
def test_a_page_of_anybody_else_is_not_local_whatever_cors_allows(origin: bytes) -> None:
    assert not is_local(scope([*LOCAL, (b"origin", origin)]))
    assert not is_local(scope([*LOCAL, (b"origin", b"http://localhost:8000"), (b"Origin", origin)]))
