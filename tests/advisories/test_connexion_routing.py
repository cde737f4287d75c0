"""What stock Connexion got wrong once a path was in question.

The id of a case, or the name of a test, is the row that it answers.
"""

import asyncio
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from gateway.handler import operation as handles
from gateway.routing.path import Segments, split_path
from gateway.routing.tree import Endpoint, RouteTable
from gateway.spec.model import OperationKey
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import Gateway, bearer, document, gateway, operation
from tests.unit.spec.writing import HEAD, faults_of, load, loads

READ, WRITE, ADMIN = ([{"oauth": [scope]}] for scope in ("read", "write", "admin"))


def parameter(name: str, **schema: Any) -> dict[str, Any]:
    """A path parameter."""
    return {"name": name, "in": "path", "required": True, "schema": schema or {"type": "string"}}


def path_item(parameters: list[dict[str, Any]], **operations: Any) -> dict[str, Any]:
    """A path item whose operations share parameters."""
    return {"parameters": parameters, **operations}


ID, WHOLE = [parameter("id")], [parameter("n", type="integer")]
BODY = {"content": {"application/json": {"schema": {"type": "object", "required": ["a"]}}}}
TEXT = document(
    {
        "/u/{id}": path_item(ID, get=operation(READ, operationId="u_id")),
        "/u/me": {"get": operation(ADMIN, operationId="u_me")},
        "/v/{id}": path_item(ID, get=operation(operationId="v_id")),
        "/v/me": {"post": operation(ADMIN)},
        "/heads": {"get": operation(), "head": operation(ADMIN)},
        "/groups": {"get": operation(READ), "post": operation(WRITE)},
        "/users/": {"get": operation(READ), "post": operation(WRITE)},
        "/i/{n}": path_item(WHOLE, get=operation(operationId="i")),
        "/f/{n}": path_item([parameter("n", type="number")], get=operation(operationId="f")),
        "/x-{a}.{b}": path_item(
            [parameter("a"), parameter("b")], get=operation(operationId="mixed")
        ),
        "/named/{my-id}": path_item([parameter("my-id")], get=operation(operationId="named")),
        "/both/{id}": path_item(
            ID, get=operation(operationId="both", parameters=[parameter("id", type="integer")])
        ),
        "/of/{user}": path_item(
            [parameter("user")],
            get=operation(operationId="of_user"),
            delete=operation(READ, operationId="delete_of_user"),
        ),
        "/typed": {"post": operation(requestBody=BODY, operationId="typed")},
        "/unanswered": {"get": operation(READ)},
        "/undeclared": {"get": {"responses": {"200": {"description": "ok"}}}},
    }
)


HANDLERS: dict[str, Callable[..., Any]] = {
    "u_id": lambda id: id,
    "u_me": lambda: "me",
    "v_id": lambda id: id,
    "both": lambda id: id,
    "i": lambda n: n,
    "f": lambda n: n,
    "mixed": lambda a, b: [a, b],
    "named": lambda my_id: my_id,
    "of_user": lambda user: user,
    "delete_of_user": lambda user: user,
    "typed": lambda body: body,
}


@pytest.fixture(scope="module")
def world() -> Gateway:
    return gateway(TEXT, *(handles(name)(handler) for name, handler in HANDLERS.items()))


def send(world: Gateway, method: str, target: str, headers: Any = (), **more: Any) -> Reply:
    return asyncio.run(call(world.app, method, target, headers, **more))


CALLERS = {
    "nobody": {},
    "read": bearer("read"),
    "admin": bearer("admin"),
    "junk": {"authorization": "Bearer x"},
}
ROWS = {
    "declaration order: /u/me is not /u/{id} for one who may read": ("GET", "/u/me", "read", 403),
    "declaration order: /u/me is its own": ("GET", "/u/me", "admin", 200),
    "declaration order: /v/me has only POST": ("GET", "/v/me", "nobody", 405),
    "declaration order: /v/{id} is open": ("GET", "/v/you", "nobody", 200),
    "head declared after get is reached": ("HEAD", "/heads", "nobody", 401),
    "head declared after get is no get": ("GET", "/heads", "nobody", 501),
    "HEAD without head follows GET": ("HEAD", "/groups", "nobody", 401),
    "slash: GET /users": ("GET", "/users", "read", 404),
    "slash: POST /users": ("POST", "/users", "read", 404),
    "slash: /groups/": ("GET", "/groups/", "read", 404),
    "integer path that is none": ("GET", "/i/abc", "nobody", 400),
    "integer path with a plus": ("GET", "/i/+1", "nobody", 400),
    "integer path of 5000 digits": ("GET", "/i/" + "9" * 5000, "nobody", 400),
    "integer path that is empty": ("GET", "/i/", "nobody", 404),
    "integer path that is negative": ("GET", "/i/-1", "nobody", 200),
    "number path that is a dot": ("GET", "/f/.", "nobody", 404),
    "number path that is an encoded dot": ("GET", "/f/%2E", "nobody", 404),
    "number path that is empty": ("GET", "/f/", "nobody", 404),
    "number path that is two dots": ("GET", "/f/1.2.3", "nobody", 400),
    "number path that is NaN": ("GET", "/f/NaN", "nobody", 400),
    "%2F is no separator": ("GET", "/v/a%2Fb", "nobody", 404),
    "//groups": ("GET", "//groups", "read", 404),
    "/u/..%2Fgroups": ("GET", "/u/..%2Fgroups", "read", 404),
    "/u/../groups": ("GET", "/u/../groups", "read", 404),
    "/u/%00 never reaches a handler": ("GET", "/v/%00", "nobody", 404),
    "/u/%ff never reaches a handler": ("GET", "/v/%ff", "nobody", 404),
    "/u/%C0%AF never reaches a handler": ("GET", "/v/%C0%AF", "nobody", 404),
    "path-level parameters give way to the operation's": ("GET", "/both/abc", "nobody", 400),
    "6.1 %0A bypasses nothing": ("GET", "/groups%0A", "nobody", 404),
    "6.1 %0A bypasses nothing behind a template": ("GET", "/u/1%0A", "nobody", 404),
    "6.4 an operation without security is closed": ("GET", "/undeclared", "admin", 403),
    "6.7 no handler is told after the decision": ("GET", "/unanswered", "nobody", 401),
    "6.7 no handler is told to who may know": ("GET", "/unanswered", "read", 501),
    "6.9 a junk token on an open operation": ("GET", "/v/1", "junk", 200),
}


@pytest.mark.parametrize(("method", "target", "caller", "status"), ROWS.values(), ids=ROWS)
def test_a_row_of_the_report_gets_the_right_answer(
    world: Gateway, method: str, target: str, caller: str, status: int
) -> None:
    host = {"host": "evil.example", **CALLERS[caller]}

    reply = send(world, method, target, host)

    assert reply.status == status
    assert reply.header("location") is None
    assert "evil" not in str(reply.headers)


@pytest.mark.parametrize(
    ("target", "given"),
    [
        pytest.param("/x-a.b.c", ["a.b", "c"], id="/x-{a}.{b} is greedy"),
        pytest.param("/named/7", "7", id="{my-id} becomes my_id"),
        pytest.param("/i/7", 7, id="integer path"),
        pytest.param("/both/7", 7, id="the operation's parameter wins"),
        pytest.param("/v/a%2541", "a%41", id="decoded once"),
    ],
)
def test_a_handler_is_given_what_was_routed(world: Gateway, target: str, given: Any) -> None:
    assert send(world, "GET", target).json() == given


@pytest.mark.parametrize(("method", "headers"), [("GET", {}), ("DELETE", bearer("read"))])
def test_6_15_context_never_beats_a_parameter(
    world: Gateway, method: str, headers: dict[str, str]
) -> None:
    assert send(world, method, "/of/mallory", headers).json() == "mallory"


@pytest.mark.parametrize(
    ("method", "target", "status", "allow"),
    [
        pytest.param("PUT", "/groups", 405, "GET, HEAD, OPTIONS, POST", id="405 of two methods"),
        pytest.param("GET", "/v/me", 405, "OPTIONS, POST", id="405 of a concrete path"),
        pytest.param("OPTIONS", "/groups", 204, "GET, HEAD, OPTIONS, POST", id="OPTIONS"),
        pytest.param("TRACE", "/groups", 405, "GET, HEAD, OPTIONS, POST", id="TRACE"),
    ],
)
def test_allow_is_complete(
    world: Gateway, method: str, target: str, status: int, allow: str
) -> None:
    reply = send(world, method, target)

    assert (reply.status, reply.header("allow")) == (status, allow)


@pytest.mark.parametrize("media_type", ["Application/JSON", "application/json", "APPLICATION/json"])
def test_6_8_the_case_of_a_content_type_skips_no_check(world: Gateway, media_type: str) -> None:
    headers = {"content-type": media_type}

    replies = [send(world, "POST", "/typed", headers, body=body) for body in (b"{}", b'{"a":1}')]

    assert [reply.status for reply in replies] == [400, 200]


def test_6_14_a_body_has_a_limit(world: Gateway) -> None:
    reply = send(
        world, "POST", "/typed", {"content-type": "application/json"}, body=[b" " * 900] * 99
    )

    assert reply.problem() == (413, "content-too-large")


def test_6_13_two_authorization_headers_are_400_whichever_is_good(world: Gateway) -> None:
    good, bad = bearer("read")["authorization"], "Bearer junk"

    replies = [
        send(world, "GET", "/groups", [("authorization", one), ("authorization", other)])
        for one, other in ((good, bad), (bad, good), (good, good))
    ]

    assert [reply.problem() for reply in replies] == [(400, "ambiguous-credentials")] * 3


@pytest.mark.parametrize(
    "target", ["/op/0", "/op/999", "/unknown", "/op/999/", "/OP/999"], ids=lambda t: f"1000 {t}"
)
def test_what_a_lookup_costs_does_not_grow_with_the_document(target: str) -> None:
    calls = [_calls(_table(size), target.replace("999", str(size - 1))) for size in (10, 1000)]

    assert calls[0] == calls[1] < 60


def _table(size: int) -> RouteTable:
    return RouteTable(
        Endpoint(OperationKey(f"GET /op/{number}"), "GET", f"/op/{number}")
        for number in range(size)
    )


def _calls(table: RouteTable, target: str) -> int:
    """How many functions of Python a lookup calls."""
    count = 0

    def watch(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    segments = split_path(target.encode())
    assert isinstance(segments, Segments)
    before = sys.getprofile()
    sys.setprofile(watch)
    table.route_segments("GET", segments)
    sys.setprofile(before)
    return count


R = "responses: {default: {description: d}}"
X, Y = (f"parameters: [{{name: {n}, in: path, required: true, schema: {{}}}}]" for n in "xy")
ONCE = f"  /a: {{get: {{operationId: x, security: [], {R}}}}}\n"
REFUSED = {
    "6.2 duplicate operationId": (
        "duplicate-operation-id",
        f"{ONCE}  /b: {{get: {{operationId: x, {R}}}}}\n",
    ),
    "6.3 undeclared scheme": (
        "undeclared-scheme",
        f"  /a: {{get: {{security: [{{nope: []}}], {R}}}}}\n",
    ),
    "6.11 duplicate key": (
        "duplicate-key",
        f"  /a: {{get: {{security: [{{}}], security: [], {R}}}}}\n",
    ),
    "6.12 $ref to a file": ("reference", "  /a: {$ref: 'file:///etc/passwd'}\n"),
    "6.12 $ref to a URL": ("reference", "  /a: {$ref: 'http://127.0.0.1:1/a.yaml'}\n"),
    "two templates that are one": (
        "same-template",
        f"  /a/{{x}}: {{get: {{{X}, {R}}}}}\n  /a/{{y}}: {{get: {{{Y}, {R}}}}}\n",
    ),
}


@pytest.mark.parametrize(("rule", "paths"), REFUSED.values(), ids=REFUSED)
def test_a_document_that_would_open_something_unseen_does_not_load(rule: str, paths: str) -> None:
    faults = faults_of(lambda: load(f"{HEAD}paths:\n{paths}"))

    assert [fault.rule for fault in faults] == [rule]


@pytest.mark.parametrize(
    "text",
    [
        "{{ cycler.__init__.__globals__.os.popen('id -u').read() }}",
        "{% raw %}",
        "{% include '/etc/passwd' %}",
        "{{ 7 * 7 }}",
    ],
)
def test_6_10_a_document_is_no_template(text: str) -> None:
    description = load(HEAD.replace("title: t", f'title: "{text}"') + "paths: {}\n")

    assert description.title == text


def test_one_operation_id_an_operation_loads() -> None:
    assert loads(f"{HEAD}paths:\n{ONCE}")
