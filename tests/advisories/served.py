"""A token service and a gateway that trusts it, on one real server that attacks are sent to."""

import base64
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.types import ASGIApp

from gateway.app.compose import compose
from gateway.app.composition import Composition
from gateway.edge.entry import Entry
from gateway.load import load_document
from gateway.spec.read import read_description
from tests.corpus.server import DocumentServer
from tests.e2e.wire import Reply, read_reply
from tests.edge.token_service.world import AUDIENCE, ISSUER, PASSWORD, World, make_world
from tests.unit.app.homes import settings_in
from token_service.endpoints import Endpoints
from token_service.grants.context import GrantContext
from token_service.passwords import SecretHasher
from token_service.settings import TokenServiceSettings
from token_service.throttle import Throttle

FORM = ("Content-Type", "application/x-www-form-urlencoded")
TOKEN = "/o/token/"
#: reading needs `read`, creating `create`, or `post` and `widget`
DOCUMENT = Path(__file__).parents[1] / "corpus" / "documents" / "seed-songs.yaml"
_SECONDS = 20
#: RFC 6749 s5.2, app. A.8
_DESCRIPTION = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]{1,200}")

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Served:
    """What runs, and how to speak to it over a socket."""

    world: World
    port: int
    #: the loopback address that requests come from
    source: str = "127.0.0.1"

    def send(self, method: str, target: str, headers: Headers = (), body: bytes = b"") -> Reply:
        """Send one request octet for octet; a body tells its length unless a header does."""
        told = [("Host", "localhost"), ("Connection", "close"), *headers]
        if body and not any(name.lower() == "content-length" for name, _ in told):
            told.append(("Content-Length", str(len(body))))
        lines = "".join(f"{name}: {value}\r\n" for name, value in told)
        head = f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1")
        with socket.create_connection(
            ("127.0.0.1", self.port), timeout=_SECONDS, source_address=(self.source, 0)
        ) as connection:
            connection.sendall(head + body)
            return read_reply(connection, has_body=method != "HEAD")

    def form(self, *pairs: tuple[str, str], client: Headers | None = None) -> Reply:
        """Post a form to the token endpoint as this world's client, or as another one."""
        return self.post(urlencode(pairs).encode(), client=client)

    def post(self, body: bytes, *, client: Headers | None = None) -> Reply:
        """Post any octets to the token endpoint as a form."""
        headers = [*(self.client if client is None else client), FORM]
        return self.send("POST", TOKEN, headers, body)

    def password(self, **changes: str) -> Reply:
        """The password grant for alice, but for the changes."""
        form = {"grant_type": "password", "username": "alice", "password": PASSWORD, **changes}
        return self.form(*form.items())

    def refresh(self, refresh_token: str, *, client: Headers | None = None, **more: str) -> Reply:
        """The refresh grant."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **more}
        return self.form(*form.items(), client=client)

    def songs(self, token: str, method: str = "GET") -> Reply:
        """Ask the gateway with a bearer token."""
        return self.send(method, "/songs", [("Authorization", f"Bearer {token}")])

    @property
    def client(self) -> Headers:
        """How this world's client proves itself."""
        return tuple(self.world.basic.items())


@contextmanager
def served_world(folder: Path, *, hasher: SecretHasher | None = None) -> Iterator[Served]:
    """Serve a world of its own, with hashes that cost little and a clock that tests move.

    A `hasher` takes the place of the one that checks passwords and client secrets.
    """
    world = make_world(folder)
    settings = settings_in(folder)
    loaded = load_document(read_description(str(DOCUMENT)), settings)
    chosen = Composition(mocks=True, clock=world.clock)
    application = compose(loaded, settings, world.engine, composition=chosen)
    tokens = world.service.asgi if hasher is None else _checked_by(hasher, world, folder)
    entry = Entry(application.asgi.served, token_service=tokens)
    server = DocumentServer.start(replace(application, asgi=entry, served=entry))
    try:
        yield Served(world, server.port)
    finally:
        server.stop()
        world.engine.dispose()


def _checked_by(hasher: SecretHasher, world: World, folder: Path) -> ASGIApp:
    """The world's token endpoint, put together by hand around another hasher."""
    settings = TokenServiceSettings(
        home=folder, database_url=str(world.engine.url), issuer=ISSUER, audience=AUDIENCE
    )
    context = GrantContext(
        settings=settings,
        engine=world.engine,
        keyring=world.service.keyring,
        declared=world.document,
        hasher=hasher,
        throttle=Throttle(world.engine),
        clock=world.clock,
    )
    return Starlette(routes=Endpoints(context, on_revoked=lambda: None).routes())


def raw_basic(pair: bytes) -> tuple[str, str]:
    """Basic credentials of any octets."""
    return ("Authorization", "Basic " + base64.b64encode(pair).decode())


def refused(reply: Reply, status: int, code: str) -> None:
    """Assert a refusal of RFC 6749 s5.2 with everything that goes with it."""
    assert (reply.status, reply.json()["error"]) == (status, code), reply.body
    assert _DESCRIPTION.fullmatch(reply.json()["error_description"])
    assert set(reply.json()) == {"error", "error_description"}
    assert reply.header("content-type") == "application/json"
    assert reply.header("cache-control") == "no-store"
    assert reply.header("pragma") == "no-cache"
    assert reply.header("x-content-type-options") == "nosniff"
    assert reply.header("www-authenticate").startswith("Basic realm=") is (status == 401)
