"""HTTP/1.1 by hand over a socket: what is sent is what stands here, octet for octet."""

import json as json_
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: names of headers are in lower case, none is folded away."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for found, value in self.headers if found == name]

    def header(self, name: str) -> str:
        """The one value of a header; the empty text if it was not sent."""
        values = self.all(name)
        assert len(values) <= 1, f"{name} was sent {len(values)} times"
        return values[0] if values else ""

    def json(self) -> Any:
        """The body as JSON."""
        return json_.loads(self.body)


def exchange(
    port: int,
    method: str,
    target: str,
    *,
    token: str | None = None,
    json: object = None,
    form: Mapping[str, object] | None = None,
    headers: Sequence[tuple[str, str]] = (),
) -> Reply:
    """Send one request to this machine and read its answer to the end."""
    lines = [("Host", f"localhost:{port}"), ("Connection", "close"), *headers]
    body = b""
    if token is not None:
        lines.append(("Authorization", f"Bearer {token}"))
    if json is not None:
        body = json_.dumps(json).encode()
        lines.append(("Content-Type", "application/json"))
    if form is not None:
        body = urlencode(form).encode()
        lines.append(("Content-Type", "application/x-www-form-urlencoded"))
    if body:
        lines.append(("Content-Length", str(len(body))))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines)
    return send_raw(port, f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body)


def send_raw(port: int, request: bytes) -> Reply:
    """Send octets and read one answer; the sending side stays open until it is there."""
    with socket.create_connection(("127.0.0.1", port), timeout=_SECONDS) as connection:
        connection.sendall(request)
        return read_reply(connection, has_body=not request.startswith(b"HEAD "))


def read_reply(connection: socket.socket, *, has_body: bool = True) -> Reply:
    """Read one answer from a socket."""
    with connection.makefile("rb") as stream:
        status = int(stream.readline().split()[1])
        headers: list[tuple[str, str]] = []
        while line := stream.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers.append((name.lower(), value.strip()))
        told = dict(headers)
        if not has_body:
            return Reply(status, tuple(headers), stream.read())
        if told.get("transfer-encoding", "").lower() == "chunked":
            return Reply(status, tuple(headers), _read_chunks(stream))
        length = told.get("content-length")
        body = stream.read(int(length)) if length is not None else b""
        return Reply(status, tuple(headers), body)


def read_to_end(connection: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    received = bytearray()
    while piece := connection.recv(65_536):
        received += piece
    return bytes(received)


def _read_chunks(stream: Any) -> bytes:
    body = b""
    while size := int(stream.readline().split(b";")[0], 16):
        body += stream.read(size)
        stream.readline()
    return body
