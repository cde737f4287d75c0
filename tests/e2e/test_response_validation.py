"""The demo under `serve --response-validation`: its own answers match its document."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.servers import DEMO_DOCUMENT, Server, serving

SONG = {"title": "Blue", "artist": "Joni", "year": 1971}
ALBUM = {"artist": 1, "name": "Second Album", "release_date": "2021-06-15", "num_stars": 1}
USER = {"username": "carol", "password": "A-long-enough-password-42", "email": "c@example.com"}
EVERY_SCOPE = "read write create update delete groups albums music:read music:write"
CALLS: list[tuple[str, str, Any, int]] = [
    ("GET", "/songs", None, 200),
    ("GET", "/songs?limit=1&offset=1", None, 200),
    ("POST", "/songs", SONG, 201),
    ("PUT", "/songs", {"id": 2, **SONG}, 204),
    ("GET", "/songs/2", None, 200),
    ("GET", "/songs/999", None, 404),
    ("PUT", "/songs/2", SONG, 200),
    ("DELETE", "/songs?id=2", None, 200),
    ("DELETE", "/songs/3", None, 204),
    ("POST", "/users/", USER, 201),
    ("POST", "/users/", USER, 409),
    ("GET", "/users/", None, 200),
    ("GET", "/users/1/", None, 200),
    ("GET", "/users/me/", None, 403),
    ("GET", "/groups/", None, 200),
    ("GET", "/groups/1/", None, 200),
    ("GET", "/albums/", None, 200),
    ("POST", "/albums/", ALBUM, 201),
    ("POST", "/albums/", {**ALBUM, "artist": 999}, 422),
    ("GET", "/albums/1/", None, 200),
    ("PUT", "/albums/1/", ALBUM, 200),
    ("PATCH", "/albums/1/", {"num_stars": 3}, 200),
    ("GET", "/albums/1/songs/", None, 200),
    ("POST", "/albums/1/songs/", SONG, 201),
    ("DELETE", "/albums/1/", None, 204),
]


@pytest.fixture(scope="module")
def enforced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo, which answers nothing that its document does not describe."""
    folder = tmp_path_factory.mktemp("enforced")
    with serving(
        DEMO_DOCUMENT, "--demo", "--response-validation", "enforce", folder=folder
    ) as server:
        yield server


def test_the_demo_answers_as_its_document_says(enforced: Server) -> None:
    token = enforced.mint(EVERY_SCOPE)

    answered = [
        (method, path, body, enforced.call(method, path, token=token, json=body).status)
        for method, path, body, _ in CALLS
    ]

    assert answered == CALLS
    assert "does not match" not in enforced.complaints


def test_an_example_that_does_not_match_is_told_with_its_place_and_held_back(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("examples")
    (folder / "a.yaml").write_text(
        """\
openapi: 3.0.3
info: {title: a, version: "1"}
paths:
  /a:
    get:
      security: []
      responses:
        "200":
          description: a
          content: {application/json: {schema: {type: integer}, example: s3cr3t}}
""",
        encoding="utf-8",
    )
    environment = {"SCOPEGATE_RESPONSE_VALIDATION": "enforce"}

    with serving("a.yaml", "--mock", folder=folder, environment=environment) as server:
        answer = server.call("GET", "/a")
        page = server.call("GET", answer.json()["type"])
    log = server.complaints

    assert (answer.status, answer.json()["type"]) == (500, "/-/problems/response-invalid")
    assert page.status == 200
    assert b"s3cr3t" not in answer.body
    assert f"{answer.json()['instance']}: GET /a: the answer 200 does not match" in log
    assert "/body must be an integer" in log
    assert "s3cr3t" not in log
