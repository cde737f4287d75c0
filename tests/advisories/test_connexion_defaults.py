"""What Connexion and PyJWT do when they are left to themselves, asked of the gateway (F4, F10).

Claims, `typ`, scopes and the challenge are in `test_jwt_at_the_resource`.
"""

import json
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.app.composition import Composition
from gateway.errors import DocumentError
from gateway.lint.rules import lint
from gateway.load import load_document
from gateway.settings import Settings
from gateway.spec.read import read_description
from tests.corpus.server import DocumentServer, serve_document
from tests.unit.app.homes import settings_in

ADMITS_ALL = f"{__name__}.admit_all"
VARIABLES = {
    "TOKENINFO_FUNC": ADMITS_ALL,
    "SCOPEVALIDATE_FUNC": f"{__name__}.any_scope_will_do",
    "BEARERINFO_FUNC": ADMITS_ALL,
    "BASICINFO_FUNC": ADMITS_ALL,
    "APIKEYINFO_FUNC": ADMITS_ALL,
    "TOKENINFO_URL": "http://127.0.0.1:{port}/info",
}
FLOWS = {"clientCredentials": {"tokenUrl": "/o/token/", "scopes": {"read": "", "write": ""}}}
SCHEMES: dict[str, dict[str, Any]] = {
    "oauth": {"type": "oauth2", "flows": FLOWS},
    "other": {"type": "oauth2", "flows": FLOWS},
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
}
FUNCTIONS = {
    "oauth": {
        "x-tokenInfoFunc": ADMITS_ALL,
        "x-scopeValidateFunc": VARIABLES["SCOPEVALIDATE_FUNC"],
    },
    "other": {"x-tokenInfoUrl": VARIABLES["TOKENINFO_URL"]},
    "bearer": {"x-bearerInfoFunc": ADMITS_ALL},
    "basic": {"x-basicInfoFunc": ADMITS_ALL},
    "key": {"x-apikeyInfoFunc": ADMITS_ALL},
}
#: path -> what it needs
NEEDS = {
    "/oauth": [{"oauth": ["read"]}],
    "/both": [{"oauth": ["read"], "other": ["write"]}],
    "/bearer": [{"bearer": []}],
    "/basic": [{"basic": []}],
    "/key": [{"key": []}],
}
OK = {"200": {"description": "ok"}}


def admit_all(*_: Any, **__: Any) -> dict[str, Any]:
    """What a checker that admits everybody looks like to Connexion."""
    return {"active": True, "sub": "mallory", "uid": "mallory", "scope": "read write"}


def any_scope_will_do(*_: Any, **__: Any) -> bool:
    return True


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def written(folder: Path, members: Mapping[str, Any], **more: Any) -> Path:
    """A document with all schemes, each operation under the name of code that must not run."""
    paths = {
        path: {"get": {"operationId": f"os.getcwd{path[1:]}", "security": needs, "responses": OK}}
        for path, needs in NEEDS.items()
    }
    paths["/songs"] = {"get": {"operationId": "os.getcwd", "security": [], "responses": OK}}
    schemes = {name: {**scheme, **members.get(name, {})} for name, scheme in SCHEMES.items()}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {**paths, **more.pop("paths", {})},
        "components": {"securitySchemes": schemes, **more},
    }
    place = folder / "document.json"
    place.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return place


def settings(folder: Path) -> Settings:
    return settings_in(folder / "home")


def is_closed(server: DocumentServer, listener: socket.socket) -> None:
    """Assert that nobody gets in but who should, and that nobody was asked elsewhere."""
    credentials = [
        ("Authorization", "Bearer junk"),
        ("Authorization", "Basic YTpi"),
        ("X-Key", "k"),
    ]
    for path in NEEDS:
        for headers in ([], *([header] for header in credentials)):
            assert server.send("GET", path, headers).status == 401, (path, headers)
    tokens = server.application.tokens
    for scope, statuses in {
        "read": (200, 403),
        "write": (403, 403),
        "read write": (200, 200),
    }.items():
        token = tokens.mint("user:a", scope.split(), client_id="c", ttl=60)
        header = [("Authorization", f"Bearer {token}")]
        answers = tuple(server.send("GET", path, header).status for path in ("/oauth", "/both"))
        assert answers == statuses, scope
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("variable", VARIABLES)
def test_f10_no_variable_of_the_environment_replaces_a_check(
    tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    port = listener.getsockname()[1]
    monkeypatch.setenv(variable, VARIABLES[variable].format(port=port))

    with serve_document(written(tmp_path, {}), settings(tmp_path), Composition(mocks=True)) as (
        server,
        _,
    ):
        is_closed(server, listener)


def test_f10_no_function_and_no_url_of_the_document_replaces_a_check(
    tmp_path: Path, listener: socket.socket
) -> None:
    port = listener.getsockname()[1]
    named = json.loads(json.dumps(FUNCTIONS).replace("{port}", str(port)))

    with serve_document(written(tmp_path, named), settings(tmp_path), Composition(mocks=True)) as (
        server,
        _,
    ):
        is_closed(server, listener)


@pytest.mark.parametrize(("mocks", "status"), [(True, 200), (False, 501)])
def test_f10_an_operation_id_names_no_code(tmp_path: Path, mocks: bool, status: int) -> None:
    with serve_document(written(tmp_path, {}), settings(tmp_path), Composition(mocks=mocks)) as (
        server,
        _,
    ):
        answer = server.send("GET", "/songs", [])

    assert answer.status == status
    assert str(Path.cwd()).encode() not in answer.body


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "unknown-scheme": (
        {"paths": {"/x": {"get": {"security": [{"nope": []}], "responses": OK}}}},
        "undeclared-scheme",
    ),
    "reference-to-itself": (
        {"paths": {"/x": {"$ref": "#/paths/~1x"}}},
        "reference",
    ),
    "references-in-a-ring": (
        {"paths": {"/x": {"$ref": "#/paths/~1y"}, "/y": {"$ref": "#/paths/~1x"}}},
        "reference",
    ),
    "url": ({"paths": {"/x": {"$ref": "http://127.0.0.1:{port}/x.json"}}}, "reference"),
    "file-url": ({"paths": {"/x": {"$ref": "file:///etc/passwd"}}}, "reference"),
    "absolute-path": ({"paths": {"/x": {"$ref": "/etc/passwd"}}}, "reference"),
}


@pytest.mark.parametrize(("more", "rule"), REFUSED.values(), ids=REFUSED)
def test_f10_what_connexion_stumbles_over_or_fetches_is_refused_with_its_place(
    tmp_path: Path, listener: socket.socket, more: dict[str, Any], rule: str
) -> None:
    port = str(listener.getsockname()[1])
    place = written(tmp_path, {}, **json.loads(json.dumps(more).replace("{port}", port)))

    with pytest.raises(DocumentError) as raised:
        load_document(read_description(str(place)), settings(tmp_path))

    (fault,) = raised.value.faults
    assert rule in fault.rule, fault
    assert fault.origin.line > 1
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_f10_an_undeclared_scope_loads_with_a_word_and_is_needed_as_written(
    tmp_path: Path,
) -> None:
    paths = {"/x": {"get": {"security": [{"oauth": ["nope"]}], "responses": OK}}}
    place = written(tmp_path, {}, paths=paths)

    with serve_document(place, settings(tmp_path), Composition(mocks=True)) as (server, _):
        tokens = server.application.tokens
        token = tokens.mint("user:a", ["read", "write"], client_id="c", ttl=60)
        answer = server.send("GET", "/x", [("Authorization", f"Bearer {token}")])

    assert answer.status == 403
    (found,) = [f for f in lint(server.application.document) if f.rule == "undeclared-scope"]
    assert "`nope`" in found.message


@pytest.mark.parametrize("target", ["/oauth/", "/songs/", "/songs//", "/SONGS", "//songs"])
def test_f4_no_path_is_redirected_to_a_host_that_the_sender_chose(
    tmp_path: Path, target: str
) -> None:
    with serve_document(written(tmp_path, {}), settings(tmp_path), Composition(mocks=True)) as (
        server,
        _,
    ):
        raw = f"GET {target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(raw.encode())
            received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert received.startswith(b"HTTP/1.1 404 ")
    assert b"location" not in received.lower().split(b"\r\n\r\n")[0]
    assert b"evil" not in received
