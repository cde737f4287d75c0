"""Route, then decision, then body: what comes later is never looked at by what came before."""

import asyncio
from typing import Any

import pytest

from gateway.handler import operation as handles
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import (
    Decisions,
    Gateway,
    NobodyKnown,
    bearer,
    document,
    gateway,
    operation,
)
from tests.unit.tokens.minting import FixedKeys, NoKeys

BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": {"type": "object", "required": ["title"]}},
    },
}
TEXT = document(
    {
        "/songs": {
            "post": operation([{"oauth": ["write"]}], requestBody=BODY),
            "get": operation([{"oauth": ["read"]}]),
        },
        "/open": {"post": operation(requestBody=BODY)},
        "/undeclared": {"post": {"requestBody": BODY, "responses": {"200": {"description": ""}}}},
    }
)
JSON = {"content-type": "application/json"}
GOOD, BAD = b'{"title": "x"}', b"{"


@handles("POST /songs")
async def add_song(body: Any) -> Any:
    return body


def send(world: Gateway, method: str, target: str, *, headers: Any = (), **more: Any) -> Reply:
    return asyncio.run(call(world.app, method, target, headers, **more))


@pytest.fixture(scope="module")
def world() -> Gateway:
    return gateway(TEXT, add_song)


@pytest.mark.parametrize(
    ("target", "headers", "problem"),
    [
        pytest.param("/songs", JSON, (401, "unauthenticated"), id="nobody"),
        pytest.param(
            "/songs",
            {**JSON, "authorization": "Bearer junk"},
            (401, "invalid-credential"),
            id="junk",
        ),
        pytest.param("/songs", {**JSON, **bearer("read")}, (403, "insufficient-scope"), id="scope"),
        pytest.param(
            "/songs",
            [("authorization", "Bearer a"), ("authorization", "Bearer b")],
            (400, "ambiguous-credentials"),
            id="ambiguous",
        ),
        pytest.param(
            "/undeclared",
            {**JSON, **bearer("write")},
            (403, "undeclared-security"),
            id="undeclared",
        ),
        pytest.param("/nowhere", JSON, (404, "not-found"), id="unknown path"),
        pytest.param("/songs/", JSON, (404, "not-found"), id="slash too many"),
        pytest.param("/songs%2f", JSON, (404, "not-found"), id="encoded slash"),
        pytest.param("/-/nowhere", JSON, (404, "not-found"), id="our own"),
    ],
)
@pytest.mark.parametrize(
    "body", [GOOD, BAD, [b"x"] * 1000], ids=["good body", "bad body", "long body"]
)
def test_a_refused_caller_never_makes_the_gateway_read_a_body(
    world: Gateway, target: str, headers: Any, problem: tuple[int, str], body: Any
) -> None:
    reply = send(world, "POST", target, headers=headers, body=body)

    assert reply.problem() == problem
    assert reply.received == 0


def test_keys_that_are_away_are_a_503_before_any_body() -> None:
    world = gateway(TEXT, add_song, keys=NoKeys())

    reply = send(world, "POST", "/songs", headers={**JSON, **bearer("write")}, body=GOOD)

    assert reply.problem() == (503, "uncheckable-credential")
    assert (reply.header("retry-after"), reply.header("cache-control")) == ("7", "no-store")
    assert reply.received == 0


def test_a_permitted_caller_is_told_what_is_wrong_with_the_body(world: Gateway) -> None:
    reply = send(world, "POST", "/songs", headers={**JSON, **bearer("write")}, body=BAD)

    assert reply.problem() == (400, "invalid-request")
    assert reply.received > 0


def test_a_permitted_caller_with_a_good_body_reaches_the_handler(world: Gateway) -> None:
    reply = send(world, "POST", "/songs", headers={**JSON, **bearer("write")}, body=GOOD)

    assert (reply.status, reply.json()) == (200, {"title": "x"})


@pytest.mark.parametrize("body", [GOOD, BAD])
def test_what_nobody_answers_is_501_after_the_permit_and_reads_no_body(
    world: Gateway, body: bytes
) -> None:
    reply = send(world, "POST", "/open", headers=JSON, body=body)

    assert reply.problem() == (501, "no-handler")
    assert reply.received == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 401, id="nobody"),
        pytest.param(bearer("write"), 403, id="another scope"),
        pytest.param(bearer("read"), 501, id="the right scope"),
    ],
)
def test_501_is_told_only_to_those_who_may_call(
    world: Gateway, headers: dict[str, str], status: int
) -> None:
    assert send(world, "GET", "/songs", headers=headers).status == status


def test_an_unknown_path_or_method_is_answered_before_any_credential_is_looked_at() -> None:
    keys, source = FixedKeys(), NobodyKnown()
    world = gateway(TEXT, keys=keys, credentials=source)

    for method, target in (("GET", "/nowhere"), ("PUT", "/songs"), ("OPTIONS", "/songs")):
        send(world, method, target, headers={"authorization": "Bearer a, Bearer b"})

    assert (keys.asked, source.asked) == ([], [])


def test_a_token_is_verified_once_by_the_whole_stack() -> None:
    keys = FixedKeys()
    text = document(
        {
            "/a": {
                "get": operation([{"oauth": ["write"]}, {"oauth": ["admin"]}, {"oauth": ["read"]}])
            }
        }
    )

    reply = send(gateway(text, keys=keys), "GET", "/a", headers=bearer("read"))

    assert reply.status == 501
    assert len(keys.asked) == 1


@pytest.mark.parametrize(
    ("method", "target", "told"),
    [("GET", "/songs", 1), ("POST", "/open", 1), ("GET", "/nowhere", 0), ("PUT", "/songs", 0)],
)
def test_each_decision_is_told_to_the_sinks_once(method: str, target: str, told: int) -> None:
    decisions = Decisions()
    world = gateway(TEXT, sinks=(decisions, decisions))

    send(world, method, target)

    assert len(decisions.told) == len(decisions.statuses) == 2 * told
    assert len(decisions.unrouted_statuses) == 2 * (1 - told)
    assert all(told.policy == world.ruleset.policy.digest for told in decisions.told)


@pytest.mark.parametrize(
    ("method", "target", "status", "allow"),
    [
        pytest.param("PUT", "/songs", 405, "GET, HEAD, OPTIONS, POST", id="missing method"),
        pytest.param("TRACE", "/songs", 405, "GET, HEAD, OPTIONS, POST", id="TRACE"),
        pytest.param("CONNECT", "/songs", 405, "GET, HEAD, OPTIONS, POST", id="CONNECT"),
        pytest.param("get", "/songs", 405, "GET, HEAD, OPTIONS, POST", id="small letters"),
        pytest.param("OPTIONS", "/songs", 204, "GET, HEAD, OPTIONS, POST", id="OPTIONS"),
        pytest.param("GET", "/open", 405, "OPTIONS, POST", id="another path"),
    ],
)
def test_a_method_that_is_not_served_is_told_which_are(
    world: Gateway, method: str, target: str, status: int, allow: str
) -> None:
    reply = send(world, method, target)

    assert (reply.status, reply.header("allow")) == (status, allow)
    assert (reply.body == b"") is (status == 204)


@pytest.mark.parametrize(
    ("target", "nearest"),
    [("/songs/", "/songs"), ("/SONGS", "/songs"), ("/somethingelse", None)],
)
def test_an_unknown_path_is_never_redirected_but_told_the_nearest(
    world: Gateway, target: str, nearest: str | None
) -> None:
    reply = send(world, "GET", target)

    assert reply.problem() == (404, "not-found")
    assert reply.json().get("nearest") == nearest
    assert reply.header("location") is None


@pytest.mark.parametrize(
    "headers",
    [
        {"x-http-method-override": "POST"},
        {"x-original-url": "/open"},
        {"x-rewrite-url": "/open"},
        {"x-forwarded-prefix": "/open"},
    ],
)
def test_override_headers_are_ignored(world: Gateway, headers: dict[str, str]) -> None:
    assert send(world, "GET", "/songs", headers=headers).status == 401


def test_a_caller_that_goes_away_gets_no_answer_and_makes_no_noise(
    world: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    reply = send(world, "POST", "/songs", headers={**JSON, **bearer("write")}, hangs_up=True)

    assert reply.messages == []
    assert caplog.records == []


def test_a_mock_reads_the_body_too_before_it_answers() -> None:
    world = gateway(TEXT, mocks=True)
    replies = [
        send(world, "POST", "/open", headers=JSON, body=GOOD),
        send(world, "POST", "/open", headers=JSON, body=BAD),
        send(world, "POST", "/open", headers=JSON, hangs_up=True),
    ]

    assert replies[0].status == 200
    assert replies[1].problem() == (400, "invalid-request")
    assert replies[2].messages == []


def test_a_mock_answers_the_example_to_those_who_may_call() -> None:
    content = {"application/json": {"example": {"title": "So What"}}}
    responses = {"201": {"description": "", "content": content}}
    text = document({"/a": {"post": operation([{"oauth": ["write"]}], responses=responses)}})
    world = gateway(text, mocks=True)

    reply = send(world, "POST", "/a", headers=bearer("write"))

    assert (reply.status, reply.json()) == (201, {"title": "So What"})
    assert send(world, "POST", "/a").status == 401


def test_a_handler_goes_before_the_mock() -> None:
    world = gateway(TEXT, add_song, mocks=True)

    reply = send(world, "POST", "/songs", headers={**JSON, **bearer("write")}, body=GOOD)

    assert reply.json() == {"title": "x"}


def test_a_body_is_never_searched_for_credentials(world: Gateway) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    token = bearer("write")["authorization"].removeprefix("Bearer ")

    reply = send(world, "POST", "/songs", headers=form, body=f"access_token={token}".encode())

    assert (reply.status, reply.received) == (401, 0)
    assert send(world, "GET", f"/songs?access_token={token}").status == 401


def test_a_body_that_is_too_large_is_refused_while_it_is_read(world: Gateway) -> None:
    reply = send(
        world,
        "POST",
        "/songs",
        headers={**JSON, **bearer("write")},
        body=[b"x" * 1000] * 1000,
    )

    assert reply.problem() == (413, "content-too-large")
    assert reply.received < 20
