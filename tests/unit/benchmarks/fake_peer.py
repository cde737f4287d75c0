"""A server of the songs, right or with one fault, on a port of its own."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from benchmarks.songs.data import ADDING, READING, SONGS, opens

#: the tokens, and the scopes that they have; any other is none
SCOPES: Mapping[str, str] = {
    "read": "read",
    "create": "create",
    "read_alternative": "songs admin",
    "create_alternative": "widget post",
    "wrong": "write other",
    "half": "admin post",
}
TOKENS = {name: name for name in (*SCOPES, "expired", "forged", "revoked")}


class _Songs(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    #: the fault that it has
    fault = ""

    def do_GET(self) -> None:
        status = self._allowed("read-anything", READING)
        limit = urlsplit(self.path).query.partition("=")[2] or "20"
        if status == 200 and not 1 <= int(limit) <= 100 and self.fault != "parameters":
            status = 400
        self._answer(status, list(SONGS)[: 2 if self.fault == "songs" else 20])

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        status = self._allowed("add-anything", ADDING)
        if status != 200:
            self._answer(status, {})
        elif self.headers["content-type"] != "application/json" and self.fault != "types":
            self._answer(415, {})
        else:
            self._add(json.loads(raw))

    def log_message(self, *_: object) -> None:
        pass

    def _add(self, song: dict[str, object]) -> None:
        is_valid = bool(song.get("title")) and isinstance(song.get("year"), int)
        status = 201 if is_valid or self.fault == "bodies" else 400
        self._answer(status, {"id": 5, **song})

    def _allowed(self, fault: str, alternatives: tuple[frozenset[str], ...]) -> int:
        token = self.headers.get("authorization", "").removeprefix("Bearer ")
        known = {**SCOPES, "revoked": "read"} if self.fault == "revoked" else SCOPES
        if token not in known:
            return 200 if self.fault == "anyone" else 401
        return 200 if self.fault == fault or opens(known[token], alternatives) else 403

    def _answer(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def fake_peer(fault: str = "") -> Iterator[int]:
    """The port of a peer with one fault, or with none."""
    handler = type("Faulty", (_Songs,), {"fault": fault})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
