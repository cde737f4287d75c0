"""In front of servers that people run: uvicorn and nginx, with large bodies and with TLS."""

import hashlib
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.e2e.backend import Backend
from tests.e2e.fronted import fronting
from tests.e2e.fronts import Front
from tests.e2e.memory import most_memory
from tests.e2e.real_backends import on_nginx, on_uvicorn
from tests.e2e.recording_app import LARGE, PIECE
from tests.e2e.servers import Server
from tests.e2e.wire import read_to_end

#: what a body of 100 MiB may cost in memory, for it is never held whole
_MOST_GROWTH_KIB = 16 * 1024


@pytest.fixture(scope="module")
def shared_backend() -> Iterator[Backend]:
    with on_uvicorn() as backend:
        yield backend


@pytest.fixture(scope="module")
def gateway(front: Front) -> Server:
    return front()


def test_an_application_on_uvicorn_sees_the_request_and_who_calls(gateway: Server) -> None:
    reply = gateway.call("GET", "/v2/songs?a=%2F&a=2", token=gateway.token("read"))

    told = reply.json()
    assert (told["raw_path"], told["query"]) == ("/v2/songs", "a=%2F&a=2")
    assert ["x-auth-operation", "listSongs"] in told["headers"]


@pytest.mark.parametrize("is_chunked", [False, True], ids=["a length", "chunks"])
def test_a_large_body_goes_up_in_flat_memory(is_chunked: bool, gateway: Server) -> None:
    token = gateway.token("write")
    before = most_memory(gateway)

    with socket.create_connection(("127.0.0.1", gateway.port), timeout=60) as client:
        framing = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {LARGE}"
        client.sendall(
            f"POST /v2/files HTTP/1.1\r\nHost: localhost:{gateway.port}\r\nConnection: close\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/octet-stream\r\n"
            f"{framing}\r\n\r\n".encode()
        )
        piece = b"%x\r\n%b\r\n" % (len(PIECE), PIECE) if is_chunked else PIECE
        for _ in range(LARGE // len(PIECE)):
            client.sendall(piece)
        client.sendall(b"0\r\n\r\n" if is_chunked else b"")
        answer = read_to_end(client)

    digest = hashlib.sha256(PIECE * (LARGE // len(PIECE))).hexdigest()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert f'"octets": {LARGE}, "sha256": "{digest}"'.encode() in answer
    assert most_memory(gateway) - before < _MOST_GROWTH_KIB


def test_a_large_answer_comes_down_in_flat_memory_to_a_slow_reader(gateway: Server) -> None:
    token = gateway.token("read")
    before = most_memory(gateway)

    with socket.create_connection(("127.0.0.1", gateway.port), timeout=60) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        client.sendall(
            f"GET /v2/files HTTP/1.1\r\nHost: localhost:{gateway.port}\r\nConnection: close\r\n"
            f"Authorization: Bearer {token}\r\n\r\n".encode()
        )
        octets = 0
        while part := client.recv(65_536):
            octets += len(part)

    assert octets > LARGE
    assert most_memory(gateway) - before < _MOST_GROWTH_KIB


def test_many_requests_cost_no_memory_that_stays(gateway: Server) -> None:
    token = gateway.token("read")
    request = (
        f"GET /v2/songs HTTP/1.1\r\nHost: localhost:{gateway.port}\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()

    with socket.create_connection(("127.0.0.1", gateway.port), timeout=60) as client:
        _ask(client, request, times=500)
        before = most_memory(gateway)
        _ask(client, request, times=2_000)

    assert most_memory(gateway) - before < _MOST_GROWTH_KIB // 4


@pytest.mark.service("nginx")
def test_nginx_answers_and_sees_who_calls(tmp_path: Path) -> None:
    (tmp_path / "nginx").mkdir()
    with on_nginx(tmp_path / "nginx") as backend, fronting(backend, tmp_path) as gateway:
        replies = [gateway.call("GET", "/v2/open/a%20b?x=%2F") for _ in range(3)]
        missing = gateway.call("GET", "/v2/songs", token=gateway.token("read"))

    assert [reply.body for reply in replies] == [b"/v2/open/a%20b?x=%2F"] * 3
    assert [reply.header("x-operation") for reply in replies] == ["GET /open/{id}"] * 3
    assert (missing.status, missing.header("server")) == (404, "")


@pytest.mark.service("nginx")
def test_a_large_file_of_nginx_comes_whole(tmp_path: Path) -> None:
    (tmp_path / "nginx" / "files" / "v2").mkdir(parents=True)
    (tmp_path / "nginx" / "files" / "v2" / "files").write_bytes(PIECE * 100)
    with on_nginx(tmp_path / "nginx") as backend, fronting(backend, tmp_path) as gateway:
        token = gateway.token("read")
        whole = gateway.call("GET", "/v2/files", token=token)
        part = gateway.call("GET", "/v2/files", token=token, headers=[("Range", "bytes=0-3")])
        known = [("If-None-Match", whole.header("etag"))]
        unchanged = gateway.call("GET", "/v2/files", token=token, headers=known)

    assert whole.body == PIECE * 100
    assert (part.status, part.body) == (206, PIECE[:4])
    assert (unchanged.status, unchanged.body) == (304, b"")


@pytest.mark.service("nginx")
def test_a_certificate_of_the_backend_is_verified(tmp_path: Path) -> None:
    folder = tmp_path / "nginx"
    folder.mkdir()
    _make_certificate(folder)
    tls = f"ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;"
    with on_nginx(folder, tls=tls) as backend:
        secure = _Secure(port=backend.port)
        with fronting(secure, tmp_path, SSL_CERT_FILE=str(folder / "cert.pem")) as gateway:
            trusted = gateway.call("GET", "/v2/open")
        with fronting(secure, tmp_path) as gateway:
            untrusted = gateway.call("GET", "/v2/open")
        other = _Secure(port=backend.port, host="localhost")
        with fronting(other, tmp_path, SSL_CERT_FILE=str(folder / "cert.pem")) as gateway:
            another_name = gateway.call("GET", "/v2/open")

    assert (trusted.status, trusted.body) == (200, b"/v2/open")
    assert untrusted.status == 502
    assert another_name.status == 502


class _Secure(Backend):
    """A backend that speaks TLS."""

    def __init__(self, *, port: int, host: str = "127.0.0.1") -> None:
        super().__init__(port=port)
        self.host = host

    @property
    def url(self) -> str:
        return f"https://{self.host}:{self.port}"


def _make_certificate(folder: Path) -> None:
    """A certificate for 127.0.0.1 alone, which signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "backend")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    ssl.create_default_context(cafile=str(folder / "cert.pem"))


def _ask(client: socket.socket, request: bytes, *, times: int) -> None:
    """Send a request again and again on one connection; each answer has a body with a length."""
    with client.makefile("rb") as stream:
        for _ in range(times):
            client.sendall(request)
            length = 0
            while line := stream.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            assert len(stream.read(length)) == length
