"""A browser at `/admin/` of a real server: signed in or not, from our origin or another."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from gateway.app.composition import Composition
from gateway.settings import load_settings
from tests.corpus.server import DocumentServer, serve_document
from token_service.admin import Administration
from token_service.entities import User
from token_service.store.engine import Engine

DOCUMENT = Path(__file__).parents[2] / "openapi" / "openapi.yaml"
OWN = "http://localhost:8000"
PASSWORD = "a-password-of-somebody"
VIEWS = ("user", "group", "client", "grant", "refresh-token", "api-key", "song", "album")
#: views whose rows can be made, and changed
CREATED = ("user", "group", "song", "album")
CHANGED = (*CREATED, "client")
PAGES = (
    "/admin/",
    *(f"/admin/{view}/list" for view in VIEWS),
    *(f"/admin/{view}/details/1" for view in VIEWS),
    *(f"/admin/{view}/export/json" for view in VIEWS),
    *(f"/admin/{view}/create" for view in CREATED),
    *(f"/admin/{view}/edit/1" for view in CHANGED),
    "/admin/user/list?search=ali&sortBy=username&sort=desc",
    "/admin/grant/action/revoke?pks=1",
)
FILE = {"schemes": {"session_cookie": {"session": True}}}


@dataclass(frozen=True, slots=True)
class Desk:
    """A server with somebody of staff, and how to speak to its pages."""

    server: DocumentServer
    engine: Engine
    staff: User
    #: without cookies of its own; made once, since making one reads all certificates
    http: httpx.Client
    #: the cookie of `staff`
    signed_in: dict[str, str] = field(default_factory=dict)
    #: the texts of sessions, which no page may show
    sessions: list[str] = field(default_factory=list)

    @property
    def administration(self) -> Administration:
        return self.server.application.tokens.administration

    def session_of(self, user: User) -> str:
        session = self.server.application.tokens.sessions.open(user)
        self.sessions.append(session)
        return session

    def cookie_of(self, user: User) -> dict[str, str]:
        name = self.server.application.tokens.session_cookie
        return {"Cookie": f"{name}={self.session_of(user)}"}

    @property
    def as_staff(self) -> dict[str, str]:
        if not self.signed_in:
            self.signed_in.update(self.cookie_of(self.staff))
        return self.signed_in

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request as it is, signed in as nobody."""
        self.http.cookies.clear()
        return self.http.request(method, path, **more)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Open a page as staff."""
        return self.ask("GET", path, headers={**self.as_staff, **headers})

    def post(self, path: str, fields: Mapping[str, Any], **headers: str) -> httpx.Response:
        """Send a form as staff."""
        sent = {**self.as_staff, "Origin": OWN, **headers}
        return self.ask("POST", path, headers=sent, data=fields)

    def edit(self, path: str, fields: Mapping[str, Any]) -> httpx.Response:
        """Open a form, and send it back with these fields and the seal that it had."""
        return self.post(path, {**fields, "seen": seal_of(self.get(path)), "save": "Save"})

    def delete(self, view: str, row_id: int, **headers: str) -> httpx.Response:
        """Delete a row as the button does."""
        sent = {**self.as_staff, "Origin": OWN, **headers}
        return self.ask("DELETE", f"/admin/{view}/delete?pks={row_id}", headers=sent)


@contextmanager
def desk_at(home: Path, *, with_music: bool = True, **flags: str) -> Iterator[Desk]:
    """Serve the demo's document with one member of staff, on a database of its own."""
    settings = load_settings(flags={"home": str(home), **flags}, environment={}, file=FILE)
    composition = Composition(with_demo_handlers=with_music, mocks=not with_music)
    with serve_document(DOCUMENT, settings, composition) as (server, engine):
        administration = server.application.tokens.administration
        staff = administration.create_user("alice", PASSWORD, staff=True)
        with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as http:
            yield Desk(server, engine, staff, http)


@dataclass(frozen=True, slots=True)
class Filled:
    """A desk with a row of each kind, and the secrets that were made with them."""

    desk: Desk
    secrets: frozenset[str]


def fill(desk: Desk) -> Filled:
    administration = desk.administration
    administration.create_group("editors", scopes="read write")
    bob = administration.create_user("bob", PASSWORD, groups=["editors"])
    created = administration.create_client(
        "Player",
        grants=["password", "refresh_token"],
        owner=bob,
        redirect_uris=["http://localhost/"],
    )
    assert created.secret is not None
    for path, form in (
        ("album", {"name": "Blue", "artist": bob.id, "release_date": "1971-06-22", "num_stars": 5}),
        ("song", {"title": "Carey", "artist": "Joni Mitchell", "year": "1971", "album": 1}),
    ):
        assert desk.post(f"/admin/{path}/create", {**form, "save": "Save"}).status_code == 302
    form = {"grant_type": "password", "username": "bob", "password": PASSWORD, "scope": "read"}
    answer = desk.ask(
        "POST", "/o/token/", data=form, auth=(created.client.client_id, created.secret)
    ).json()
    key = desk.server.application.tokens.api_keys.create("key", roles=["reader"], user=bob)
    plain = {
        key.text,
        key.text[9:],
        created.secret,
        answer["access_token"],
        answer["refresh_token"],
        PASSWORD,
    }
    return Filled(desk, frozenset(plain))


def seal_of(page: httpx.Response) -> str:
    """The hidden field that tells what a form showed at first."""
    found = re.search(r'name="seen" type="hidden" value="([0-9a-f]{64})"', page.text)
    assert found, page.text
    return found[1]


def complaint_of(page: httpx.Response) -> str:
    """What a page says that it refused."""
    found = re.search(r'role="alert">(.*?)</div>', page.text, re.DOTALL)
    assert found, page.text
    return unescape(found[1]).strip()
