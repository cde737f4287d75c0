"""What clients learn of the API as a protected resource, and where a 401 tells them to look."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.app.composition import Composition
from tests.corpus.server import DocumentServer, serve_document, settings_for

DOCUMENT = Path(__file__).parents[2] / "openapi" / "openapi.yaml"
PATH = "/.well-known/oauth-protected-resource"
OWN = "http://localhost:8000"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentServer]:
    settings = settings_for(tmp_path_factory.mktemp("resource") / "home")
    with serve_document(DOCUMENT, settings, Composition(mocks=True)) as (served, _):
        yield served


def test_the_metadata_names_the_resource_its_issuer_and_its_scopes(server: DocumentServer) -> None:
    answer = server.send("GET", PATH, [])

    assert answer.status == 200
    metadata = json.loads(answer.body)
    scopes = metadata.pop("scopes_supported")
    assert {"read", "write", "create", "music:read"} <= set(scopes)
    assert metadata == {
        "resource": OWN,
        "authorization_servers": [f"{OWN}/o"],
        "bearer_methods_supported": ["header"],
        "resource_name": "Songs and albums",
        "resource_documentation": f"{OWN}/openapi.yaml",
    }


def test_the_issuer_that_it_names_answers_for_itself(server: DocumentServer) -> None:
    issuer = json.loads(server.send("GET", PATH, []).body)["authorization_servers"][0]

    path = issuer.removeprefix(OWN)
    metadata = json.loads(
        server.send("GET", f"/.well-known/oauth-authorization-server{path}", []).body
    )

    assert metadata["issuer"] == issuer


@pytest.mark.parametrize("authorization", [None, "Bearer junk"])
def test_a_401_says_where_the_metadata_is(
    server: DocumentServer, authorization: str | None
) -> None:
    headers = [("Authorization", authorization)] if authorization else []

    answer = server.send("GET", "/songs", headers)

    (challenge,) = (value for name, value in answer.headers if name == "www-authenticate")
    found = re.search(r'resource_metadata="([^"]*)"', challenge)
    assert (answer.status, found and found[1]) == (401, OWN + PATH)


def test_a_403_says_nothing_of_it(server: DocumentServer) -> None:
    token = server.application.tokens.mint("user:x", ["groups"], client_id="c", ttl=60)

    answer = server.send("GET", "/songs", [("Authorization", f"Bearer {token}")])

    (challenge,) = (value for name, value in answer.headers if name == "www-authenticate")
    assert answer.status == 403
    assert "resource_metadata" not in challenge


def test_nothing_is_below_it(server: DocumentServer) -> None:
    assert server.send("GET", f"{PATH}/x", []).status == 404
    assert server.send("POST", PATH, []).status == 405
