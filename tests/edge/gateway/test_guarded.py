"""The guard around an application: what reaches it, as what, and all that never does."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import scopegate
from gateway.edge.guarded import GuardedApplication, Judging
from gateway.edge.trusted_peer import TrustedPeer
from gateway.edge.verdict import Settle
from gateway.guard import Guard
from gateway.load import LoadedDocument
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import NobodyKnown, bearer, document, loaded, operation, ruleset_of
from tests.unit.tokens.minting import NOW

PARAMETER = {"name": "x", "in": "path", "required": True, "schema": {"type": "string"}}
MATRIX = {**PARAMETER, "style": "matrix"}
READ = [{"oauth": ["read"]}]
SONGS = document(
    {
        "/open": {"get": operation()},
        "/songs": {"get": operation(READ), "post": operation([{"oauth": ["write"]}])},
        "/songs/{x}": {"get": operation(parameters=[PARAMETER])},
        "/cut/{x}/": {"get": operation(parameters=[MATRIX])},
        "/silent": {"get": {"responses": {"200": {"description": "d"}}}},
    },
    servers=[{"url": "https://api.example/v1"}],
)


class Inner:
    """An application that remembers what reached it."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        await send({"type": "http.response.start", "status": 207, "headers": []})
        await send({"type": "http.response.body", "body": b"inner"})


def guarded(
    app: ASGIApp,
    text: Mapping[str, Any] = SONGS,
    *,
    root_path: str = "",
    on_startup: Sequence[Any] = (),
    on_shutdown: Sequence[Any] = (),
) -> GuardedApplication:
    """Put the guard before an application, as the roof does."""
    return guarded_by(
        app,
        loaded(text),
        root_path=root_path,
        on_startup=on_startup,
        on_shutdown=on_shutdown,
    )


def guarded_by(
    app: ASGIApp,
    loaded_: LoadedDocument,
    *,
    root_path: str = "",
    on_startup: Sequence[Any] = (),
    on_shutdown: Sequence[Any] = (),
) -> GuardedApplication:
    """The same, by a document that is loaded."""
    guard = Guard(credentials=NobodyKnown(), clock=lambda: NOW)
    return GuardedApplication(
        app,
        Judging(ruleset_of(loaded_), guard, Settle()),
        root_path=root_path,
        own={},
        on_startup=on_startup,
        on_shutdown=on_shutdown,
    )


def send(
    target: str, headers: Any = (), *, method: str = "GET", **more: Any
) -> tuple[Reply, Inner]:
    """One request; the answer, and the application with what reached it."""
    inner = Inner()
    return asyncio.run(call(guarded(inner), method, target, headers, **more)), inner


def test_a_permitted_request_reaches_the_application_with_its_caller() -> None:
    reply, inner = send("/v1/songs?q=1", bearer("read write", sub="user:7", client_id="web"))

    (scope,) = inner.scopes
    assert (reply.status, reply.body) == (207, b"inner")
    assert scopegate.caller(scope) == scopegate.Caller(
        subject="user:7",
        user="user:7",
        client_id="web",
        scopes=frozenset({"read", "write"}),
        matched=1,
    )
    assert (scope["path"], scope["raw_path"], scope["query_string"]) == (
        "/v1/songs", b"/v1/songs", b"q=1",
    )  # fmt: skip


def test_a_public_operation_has_an_anonymous_caller() -> None:
    reply, inner = send("/v1/open", {"authorization": "Bearer junk"})

    assert reply.status == 207
    assert scopegate.caller(inner.scopes[0]).subject is None


@pytest.mark.parametrize(
    ("method", "target", "headers", "problem"),
    [
        ("GET", "/v1/songs", {}, (401, "unauthenticated")),
        ("GET", "/v1/songs", {"authorization": "Bearer junk"}, (401, "invalid-credential")),
        ("POST", "/v1/songs", bearer("read"), (403, "insufficient-scope")),
        ("GET", "/v1/silent", bearer("read"), (403, "undeclared-security")),
        ("PUT", "/v1/songs", bearer("read"), (405, "method-not-allowed")),
        ("get", "/v1/songs", bearer("read"), (405, "method-not-allowed")),
        ("TRACE", "/v1/songs", bearer("read"), (405, "method-not-allowed")),
        ("GET", "/songs", bearer("read"), (404, "not-found")),
        ("GET", "/", bearer("read"), (404, "not-found")),
        ("GET", "/docs", bearer("read"), (404, "not-found")),
        ("GET", "/-/health", bearer("read"), (404, "not-found")),
    ],
)
def test_whatever_is_refused_never_reaches_the_application(
    method: str, target: str, headers: Any, problem: tuple[int, str]
) -> None:
    reply, inner = send(target, headers, method=method)

    assert reply.problem() == problem
    assert inner.scopes == []
    assert reply.received == 0


def test_a_refusal_challenges_and_is_not_stored() -> None:
    reply, _ = send("/v1/songs")

    assert reply.header("www-authenticate") == 'Bearer realm="oauth", scope="read"'
    assert reply.header("cache-control") == "no-store"


def test_options_that_are_not_declared_are_answered_here() -> None:
    reply, inner = send("/v1/songs", method="OPTIONS")
    of_all, _ = send("*", method="OPTIONS")

    assert (reply.status, reply.header("allow")) == (204, "GET, HEAD, OPTIONS, POST")
    assert of_all.status == 204
    assert inner.scopes == []


def test_head_follows_get_and_is_handed_on_as_head() -> None:
    denied, _ = send("/v1/songs", method="HEAD")
    permitted, inner = send("/v1/songs", bearer("read"), method="HEAD")

    assert (denied.status, permitted.status) == (401, 207)
    assert inner.scopes[0]["method"] == "HEAD"


@pytest.mark.parametrize(
    "target",
    [
        "/v1/songs%0A", "/v1/open%0a", "/v1/open\\", "/v1/open%5C", "/v1/x%2F..%2Fopen",
        "/v1//open", "//v1/open", "/v1/./open", "/v1/x/../open", "/v1/%2e%2e/open", "/v1/open/",
        "/v1/OPEN", "/V1/open", "/v1/open;x", "/v1/open%00", "/v1/open%", "/v1/open%zz",
        "/v1/%c0%afopen", "/v1/open%85", "/v1/open%20", "v1/open", "",
    ],
)  # fmt: skip
def test_no_spelling_that_is_read_in_two_ways_reaches_the_application(target: str) -> None:
    reply, inner = send(target, bearer("read"))

    assert reply.problem() == (404, "not-found")
    assert inner.scopes == []


@pytest.mark.parametrize(
    ("target", "path", "raw"),
    [
        ("/v1/%6fpen", "/v1/open", b"/v1/open"),
        ("/%76%31/songs/a%20b", "/v1/songs/a b", b"/v1/songs/a%20b"),
        ("/v1/songs/%C3%A9", "/v1/songs/\u00e9", b"/v1/songs/%C3%A9"),
        ("/v1/songs/a%3Fb%23c", "/v1/songs/a?b#c", b"/v1/songs/a%3Fb%23c"),
        ("/v1/songs/a%252Fb", "/v1/songs/a%2Fb", b"/v1/songs/a%252Fb"),
        ("/v1/songs/a%3Bb", "/v1/songs/a;b", b"/v1/songs/a%3Bb"),
        ("/v1/cut/;x=1/", "/v1/cut/;x=1/", b"/v1/cut/;x=1/"),
        ("/v1/songs/~a!$&'()*+,=:@-._", "/v1/songs/~a!$&'()*+,=:@-._",
         b"/v1/songs/~a!$&'()*+,=:@-._"),
    ],
)  # fmt: skip
def test_the_path_handed_on_is_what_was_matched_in_its_one_spelling(
    target: str, path: str, raw: bytes
) -> None:
    reply, inner = send(target)

    assert reply.status == 207
    assert (inner.scopes[0]["path"], inner.scopes[0]["raw_path"]) == (path, raw)


def test_the_raw_path_rules_whatever_the_server_says_the_path_is() -> None:
    """A server that decodes twice, or a layer that rewrote one of the two."""
    reply, inner = send("/v1/open", path="/v1/songs")
    denied, none = send("/v1/songs", path="/v1/open")

    assert reply.status == 207
    assert inner.scopes[0]["path"] == "/v1/open"
    assert denied.status == 401
    assert none.scopes == []


@pytest.mark.parametrize(
    "name",
    [
        "x-http-method-override", "X-HTTP-Method", "x_method_override", "x-original-url",
        "x-rewrite-url", "x-forwarded-prefix", "daphne-root-path",
    ],
)  # fmt: skip
def test_no_header_replaces_method_or_path_behind_the_guard(name: str) -> None:
    _, inner = send("/v1/open", {name: "DELETE", "x-kept": "1"})

    assert [found for found, _ in inner.scopes[0]["headers"]] == [b"x-kept"]


def test_a_trusted_proxy_may_say_below_what_it_serves() -> None:
    inner = Inner()
    app = TrustedPeer(guarded(inner), ["127.0.0.1/32"])
    headers = {"x-forwarded-prefix": "/shop", "x-http-method-override": "DELETE"}

    asyncio.run(call(app, "GET", "/v1/open", headers))

    assert [found for found, _ in inner.scopes[0]["headers"]] == [b"x-forwarded-prefix"]


@pytest.mark.parametrize("root_path", ["/v1", "/v1/open", "/v", "/other"])
def test_a_root_path_that_nobody_announced_is_refused(root_path: str) -> None:
    """Frameworks cut it off the path; some servers let a client send it."""
    reply, inner = send("/v1/open", root_path=root_path)

    assert reply.problem() == (404, "not-found")
    assert inner.scopes == []


def test_a_root_path_that_is_the_root_is_none() -> None:
    reply, inner = send("/v1/open", root_path="/")

    assert reply.status == 207
    assert inner.scopes[0]["root_path"] == ""


def test_a_root_path_that_was_announced_is_handed_on() -> None:
    inner = Inner()
    app = guarded(inner, root_path="/v1")

    there = asyncio.run(call(app, "GET", "/v1/open", root_path="/v1"))
    elsewhere = asyncio.run(call(app, "GET", "/v1/open"))

    assert (there.status, elsewhere.status) == (207, 404)
    assert (inner.scopes[0]["root_path"], inner.scopes[0]["path"]) == ("/v1", "/v1/open")


def test_a_guarded_application_is_mounted_in_another_one() -> None:
    def told(request: Request) -> JSONResponse:
        return JSONResponse({"path": request.url.path, "who": scopegate.caller(request).subject})

    inner = Starlette(routes=[Route("/songs", told), Route("/{any:path}", told)])
    app = Starlette(routes=[Mount("/v1", guarded(inner, root_path="/v1"))])

    permitted = asyncio.run(call(app, "GET", "/v1/songs", bearer("read", sub="user:7")))
    denied = asyncio.run(call(app, "GET", "/v1/songs"))
    unknown = asyncio.run(call(app, "GET", "/v1/else", bearer("read")))

    assert permitted.json() == {"path": "/v1/songs", "who": "user:7"}
    assert denied.problem() == (401, "unauthenticated")
    assert unknown.problem() == (404, "not-found")


def test_answers_that_a_caller_proved_himself_for_are_private() -> None:
    guarded_answer, _ = send("/v1/songs", bearer("read"))
    public_answer, _ = send("/v1/open")

    assert guarded_answer.header("cache-control") == "private, no-cache"
    assert guarded_answer.header("vary") == "Authorization"
    assert public_answer.header("cache-control") is None


def test_a_websocket_is_refused_and_what_nobody_knows_is_an_error() -> None:
    told: list[Message] = []

    async def send_(message: Message) -> None:
        told.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    inner = Inner()
    app = guarded(inner)
    asyncio.run(app({"type": "websocket", "path": "/v1/open"}, receive, send_))
    with pytest.raises(RuntimeError, match="lets none pass"):
        asyncio.run(app({"type": "other"}, receive, send_))

    assert told == [{"type": "websocket.close", "code": 1008}]
    assert inner.scopes == []


def test_nobody_is_the_caller_where_no_guard_decided() -> None:
    with pytest.raises(LookupError, match="wrap the application"):
        scopegate.caller({"type": "http"})
    with pytest.raises(LookupError):
        scopegate.caller(object())
    with pytest.raises(LookupError):
        scopegate.caller({"scopegate.caller": "somebody"})


class Live:
    """A server's side of a lifespan."""

    def __init__(self) -> None:
        self.log: list[str] = []

    async def run(self, app: ASGIApp) -> None:
        asked = iter(["lifespan.startup", "lifespan.shutdown"])

        async def receive() -> Message:
            return {"type": next(asked)}

        async def send_(message: Message) -> None:
            self.log.append(message["type"])

        await app({"type": "lifespan", "state": {}}, receive, send_)

    def hook(self, name: str) -> Any:
        async def run() -> None:
            self.log.append(name)

        return run


def test_the_lifespans_are_joined_ours_around_the_applications() -> None:
    live = Live()

    async def inner(_scope: Scope, receive: Receive, send: Send) -> None:
        for word in ("startup", "shutdown"):
            assert (await receive())["type"] == f"lifespan.{word}"
            live.log.append(f"inner {word}")
            await send({"type": f"lifespan.{word}.complete"})

    asyncio.run(
        live.run(guarded(inner, on_startup=[live.hook("begin")], on_shutdown=[live.hook("end")]))
    )

    assert live.log == [
        "begin", "inner startup", "lifespan.startup.complete",
        "inner shutdown", "end", "lifespan.shutdown.complete",
    ]  # fmt: skip


async def without_lifespan(scope: Scope, _receive: Receive, _send: Send) -> None:
    raise ValueError(f"no {scope['type']} here")


async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Returns at once, as applications may that know no lifespan."""


@pytest.mark.parametrize("inner", [without_lifespan, silent])
def test_an_application_without_a_lifespan_goes_without(inner: ASGIApp) -> None:
    live = Live()

    asyncio.run(
        live.run(guarded(inner, on_startup=[live.hook("begin")], on_shutdown=[live.hook("end")]))
    )

    assert live.log == [
        "begin", "lifespan.startup.complete", "end", "lifespan.shutdown.complete",
    ]  # fmt: skip


def test_an_application_that_fails_to_start_is_not_served() -> None:
    live = Live()

    async def inner(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no"})
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        asyncio.run(live.run(guarded(inner, on_shutdown=[live.hook("end")])))

    assert live.log == ["end", "lifespan.startup.failed"]


def test_a_guard_that_cannot_begin_keeps_the_server_from_beginning() -> None:
    live = Live()

    async def fails() -> None:
        raise RuntimeError("the store is away")

    asyncio.run(live.run(guarded(Inner(), on_startup=[fails])))

    assert live.log == ["lifespan.startup.failed"]


def test_an_end_of_ours_that_fails_does_not_hide_the_applications() -> None:
    live = Live()

    async def inner(_scope: Scope, receive: Receive, send: Send) -> None:
        for word in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{word}.complete"})

    async def fails() -> None:
        raise RuntimeError("away")

    asyncio.run(live.run(guarded(inner, on_shutdown=[fails])))

    assert live.log == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_what_is_odd_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    app = guarded(Inner())

    async def often() -> None:
        for number in range(300):
            await call(app, "GET", "/v1/open", root_path="/x\n")
            await call(app, "GET", "/v1/open", root_path=f"/{number}")

    asyncio.run(often())

    said = [record.getMessage() for record in caplog.records]
    assert said[0] == "root_path is '/x\\n', and the guard was told ''"
    assert len(said) == len(set(said)) == 100


def test_without_a_lifespan_the_first_request_begins() -> None:
    live = Live()
    app = guarded(Inner(), on_startup=[live.hook("begin")])

    async def twice() -> None:
        await asyncio.gather(call(app, "GET", "/v1/open"), call(app, "GET", "/v1/open"))

    asyncio.run(twice())

    assert live.log == ["begin"]
