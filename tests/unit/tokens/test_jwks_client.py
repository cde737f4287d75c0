import asyncio
import gzip
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from gateway.errors import KeysUnavailableError, SettingsError
from gateway.tokens.jwks_client import SIZE_LIMIT, jwks_url_keys
from gateway.tokens.keys import Kid
from tests.unit.tokens.minting import ALGORITHMS, public_jwk

KID = Kid("EdDSA")
JWKS = json.dumps({"keys": [public_jwk("EdDSA")]}).encode()

Answer = tuple[int, dict[str, str], bytes]
ANSWERS: dict[str, Answer] = {
    "/jwks": (200, {"Content-Type": "application/json"}, JWKS),
    "/largest": (200, {}, JWKS + b" " * (SIZE_LIMIT - len(JWKS))),
    "/too-large": (200, {}, JWKS + b" " * (SIZE_LIMIT - len(JWKS) + 1)),
    "/redirect": (302, {"Location": "/jwks"}, b""),
    "/absent": (404, {}, JWKS),
    "/created": (201, {}, JWKS),
    "/failing": (500, {}, JWKS),
    "/gzip": (200, {"Content-Encoding": "gzip"}, gzip.compress(JWKS)),
    "/html": (200, {}, b"<html></html>"),
    "/list": (200, {}, b"[]"),
    "/name-twice": (200, {}, b'{"keys":[],' + JWKS[1:]),
    "/no-keys": (200, {}, b"{}"),
    "/latin-1": (200, {}, b'{"keys":[],"a":"\xff"}'),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if "authorization" in self.headers or self.headers["accept-encoding"] != "identity":
            self.send_error(400)
            return
        status, headers, body = ANSWERS[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The URL of a real server on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def fetch(url: str, time_limit: float = 5.0) -> str | None:
    keys = jwks_url_keys(url, ALGORITHMS, clock=lambda: 0.0, time_limit=time_limit)
    key = asyncio.run(keys.key(KID, "EdDSA"))
    return key.kid if key is not None else None


@pytest.mark.parametrize("path", ["/jwks", "/largest"])
def test_keys_come_from_a_server_on_loopback(issuer: str, path: str) -> None:
    assert fetch(issuer + path) == KID


@pytest.mark.parametrize("path", sorted(set(ANSWERS) - {"/jwks", "/largest"}))
def test_any_other_answer_gives_no_keys_and_no_other_error(
    issuer: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(KeysUnavailableError) as unavailable:
        fetch(issuer + path)

    assert unavailable.value.retry_after == 10
    assert len(caplog.records) == 1


def test_a_server_that_accepts_and_never_answers_is_given_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        with pytest.raises(KeysUnavailableError):
            fetch(f"http://127.0.0.1:{port}/jwks", time_limit=0.05)

    assert f":{port}/jwks" in caplog.text


class Dripping(httpx.AsyncByteStream):
    """A body that sends one octet whenever it is asked and has no end."""

    async def __aiter__(self):  # type: ignore[no-untyped-def]  # the protocol's own type is a generator's
        while True:
            await asyncio.sleep(0.001)
            yield b" "


def test_a_body_that_drips_for_ever_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Dripping()))
    keys = jwks_url_keys(
        "https://issuer.example/jwks",
        ALGORITHMS,
        clock=lambda: 0.0,
        transport=transport,
        time_limit=0.05,
    )

    with pytest.raises(KeysUnavailableError):
        asyncio.run(keys.key(KID, "EdDSA"))

    assert "took longer than 0.05 s" in caplog.text


def test_a_port_where_nobody_listens_gives_no_keys() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(KeysUnavailableError):
        fetch(f"http://127.0.0.1:{port}/jwks")


def test_an_https_url_is_asked_over_https_for_exactly_its_path() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, content=JWKS)

    keys = jwks_url_keys(
        "https://issuer.example/a/jwks?v=1",
        ALGORITHMS,
        clock=lambda: 0.0,
        transport=httpx.MockTransport(answer),
    )
    asyncio.run(keys.key(KID, "EdDSA"))

    assert asked == ["https://issuer.example/a/jwks?v=1"]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://issuer.example/jwks", id="https"),
        pytest.param("http://localhost:1/jwks", id="localhost"),
        pytest.param("http://127.9.9.9/jwks", id="loopback-net"),
        pytest.param("http://[::1]:8000/jwks", id="loopback-6"),
    ],
)
def test_https_and_loopback_urls_are_trusted(url: str) -> None:
    assert jwks_url_keys(url, ALGORITHMS, clock=lambda: 0.0).key_set is None


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://issuer.example/jwks", id="http"),
        pytest.param("http://localhost.example/jwks", id="localhost-as-prefix"),
        pytest.param("http://127.0.0.1.example/jwks", id="address-as-prefix"),
        pytest.param("http://127.0.0.1@issuer.example/jwks", id="address-as-user"),
        pytest.param("http://10.0.0.1/jwks", id="private-net"),
        pytest.param("http://0.0.0.0/jwks", id="any-address"),
        pytest.param("http://2130706433/jwks", id="address-as-number"),
        pytest.param("https://user@issuer.example/jwks", id="user"),
        pytest.param("https://user:pw@issuer.example/jwks", id="password"),
        pytest.param("https://issuer.example/jwks#a", id="fragment"),
        pytest.param("https:///jwks", id="no-host"),
        pytest.param("file:///etc/jwks", id="file"),
        pytest.param("ftp://127.0.0.1/jwks", id="ftp"),
        pytest.param("jwks.json", id="relative"),
        pytest.param("https://[::1/jwks", id="no-url"),
        pytest.param("https://issuer.example:port/jwks", id="no-port"),
        pytest.param("", id="empty"),
    ],
)
def test_a_url_that_somebody_could_answer_for_is_refused_at_start(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        jwks_url_keys(url, ALGORITHMS, clock=lambda: 0.0)

    assert "pw" not in str(refused.value)
