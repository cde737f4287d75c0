"""What answers say to caches, and what HEAD and preflights get."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from gateway.edge.cors import Cors
from gateway.handler import Answer
from gateway.handler import operation as handles
from tests.edge.gateway.wire import Pairs, Reply, call
from tests.edge.gateway.world import OAUTH, bearer, document, gateway, operation

PATHS = ("/open", "/closed", "/maybe", "/nobody", "/head")
TEXT = document(
    {
        "/open": {"get": operation()},
        "/closed": {"get": operation([{"oauth": ["read"]}, {"key": []}])},
        "/maybe": {"get": operation([{"oauth": ["read"]}, {}])},
        "/nobody": {"get": operation([{"oauth": ["read"]}])},
        "/head": {
            "get": operation([{"oauth": ["read"]}]),
            "head": operation([{"oauth": ["write"]}]),
        },
        "/options": {
            "get": operation([{"oauth": ["read"]}]),
            "options": operation([{"oauth": ["write"]}]),
        },
    },
    schemes={"oauth": OAUTH, "key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
)


def plain() -> Any:
    return {"a": 1}


def shared() -> Answer:
    return Answer(1, headers={"Cache-Control": "public, s-maxage=60", "Vary": "Accept"})


def application(handler: Callable[..., Any] = plain) -> Any:
    """The document with one handler for all that `PATHS` name but `/nobody`."""

    def fresh() -> Any:
        return handler()

    for path in PATHS:
        if path != "/nobody":
            handles(f"GET {path}")(fresh)
    return gateway(TEXT, fresh).app


def send(method: str, target: str, headers: Any = (), *, app: Any = None) -> Reply:
    return asyncio.run(call(app or application(), method, target, headers))


@pytest.mark.parametrize(
    ("target", "headers", "vary"),
    [
        pytest.param("/closed", bearer("read"), ["Authorization, X-Key"], id="proven"),
        pytest.param("/maybe", {}, ["Authorization"], id="anonymous"),
        pytest.param("/nobody", bearer("read"), ["Authorization"], id="501"),
    ],
)
def test_an_answer_that_a_requirement_stands_before_is_private(
    target: str, headers: dict[str, str], vary: list[str]
) -> None:
    reply = send("GET", target, headers)

    assert reply.header("cache-control") == "private, no-cache"
    assert reply.all("vary") == vary


def test_a_public_answer_is_left_as_the_handler_has_it() -> None:
    bare, said = send("GET", "/open"), send("GET", "/open", app=application(shared))

    assert (bare.header("cache-control"), bare.all("vary")) == (None, [])
    assert said.header("cache-control") == "public, s-maxage=60"


def test_shared_caching_does_not_survive_behind_a_requirement() -> None:
    reply = send("GET", "/closed", bearer("read"), app=application(shared))

    assert reply.header("cache-control") == "private, no-cache"
    assert reply.all("vary") == ["Accept", "Authorization, X-Key"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"authorization": "Bearer junk"}, 401), (bearer("write"), 403)],
)
def test_a_denial_is_not_stored(headers: dict[str, str], status: int) -> None:
    reply = send("GET", "/closed", headers)

    assert (reply.status, reply.header("cache-control")) == (status, "no-store")
    assert reply.header("x-content-type-options") == "nosniff"


def test_every_401_carries_a_challenge_a_scheme_that_can_be_met() -> None:
    assert send("GET", "/closed").all("www-authenticate") == [
        'Bearer realm="oauth", scope="read"',
    ]


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        pytest.param("/closed", {}, 401, id="nobody"),
        pytest.param("/closed", bearer("read"), 200, id="as GET"),
        pytest.param("/closed", bearer("write"), 403, id="another scope"),
        pytest.param("/open", {}, 200, id="public"),
        pytest.param("/head", bearer("read"), 403, id="declared: its own scope"),
        pytest.param("/head", bearer("write"), 501, id="declared: its own handler"),
    ],
)
def test_head_follows_gets_decision_unless_it_is_declared(
    target: str, headers: dict[str, str], status: int
) -> None:
    assert send("HEAD", target, headers).status == status


def test_a_declared_options_is_an_operation_like_any() -> None:
    assert send("OPTIONS", "/options").status == 401
    assert send("OPTIONS", "/options", bearer("write")).status == 501
    assert send("OPTIONS", "/closed").status == 204


def test_a_problem_of_the_request_is_private_too() -> None:
    parameter = {"name": "n", "in": "query", "required": True, "schema": {"type": "integer"}}
    text = document({"/a": {"get": operation([{"oauth": ["read"]}], parameters=[parameter])}})

    def handler(n: int) -> int:
        return n

    app = gateway(text, handles("GET /a")(handler)).app

    wrong = send("GET", "/a?n=x", bearer("read"), app=app)
    assert wrong.problem() == (400, "invalid-request")
    assert wrong.header("cache-control") == "private, no-cache"


def test_minimal_detail_tells_neither_reason_nor_scope() -> None:
    app = gateway(TEXT, shows_detail=False).app

    invalid = send("GET", "/closed", {"authorization": "Bearer junk"}, app=app)
    lacking = send("GET", "/nobody", bearer("write"), app=app)

    assert "reason" not in invalid.json()
    assert not {"required", "missing"} & set(lacking.json())
    assert lacking.all("www-authenticate") == ['Bearer realm="oauth", error="insufficient_scope"']


ORIGIN = "https://app.example"
PREFLIGHT: Pairs = [
    ("origin", ORIGIN),
    ("access-control-request-method", "GET"),
    ("access-control-request-headers", "authorization"),
]


def across(method: str, headers: Pairs, *, origins: tuple[str, ...] = (ORIGIN,)) -> Reply:
    return send(method, "/closed", headers, app=Cors(application(), origins))


def test_a_preflight_of_a_configured_origin_is_answered_before_any_decision() -> None:
    reply = across("OPTIONS", PREFLIGHT)

    assert reply.status == 204
    assert reply.header("access-control-allow-origin") == ORIGIN
    assert reply.header("access-control-allow-headers") == "authorization"
    assert "GET" in (reply.header("access-control-allow-methods") or "")


def test_a_preflight_that_asks_for_no_header_is_allowed_none() -> None:
    reply = across("OPTIONS", PREFLIGHT[:2])

    assert reply.status == 204
    assert reply.header("access-control-allow-headers") is None


@pytest.mark.parametrize(
    ("origin", "origins", "allowed"),
    [
        pytest.param(ORIGIN, (ORIGIN,), ORIGIN, id="configured"),
        pytest.param("https://evil.example", (ORIGIN,), None, id="another"),
        pytest.param(f"{ORIGIN}.evil.example", (ORIGIN,), None, id="only begins so"),
        pytest.param("null", (ORIGIN,), None, id="null"),
        pytest.param("https://any.example", ("*",), "https://any.example", id="any"),
    ],
)
def test_only_a_configured_origin_may_read_an_answer(
    origin: str, origins: tuple[str, ...], allowed: str | None
) -> None:
    reply = across("GET", [("origin", origin), *bearer("read").items()], origins=origins)
    preflight = across("OPTIONS", [("origin", origin), *PREFLIGHT[1:]], origins=origins)

    assert reply.status == 200
    assert reply.header("access-control-allow-origin") == allowed
    assert preflight.header("access-control-allow-origin") == allowed


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_no_page_elsewhere_ever_sends_cookies_along(method: str) -> None:
    reply = across(method, PREFLIGHT, origins=("*",))

    assert reply.header("access-control-allow-credentials") is None


def test_a_denial_can_be_read_by_the_page_that_asked() -> None:
    reply = across("GET", [("origin", ORIGIN)])

    assert reply.status == 401
    assert reply.header("access-control-allow-origin") == ORIGIN
    assert "WWW-Authenticate" in (reply.header("access-control-expose-headers") or "")


def test_options_without_a_preflights_header_is_an_ordinary_request() -> None:
    reply = across("OPTIONS", [("origin", ORIGIN)])

    assert (reply.status, reply.header("allow")) == (204, "GET, HEAD, OPTIONS")
