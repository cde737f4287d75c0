"""The document of django-oauth-toolkit's tutorial, served with --mock and without an edit."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.e2e.servers import SONGS, Server, serving

BODIES: Mapping[str, Mapping[str, Any]] = {
    "no body": {},
    "json": {"json": {"title": "Blue", "artist": "Joni"}},
    "form": {"form": {"title": "Blue", "artist": "Joni", "scope": "write"}},
}


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The document, answered by its examples."""
    with serving(SONGS, "--mock", folder=tmp_path_factory.mktemp("songs")) as server:
        yield server


@pytest.fixture(scope="module")
def put_widget(songs: Server) -> str:
    """A token with a scope that no client can be granted."""
    return songs.mint("put widget")


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize(
    ("scope", "method", "status"),
    [
        pytest.param("create", "POST", 201, id="POST with create"),
        pytest.param("post widget", "POST", 201, id="POST with post and widget"),
        pytest.param("post", "POST", 403, id="POST with post alone"),
        pytest.param("update", "PUT", 204, id="PUT with update"),
        pytest.param("widget", "PUT", 403, id="PUT with widget alone"),
        pytest.param("delete", "DELETE", 200, id="DELETE with delete"),
        pytest.param("scope2 scope3", "DELETE", 200, id="DELETE with scope2 and scope3"),
        pytest.param("scope2", "DELETE", 403, id="DELETE with scope2 alone"),
        pytest.param("read", "GET", 200, id="GET with read"),
        pytest.param("create", "GET", 403, id="GET with create"),
    ],
)
def test_each_alternative_of_the_document_decides(
    songs: Server, scope: str, method: str, status: int, body: Mapping[str, Any]
) -> None:
    answer = songs.call(method, "/songs", token=songs.token(scope), **body)

    assert answer.status == status, answer.body


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_scope_that_the_document_forgot_to_declare_can_be_minted(
    songs: Server, put_widget: str, body: Mapping[str, Any]
) -> None:
    answer = songs.call("PUT", "/songs", token=put_widget, **body)

    assert (answer.status, answer.body) == (204, b"")


def test_scope_that_the_document_forgot_to_declare_cannot_be_granted(songs: Server) -> None:
    answer = songs.call(
        "POST",
        "/o/token/",
        form={"grant_type": "client_credentials", "scope": "put widget", **songs.client},
    )

    assert (answer.status, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_nobody_passes_without_a_token(songs: Server, method: str) -> None:
    answer = songs.call(method, "/songs")

    assert answer.status == 401
    assert answer.header("www-authenticate").startswith('Bearer realm="song_auth"')
    assert "error=" not in answer.header("www-authenticate")
