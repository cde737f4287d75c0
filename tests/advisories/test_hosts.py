"""Hosts: a request names one host, or none is served."""

from collections.abc import Iterator

import pytest

from tests.advisories.octets import CLOSE, HOST, is_refusal, serving_seed, talk
from tests.corpus.server import DocumentServer

HIDDEN = b"GET /nothing HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentServer]:
    with serving_seed(tmp_path_factory.mktemp("hosts")) as running:
        yield running


BAD = {
    "none": b"",
    "the same twice": HOST + HOST,
    "two": b"Host: a\r\nHost: b\r\n",
    "two in other cases": b"Host: localhost\r\nhOST: localhost\r\n",
    "one and an empty one": HOST + b"Host:\r\n",
    "empty": b"Host:\r\n",
    "blank": b"Host: \t \r\n",
    "a user": b"Host: a@localhost\r\n",
    "a user and a password": b"Host: a:b@localhost\r\n",
    "a port that is no number": b"Host: localhost:x\r\n",
    "a port too high": b"Host: localhost:65536\r\n",
    "a port of six digits": b"Host: localhost:000080\r\n",
    "a negative port": b"Host: localhost:-1\r\n",
    "an empty port": b"Host: localhost:\r\n",
    "two ports": b"Host: localhost:80:80\r\n",
    "a list": b"Host: localhost, evil.example\r\n",
    "a space": b"Host: localhost evil.example\r\n",
    "a path": b"Host: localhost/songs\r\n",
    "a query": b"Host: localhost?x\r\n",
    "a fragment": b"Host: localhost#x\r\n",
    "a scheme": b"Host: http://localhost\r\n",
    "a backslash": b"Host: localhost\\x\r\n",
    "half an address": b"Host: [::1\r\n",
    "an address that is none": b"Host: [:::1]\r\n",
    "an address with a zone": b"Host: [fe80::1%25eth0]\r\n",
    "an address without brackets": b"Host: ::1\r\n",
    "a NUL": b"Host: localhost\x00\r\n",
    "octets beyond ASCII": b"Host: localh\xc3\xb6st\r\n",
    "a space before the colon": b"Host : localhost\r\n",
    "a space before the name": b" Host: localhost\r\n",
    "a folded line": b"Host:\r\n localhost\r\n",
    "another name": b"X-Forwarded-Host: localhost\r\n",
}


@pytest.mark.parametrize("host", BAD.values(), ids=BAD)
@pytest.mark.parametrize("target", [b"/songs", b"http://localhost/songs"], ids=bytes.decode)
def test_a_host_that_names_no_host_is_400_and_hides_nothing(
    server: DocumentServer, target: bytes, host: bytes
) -> None:
    sent = b"GET " + target + b" HTTP/1.1\r\n" + host + b"\r\n" + HIDDEN

    answers = talk(server.port, sent).answers

    assert [answer.status for answer in answers] == [400]
    assert is_refusal(answers[0])


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LOCALHOST:8000", "a.example.", "a_b.example:0", "127.0.0.1:65535"),
        *("[::1]", "[::1]:8000", "[2001:DB8::1]", " \tlocalhost\t ", "evil.example"),
    ],
)
def test_a_host_that_names_a_host_is_served_and_opens_nothing(
    server: DocumentServer, host: str
) -> None:
    sent = b"GET /songs HTTP/1.1\r\nHost:" + host.encode() + b"\r\n\r\n"

    assert talk(server.port, sent + HIDDEN).statuses == [401, 404]


@pytest.mark.parametrize(("host", "status"), [(b"", 401), (HOST, 401), (HOST * 2, 400)])
def test_http_1_0_may_name_none(server: DocumentServer, host: bytes, status: int) -> None:
    sent = b"GET /songs HTTP/1.0\r\n" + host + b"\r\n"

    assert talk(server.port, sent + HIDDEN).statuses == [status]
