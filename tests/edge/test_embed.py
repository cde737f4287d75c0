"""`scopegate.guard`: whose tokens it believes, what stops it, and what it brings along."""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from starlette.types import Receive, Scope, Send

import scopegate
from gateway.errors import DocumentError, SettingsError, UsageError
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import document, operation
from tests.unit.tokens.minting import AUDIENCE, ISSUER, mint, public_jwk

READ = [{"oauth": ["read"]}]
TEXT = document(
    {"/a": {"get": operation(READ), "put": operation(READ)}, "/b": {"get": operation()}}
)
HERE = {"host": "localhost:8000"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and no settings from outside."""
    monkeypatch.chdir(tmp_path)
    for name in ("SCOPEGATE_HOME", "SCOPEGATE_SPEC", "SCOPEGATE_TRUSTED_ISSUER"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture(scope="module")
def jwks() -> Iterator[str]:
    """The URL at which an issuer publishes its keys."""
    body = json.dumps({"keys": [public_jwk("EdDSA")]}).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/jwks"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def inner(scope: Scope, _receive: Receive, send: Send) -> None:
    body = json.dumps({"subject": scopegate.caller(scope).subject}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def written(text: dict[str, Any] = TEXT) -> Path:
    file = Path("api.json")
    file.write_text(json.dumps(text), "utf-8")
    return file


def send(app: Any, target: str, headers: Any = HERE, *, method: str = "GET") -> Reply:
    return asyncio.run(call(app, method, target, headers))


def bound_to(jwks: str, *, issuer: str = ISSUER, name: str = '"*"') -> None:
    table = f'[schemes.{name}]\nissuer = "{issuer}"\njwks_uri = "{jwks}"\naudience = "{AUDIENCE}"\n'
    Path("scopegate.toml").write_text(table, "utf-8")


def fresh(scope: str, **claims: Any) -> dict[str, str]:
    """The header of a caller whose token is valid now, by the clock of this machine."""
    now = int(time.time())
    text = mint(**{"iat": now, "exp": now + 60, "sub": "user:1", "scope": scope, **claims})
    return {"authorization": f"Bearer {text}"}


@pytest.mark.parametrize("name", ['"*"', "oauth"])
def test_tables_of_schemes_say_whose_tokens_are_believed(jwks: str, name: str) -> None:
    bound_to(jwks, name=name)
    app = scopegate.guard(inner, spec=written())

    permitted = send(app, "/a", fresh("read"))
    lacking = send(app, "/a", fresh("write"))
    foreign = send(app, "/a", fresh("read", iss="https://elsewhere.example"))

    assert (permitted.status, permitted.json()) == (200, {"subject": "user:1"})
    assert lacking.problem() == (403, "insufficient-scope")
    assert foreign.problem() == (401, "invalid-credential")


def test_an_issuer_that_is_away_is_503_and_never_a_permit() -> None:
    app = scopegate.guard(inner, spec=written(), issuer="http://127.0.0.1:9", audience=AUDIENCE)

    assert send(app, "/a", fresh("read", iss="http://127.0.0.1:9")).status == 503
    assert send(app, "/a").status == 401
    assert send(app, "/b").status == 200


def test_without_a_word_on_trust_there_is_no_guard() -> None:
    with pytest.raises(SettingsError) as stopped:
        scopegate.guard(inner, spec=written())

    message = str(stopped.value)
    assert message.startswith("api.json:1:")
    assert "nothing says whose credentials of `oauth` are believed" in message
    assert "`issuer` and `audience`" in message


def test_a_document_that_asks_for_no_credential_needs_no_trust() -> None:
    app = scopegate.guard(inner, spec=written(document({"/b": {"get": operation()}})))

    assert send(app, "/b").status == 200


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"issuer": "https://a.example"}, "also needs the audience"),
        ({"audience": "a"}, "add --issuer"),
        ({"home": "nowhere"}, "is the home of no token service"),
        ({"base_pth": "/v1"}, "base_path"),
        ({"upstream": "http://127.0.0.1:1"}, "is for `scopegate serve`"),
        ({"denial_detail": "some"}, "full"),
    ],
)
def test_settings_that_cannot_be_meant_stop_it(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        scopegate.guard(inner, spec=written(), **settings)


def test_a_fault_of_the_document_stops_it_with_its_place() -> None:
    text = document({"/a": {"get": {**operation(), "security": [{"nowhere": []}]}}})
    file = Path("api.yaml")
    file.write_text(json.dumps(text, indent=1), "utf-8")

    with pytest.raises(DocumentError, match=r"^api\.yaml:\d+:\d+: error undeclared-scheme"):
        scopegate.guard(inner, spec=file)


def test_keys_of_the_store_need_a_home(jwks: str) -> None:
    bound_to(jwks, name="oauth")
    with Path("scopegate.toml").open("a", encoding="utf-8") as file:
        file.write('[schemes.key]\nkeys = "local"\n')
    key = {"type": "apiKey", "in": "header", "name": "X-Key"}
    text = document({"/a": {"get": operation([{"key": []}])}}, schemes={"key": key})
    text["components"]["securitySchemes"]["oauth"] = TEXT["components"]["securitySchemes"]["oauth"]

    with pytest.raises(SettingsError, match="credentials of `key`"):
        scopegate.guard(inner, spec=written(text))


def test_a_preflight_of_a_configured_origin_is_answered_before(jwks: str) -> None:
    bound_to(jwks)
    app = scopegate.guard(inner, spec=written(), cors_origins="https://web.example")
    asked = {"origin": "https://web.example", "access-control-request-method": "PUT"}

    reply = send(app, "/a", asked, method="OPTIONS")

    assert reply.header("access-control-allow-origin") == "https://web.example"


def test_minimal_detail_says_less(jwks: str) -> None:
    bound_to(jwks)
    app = scopegate.guard(inner, spec=written(), denial_detail="minimal")

    assert "missing" not in send(app, "/a", fresh("write")).json()


def test_problems_are_explained_and_the_matrix_is_for_this_machine_alone(jwks: str) -> None:
    bound_to(jwks)
    app = scopegate.guard(inner, spec=written())

    assert send(app, "/-/problems/not-found").status == 200
    assert send(app, "/-/matrix").status == 200
    assert send(app, "/-/matrix/matrix.js").status == 200
    assert send(app, "/-/matrix", {"host": "api.example"}).problem() == (404, "not-found")


def test_it_is_a_middleware_that_starlette_and_fastapi_can_add(jwks: str) -> None:
    bound_to(jwks)
    api = FastAPI()

    @api.get("/a")
    def a(request: Request) -> str | None:
        return scopegate.caller(request).subject

    @api.get("/{other}")
    def other() -> str:
        return "never"

    guarding: Any = scopegate.guard  # mypy does not match `**settings` with a ParamSpec
    api.add_middleware(guarding, spec=written())

    assert send(api, "/a", fresh("read")).json() == "user:1"
    assert send(api, "/a").problem() == (401, "unauthenticated")
    assert send(api, "/else", fresh("read")).problem() == (404, "not-found")
    # the document has it, and the route that would answer is another one
    assert send(api, "/b").problem() == (404, "not-found")


def test_the_usual_document_is_found() -> None:
    Path("openapi.yaml").write_text(json.dumps(document({"/b": {"get": operation()}})), "utf-8")

    assert send(scopegate.guard(inner), "/b").status == 200


def test_without_a_document_there_is_no_guard() -> None:
    with pytest.raises(UsageError, match="name the document"):
        scopegate.guard(inner)


def test_importing_the_public_face_loads_neither_a_server_nor_a_database() -> None:
    probe = "import sys, scopegate; print(*{n.partition('.')[0] for n in sys.modules})"
    root = Path(scopegate.__file__).parents[1]
    ran = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=root
    )

    assert not {"connexion", "sqlalchemy", "starlette", "uvicorn"} & set(ran.stdout.split())
