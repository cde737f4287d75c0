"""An issuer elsewhere: a JWKS on a loopback port, which can be away."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.unit.tokens.minting import public_jwk


@dataclass
class Issuer:
    """What the server answers, and how often it was asked."""

    port: int = 0
    is_away: bool = False
    redirects_to: str | None = None
    jwks: Mapping[str, Any] = field(default_factory=lambda: {"keys": [public_jwk("ES256")]})
    requests: list[str] = field(default_factory=list)

    @property
    def jwks_uri(self) -> str:
        return f"http://127.0.0.1:{self.port}/jwks"


@contextmanager
def issuer_elsewhere() -> Iterator[Issuer]:
    """Serve the key set of an issuer until the end of the block."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.requests.append(self.path)
            body = json.dumps(issuer.jwks).encode()
            if issuer.redirects_to and self.path == "/jwks":
                self.send_response(302)
                self.send_header("Location", issuer.redirects_to)
            else:
                self.send_response(500 if issuer.is_away else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
