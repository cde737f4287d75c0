"""What the endpoints that take tokens ask of a request, and who may ask: T20, T25 and T28."""

import json
import logging
from base64 import urlsafe_b64encode

import pytest

from tests.edge.token_service.world import World, basic, outcome
from token_service.entities import ClientType

BOTH = pytest.mark.parametrize("path", ["/o/revoke_token", "/o/introspect"])
FORM = "application/x-www-form-urlencoded"


def encoded(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


@BOTH
@pytest.mark.parametrize("slash", ["", "/"])
def test_both_answer_with_and_without_the_slash(world: World, path: str, slash: str) -> None:
    response = world.post(path + slash, {"token": "unknown"})

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"


@BOTH
@pytest.mark.parametrize("form", [{"token": "unknown"}, {}, {"token": ""}])
def test_t28_no_answer_is_kept_by_anyone(world: World, path: str, form: dict[str, str]) -> None:
    response = world.post(path, form)

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Pragma"] == "no-cache"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@BOTH
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_t28_only_post_is_answered(world: World, path: str, method: str) -> None:
    response = world.send(method, path, headers=world.basic)

    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


@BOTH
@pytest.mark.parametrize(
    ("body", "more", "status"),
    [
        pytest.param(b"", {}, 400, id="no token"),
        pytest.param(b"token=", {}, 400, id="empty token"),
        pytest.param(b"token=a&token=b", {}, 400, id="token twice"),
        pytest.param(b"token=%00", {}, 400, id="control character"),
        pytest.param(b"token=%ff", {}, 400, id="no UTF-8"),
        pytest.param(b"token=" + b"x" * 65536, {}, 413, id="too long"),
        pytest.param(b"token=a", {"Content-Type": "application/json"}, 400, id="no form"),
        pytest.param(b"token=a", {"Content-Encoding": "gzip"}, 415, id="coded"),
    ],
)
def test_a_request_that_is_no_clean_form_with_a_token_is_refused(
    world: World, path: str, body: bytes, more: dict[str, str], status: int
) -> None:
    headers = {**world.basic, "Content-Type": FORM, **more}

    response = world.send("POST", path, headers=headers, content=body)

    assert outcome(response) == (status, "invalid_request")


@BOTH
def test_a_token_in_the_query_is_refused(world: World, path: str) -> None:
    response = world.post(f"{path}?token=a", {"token": "a"})

    assert outcome(response) == (400, "invalid_request")


@BOTH
@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "id_token", "nonsense"])
def test_t23_a_hint_of_any_kind_changes_nothing(world: World, path: str, hint: str) -> None:
    assert world.post(path, {"token": "unknown", "token_type_hint": hint}).status_code == 200


@BOTH
def test_t20_t25_nobody_is_answered_who_does_not_prove_to_be_a_client(
    world: World, path: str
) -> None:
    form = {"token": "unknown"}
    answers = [
        world.post(path, form, headers={}),
        world.post(path, form, headers=basic(world.client_id, "a wrong secret")),
        world.post(path, form, headers=basic("nobody", world.client_secret)),
        world.post(path, {**form, "client_id": world.client_id}, headers={}),
    ]

    for response in answers:
        assert outcome(response) == (401, "invalid_client")
        assert response.headers["WWW-Authenticate"].startswith("Basic realm=")


@BOTH
def test_t20_t25_the_secret_may_be_in_the_body_but_not_in_two_places(
    world: World, path: str
) -> None:
    form = {"token": "x", "client_id": world.client_id, "client_secret": world.client_secret}

    assert world.post(path, form, headers={}).status_code == 200
    assert outcome(world.post(path, form)) == (400, "invalid_request")


@BOTH
def test_a_disabled_client_is_refused_whatever_it_adds(world: World, path: str) -> None:
    world.service.administration.set_client_active(world.client_id, active=False)

    for more in ({}, {"grant_type": "refresh_token"}):
        assert outcome(world.post(path, {"token": "x", **more})) == (401, "invalid_client")


@pytest.mark.parametrize(("path", "status"), [("/o/revoke_token", 200), ("/o/introspect", 401)])
def test_a_public_client_may_hand_back_but_not_ask(world: World, path: str, status: int) -> None:
    world.service.administration.create_client(
        "app", type=ClientType.PUBLIC, grants=["refresh_token"], client_id="app"
    )

    response = world.post(path, {"token": "x", "client_id": "app"}, headers={})

    assert response.status_code == status


@BOTH
def test_guesses_at_a_clients_secret_have_to_wait(world: World, path: str) -> None:
    wrong = basic(world.client_id, "a wrong secret")

    statuses = [world.post(path, {"token": "x"}, headers=wrong).status_code for _ in range(12)]

    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert world.post(path, {"token": "x"}, peer="192.0.2.2").status_code == 200


@BOTH
def test_each_refusal_is_one_line_of_audit_that_names_the_endpoint(
    world: World, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="scopegate.audit"):
        world.post(path, {})
        world.post(path, {"token": "a-secret-token"}, headers={})
        world.post(path, {"token": "a-secret-token"})

    lines = [json.loads(r.getMessage()) for r in caplog.records if r.name == "scopegate.audit"]
    endpoint = {"/o/revoke_token": "revocation", "/o/introspect": "introspection"}[path]
    assert [line["error"] for line in lines] == ["invalid_request", "invalid_client"]
    assert {(line["event"], line["endpoint"]) for line in lines} == {("token.refused", endpoint)}
    assert "a-secret-token" not in caplog.text


@BOTH
@pytest.mark.parametrize(
    "token",
    [
        pytest.param("x", id="one segment"),
        pytest.param("a.b.c", id="no base64"),
        pytest.param("..", id="empty segments"),
        pytest.param("é.é.é", id="beyond ASCII"),
        pytest.param(f"{encoded(b'[]')}.e30.x", id="header is a list"),
        pytest.param(f"{encoded(b'{}')}.e30.e30", id="header is empty"),
        pytest.param(f"{encoded(b'[' * 40_000)}.e30.e30", id="deep header"),
        pytest.param(f"{encoded(b'9' * 40_000)}.e30.e30", id="long number"),
    ],
)
def test_what_is_no_token_is_no_fault_of_ours(world: World, path: str, token: str) -> None:
    assert world.post(path, {"token": token}).status_code == 200
