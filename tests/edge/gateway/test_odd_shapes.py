"""Documents as people write them: odd paths, methods of their own, nothing said of bodies."""

import asyncio
from typing import Any

import pytest

from gateway.edge.request_head import METHODS
from scopegate import operation as handles
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import Gateway, bearer, document, gateway, operation

JSON = {"content-type": "application/json"}
WRITE = [{"oauth": ["write"]}]
INTEGER = {"application/json": {"schema": {"type": "integer"}}}


def path_parameter(name: str, kind: str = "integer") -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": kind}}


def echoing(*keys: str) -> list[Any]:
    """A handler an operation, that answers with all it was given."""

    def echo_of(key: str) -> Any:
        @handles(key)
        async def echo(**given: Any) -> dict[str, Any]:
            return {name: value for name, value in given.items() if value is not None}

        return echo

    return [echo_of(key) for key in keys]


def send(app: Gateway, method: str, target: str, *args: Any, **more: Any) -> Reply:
    return asyncio.run(call(app.app, method, target, *args, **more))


@pytest.mark.parametrize(
    ("path", "kinds", "target", "given"),
    [
        ("/a/{id}.json", {"id": "integer"}, "/a/5.json", {"id": 5}),
        ("/a/{b}.{c}", {"b": "string", "c": "integer"}, "/a/x.7", {"b": "x", "c": 7}),
        ("/a.{format}", {"format": "string"}, "/a.xml", {"format": "xml"}),
        ("/a({id})", {"id": "integer"}, "/a(5)", {"id": 5}),
        ("/a:go/{id}:stop", {"id": "integer"}, "/a:go/5:stop", {"id": 5}),
        ("/a#b", {}, "/a%23b", {}),
        ("/a#b/{id}", {"id": "integer"}, "/a%23b/5", {"id": 5}),
        ("/a b", {}, "/a%20b", {}),
        ("/a%20b", {}, "/a%20b", {}),
        ("/a%25b", {}, "/a%25b", {}),
        ("/<int:a>", {}, "/%3Cint:a%3E", {}),
    ],
)
def test_a_path_is_served_whatever_its_text(
    path: str, kinds: dict[str, str], target: str, given: Any
) -> None:
    item = {
        "parameters": [path_parameter(name, kind) for name, kind in kinds.items()],
        "get": operation(description="{{ x }} {% y %}"),
    }
    app = gateway(document({path: item}), *echoing(f"GET {path}"))

    reply = send(app, "GET", target)

    assert (reply.status, reply.json()) == (200, given)


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("/a/x.json", (400, "invalid-request")),
        ("/a/5", (404, "not-found")),
        ("/a/5.xml", (404, "not-found")),
        ("/a/.json", (404, "not-found")),
    ],
)
def test_a_segment_that_is_not_the_template_is_not_its_operation(
    target: str, problem: tuple[int, str]
) -> None:
    item = {"parameters": [path_parameter("id")], "get": operation()}
    app = gateway(document({"/a/{id}.json": item}), *echoing("GET /a/{id}.json"))

    assert send(app, "GET", target).problem() == problem


def version_32(*, methods: dict[str, Any], **fixed: Any) -> dict[str, Any]:
    item = {"additionalOperations": methods, **fixed}
    return document({"/a": item, "/b": {"get": operation()}}, openapi="3.2.0")


METHODS_OF_ITS_OWN = version_32(
    methods={
        "FROB": operation(WRITE, requestBody={"content": INTEGER}),
        "m-x": operation(),
        "COPY": operation(),
    },
    query=operation(WRITE, requestBody={"content": INTEGER, "required": True}),
)
KEYS = ("FROB /a", "m-x /a", "COPY /a", "QUERY /a", "GET /b")


@pytest.mark.parametrize(
    ("method", "body", "given"),
    [
        ("FROB", b"1", {"body": 1}),
        ("QUERY", b"2", {"body": 2}),
        ("m-x", b"", {}),
        ("COPY", b"", {}),
    ],
)
def test_a_method_of_3_2_is_decided_and_read_like_any(method: str, body: bytes, given: Any) -> None:
    app = gateway(METHODS_OF_ITS_OWN, *echoing(*KEYS))

    reply = send(app, method, "/a", {**bearer("write"), **JSON}, body=body)

    assert (reply.status, reply.json()) == (200, given)


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "problem"),
    [
        ("FROB", "/a", JSON, b"1", (401, "unauthenticated")),
        ("FROB", "/a", bearer("read") | JSON, b"1", (403, "insufficient-scope")),
        ("QUERY", "/a", bearer("read") | JSON, b"1", (403, "insufficient-scope")),
        ("FROB", "/a", bearer("write") | JSON, b"x", (400, "invalid-request")),
        ("QUERY", "/a", bearer("write"), b"", (400, "invalid-request")),
        ("FROB", "/b", bearer("write"), b"", (405, "method-not-allowed")),
        ("M-X", "/a", {}, b"", (405, "method-not-allowed")),
        ("GET", "/a", {}, b"", (405, "method-not-allowed")),
        ("FROB", "/c", {}, b"", (404, "not-found")),
    ],
)
def test_a_method_of_3_2_is_refused_like_any(
    method: str, target: str, headers: Any, body: bytes, problem: tuple[int, str]
) -> None:
    app = gateway(METHODS_OF_ITS_OWN, *echoing(*KEYS))

    assert send(app, method, target, headers, body=body).problem() == problem


def test_allow_names_every_method_of_the_path_and_of_the_server() -> None:
    app = gateway(METHODS_OF_ITS_OWN, *echoing(*KEYS))

    missing = send(app, "GET", "/a")
    options = send(app, "OPTIONS", "/a")
    server = send(app, "OPTIONS", "*", raw_path=b"*")

    assert missing.header("allow") == "COPY, FROB, OPTIONS, QUERY, m-x"
    assert (options.status, options.header("allow")) == (204, missing.header("allow"))
    assert {"COPY", "FROB", "m-x", "GET"} <= {*(server.header("allow") or "").split(", ")}


def test_the_server_is_told_the_methods_when_it_starts() -> None:
    app = gateway(METHODS_OF_ITS_OWN, *echoing(*KEYS)).app
    state: dict[str, Any] = {}
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def sent(_message: Any) -> None:
        """Take note of nothing."""

    asyncio.run(app({"type": "lifespan", "state": state}, receive, sent))

    assert state[METHODS]() == {"COPY", "FROB", "GET", "QUERY", "m-x"}


def test_an_operation_that_says_nothing_of_answers_and_bodies_is_served() -> None:
    text = document({"/a": {"post": {"security": []}}}, openapi="3.1.0")
    app = gateway(text, *echoing("POST /a"), response_validation="enforce")

    reply = send(app, "POST", "/a", JSON, body=b"[1]")

    assert (reply.status, reply.json()) == (200, {"body": [1]})


def test_a_dynamic_reference_is_followed_in_a_document_that_was_read() -> None:
    tree = {
        "$id": "https://example.com/tree",
        "$dynamicAnchor": "node",
        "properties": {"children": {"type": "array", "items": {"$dynamicRef": "#node"}}},
    }
    strict = {
        "$id": "https://example.com/strict",
        "$dynamicAnchor": "node",
        "$ref": "tree",
        "unevaluatedProperties": False,
    }
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Strict"}}}}
    text = document(
        {"/a": {"post": operation(requestBody=body)}},
        openapi="3.1.0",
        components={"schemas": {"Tree": tree, "Strict": strict}},
    )
    app = gateway(text, *echoing("POST /a"))

    good = send(app, "POST", "/a", JSON, body=b'{"children":[{"children":[]}]}')
    bad = send(app, "POST", "/a", JSON, body=b'{"children":[{"x":[]}]}')

    assert good.status == 200
    assert bad.json()["violations"][0]["pointer"] == "/children/0/x"
