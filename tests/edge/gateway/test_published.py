"""`/` and `/openapi.*`: what is told of the document, to whom, and what of it a caller may call."""

import asyncio
import json
from collections.abc import Mapping, Set
from typing import Any

import pytest
from starlette.types import Scope

from gateway.edge.cors import Cors
from gateway.edge.document.kept import KeptShares
from gateway.edge.document.mine import Call
from gateway.edge.document.readers import Readers
from gateway.edge.document.share import Share
from gateway.edge.pages import Page, page, show
from gateway.edge.published import published_pages
from gateway.edge.start.application import Places
from gateway.edge.start.view import Link
from gateway.guard import Guard, Ruleset
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import (
    OAUTH,
    OK,
    NobodyKnown,
    bearer,
    document,
    loaded,
    operation,
    ruleset_of,
)
from tests.unit.tokens.minting import NOW

HTML = {"accept": "text/html"}
HOSTILE = "<script>alert(1)</script>\"'"
TEXT = document(
    {
        "/songs": {
            "get": operation([{"oauth": ["read"]}]),
            "post": operation([{"oauth": ["admin"]}, {"oauth": ["read", "write"]}]),
        },
        "/open": {"get": operation([])},
        "/either": {"get": operation([{}, {"oauth": ["write"]}])},
        "/silent": {"get": {"responses": OK}},
    },
    schemes={"oauth": OAUTH},
)
LINK = Link("health", "health", "http://localhost:8000/-/health", "", is_page=False)
DOCUMENT = Link("docs", "Documentation", "http://localhost:8000/docs", "try it")
MATRIX = Link("matrix", "Who may call what", "http://localhost:8000/-/matrix", "a table")


async def alice(scope: Scope) -> str | None:
    """Whoever has her cookie is Alice."""
    return HOSTILE if (b"cookie", b"session=alice") in scope["headers"] else None


class World:
    """The pages of one document, as a gateway serves them."""

    def __init__(
        self, docs: str = "public", *, text: Any = TEXT, login: str | None = "/in"
    ) -> None:
        self.nobody = NobodyKnown()
        guard = Guard(credentials=self.nobody, clock=lambda: NOW)
        readers = Readers(ruleset_of(loaded(text)), guard, docs, alice, login=login)
        places = Places(
            "http://localhost:8000",
            links=(LINK,),
            of_document=(DOCUMENT,),
            of_operator=(MATRIX,),
            logout="/out",
            lets_in=lambda scope: (b"host", b"here") in scope["headers"],
        )
        self.pages = published_pages(readers, places)

    def get(self, target: str, headers: Mapping[str, str] | None = None, **more: Any) -> Reply:
        page = self.pages[target.partition("?")[0]]

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await show(page, scope, receive, send)

        return asyncio.run(call(app, "GET", target, headers or {}, **more))


PUBLIC = World()


def mine(headers: Mapping[str, str] | None = None, *, world: World = PUBLIC) -> list[str]:
    """The operations that are shown as one's own."""
    reply = world.get("/openapi.json?mine=1", headers)
    assert reply.status == 200
    assert reply.header("cache-control") == "private, no-store"
    assert "Authorization" in (reply.header("vary") or "")
    return [f"{m} {path}" for path, item in reply.json()["paths"].items() for m in item]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        pytest.param("read", ["get /songs"], id="one scope"),
        pytest.param("admin", ["post /songs"], id="another"),
        pytest.param("read write", ["get /songs", "post /songs"], id="two together"),
        pytest.param("write", [], id="half of two"),
        pytest.param("", [], id="a token without scopes"),
    ],
)
def test_a_caller_is_shown_what_his_token_opens(scope: str, expected: list[str]) -> None:
    assert mine(bearer(scope)) == [*expected, "get /open", "get /either"]


def test_who_shows_nothing_is_shown_what_anybody_may_call() -> None:
    assert mine() == mine({"cookie": "session=alice"}) == ["get /open", "get /either"]
    assert mine({"authorization": "Basic YTpi"}) == ["get /open", "get /either"]
    assert PUBLIC.nobody.asked == []


def test_what_is_ones_own_is_the_document_in_all_else() -> None:
    own, whole = PUBLIC.get("/openapi.json?mine=1").json(), PUBLIC.get("/openapi.json").json()

    assert {**own, "paths": 0} == {**whole, "paths": 0}
    assert whole == TEXT


@pytest.mark.parametrize("scope", ["read", "unheard-of"])
def test_a_bad_token_is_refused_as_an_operation_refuses_it(scope: str) -> None:
    reply = PUBLIC.get("/openapi.json?mine=1", bearer(scope, exp=NOW - 100))

    assert reply.problem() == (401, "invalid-credential")
    assert reply.json()["reason"] == "expired"
    assert 'error="invalid_token"' in (reply.header("www-authenticate") or "")
    assert reply.header("cache-control") == "no-store"


def test_two_tokens_are_refused_as_an_operation_refuses_them() -> None:
    (name, value), *_ = bearer("read").items()
    page = PUBLIC.pages["/openapi.json"]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await show(page, scope, receive, send)

    pairs = [(name, value), (name, value)]
    reply = asyncio.run(call(app, "GET", "/openapi.json?mine=1", pairs))

    assert reply.problem() == (400, "ambiguous-credentials")


def test_where_no_operation_looks_at_tokens_none_is_looked_at() -> None:
    text = document({"/open": {"get": operation([])}}, schemes={"oauth": OAUTH})

    assert mine({"authorization": "Bearer junk"}, world=World(text=text)) == ["get /open"]


def test_who_sends_no_token_is_decided_upon_once() -> None:
    readers = Readers(ruleset_of(loaded(TEXT)), Guard(credentials=NobodyKnown(), clock=lambda: NOW))

    async def ask() -> list[Share]:
        scopes: list[Scope] = [{"headers": [(b"cookie", b"a=b")]}, {"headers": []}]
        return [await readers.share(scope) for scope in scopes]

    first, second = asyncio.run(ask())

    assert first is second
    assert (first.is_known, first.denial) == (False, None)


def test_what_anybody_may_call_is_rendered_once() -> None:
    rendered = list[Set[Call]]()

    def render(open_: Set[Call]) -> Page:
        rendered.append(open_)
        return page("application/json", b"{}")

    async def ask() -> None:
        shares = KeptShares(render)
        anybody = frozenset({("/open", "GET")})
        await asyncio.gather(*(shares.page(anybody) for _ in range(20)))
        for number in range(8):
            await shares.page(frozenset({(f"/{number}", "GET")}))
        await shares.page(anybody)

    asyncio.run(ask())

    assert [len(open_) for open_ in rendered] == [1] * 10
    assert rendered.count({("/open", "GET")}) == 2


@pytest.mark.parametrize("query", ["mine=", "mine=true", "mine=1&mine=2", "mine=1" + "&a=" * 100])
def test_another_question_than_mine_1_is_an_error(query: str) -> None:
    reply = PUBLIC.get(f"/openapi.json?{query}")

    assert reply.problem() == (400, "invalid-request")
    assert "?mine=1" in reply.json()["detail"]


@pytest.mark.parametrize("query", ["", "other=1", "%ff", "mine%3d1"])
def test_any_other_query_asks_for_the_whole(query: str) -> None:
    assert PUBLIC.get(f"/openapi.json?{query}").json() == TEXT


def test_a_page_of_a_configured_origin_may_read_the_document() -> None:
    page = PUBLIC.pages["/openapi.json"]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await show(page, scope, receive, send)

    cors = Cors(app, ["https://editor.example"])
    ours = {"origin": "https://editor.example"}
    own = asyncio.run(call(cors, "GET", "/openapi.json?mine=1", {**ours, **bearer("read")}))
    asked = {**ours, "access-control-request-method": "GET"}
    asked["access-control-request-headers"] = "authorization"
    preflight = asyncio.run(call(cors, "OPTIONS", "/openapi.json", asked))
    other = asyncio.run(call(cors, "GET", "/openapi.json", {"origin": "https://other.example"}))

    assert own.header("access-control-allow-origin") == "https://editor.example"
    assert own.header("access-control-allow-credentials") is None
    assert preflight.header("access-control-allow-headers") == "authorization"
    assert other.header("access-control-allow-origin") is None


@pytest.mark.parametrize("target", ["/openapi.json", "/openapi.yaml", "/openapi.json?mine=1"])
class TestTheDocumentIsForWhoIsKnown:
    """SCOPEGATE_DOCS=authenticated."""

    WORLD = World("authenticated")

    @pytest.mark.parametrize(
        "headers", [bearer("unheard-of"), {"cookie": "session=alice"}], ids=["token", "session"]
    )
    def test_who_is_known_reads_it(self, target: str, headers: Mapping[str, str]) -> None:
        reply = self.WORLD.get(target, headers)

        assert reply.status == 200
        assert (reply.header("cache-control") or "").startswith("private, ")
        assert "Authorization" in (reply.header("vary") or "")

    @pytest.mark.parametrize(
        "headers",
        [{}, {"cookie": "session=bob"}, {"authorization": "Basic YTpi"}, {**HTML, "x": "y"}],
        ids=["nothing", "another session", "a password", "a browser where nobody signs in"],
    )
    def test_who_is_not_known_is_asked_who_he_is(
        self, target: str, headers: Mapping[str, str]
    ) -> None:
        reply = World("authenticated", login=None).get(target, headers)

        assert reply.problem() == (401, "unauthenticated")
        assert reply.header("www-authenticate") == 'Bearer realm="documentation"'
        assert reply.header("cache-control") == "no-store"

    def test_a_browser_is_led_to_the_login_and_back(self, target: str) -> None:
        reply = self.WORLD.get(target, HTML)

        assert reply.status == 303
        expected = target.replace("?", "%3F").replace("=", "%3D").replace("/", "%2F")
        assert reply.header("location") == f"/in?next={expected}"

    def test_a_bad_token_is_told_so_even_to_a_browser(self, target: str) -> None:
        reply = self.WORLD.get(target, {**HTML, "authorization": "Bearer junk"})

        assert reply.problem() == (401, "invalid-credential")

    @pytest.mark.parametrize("docs", ["off", "anything"])
    def test_what_is_off_is_not_there_for_anybody(self, target: str, docs: str) -> None:
        for headers in ({}, bearer("read"), {"cookie": "session=alice"}):
            assert World(docs).get(target, headers).problem() == (404, "not-found")


def test_the_start_page_tells_a_program_what_is_guarded() -> None:
    reply = PUBLIC.get("/")

    assert reply.header("content-type") == "application/json"
    assert reply.header("vary") == "Accept, Accept-Encoding, Cookie"
    told = reply.json()
    assert (told["title"], told["version"]) == ("t", "1")
    assert told["operations"] == {"total": 5, "open_to_anyone": 2}
    assert set(told["scopes"]) == {"read", "write", "admin"}
    assert told["links"] == {
        "docs": "http://localhost:8000/docs",
        "health": "http://localhost:8000/-/health",
    }
    assert told["try"][0] == "curl http://localhost:8000/openapi.yaml"
    assert told["try"][2] == "curl -i http://localhost:8000/songs"
    assert len(told["try"]) == 3


def test_the_start_page_tells_a_browser_the_same() -> None:
    reply = PUBLIC.get("/", HTML)
    page = reply.body.decode()

    assert reply.header("content-type") == "text/html; charset=utf-8"
    assert "<strong>5 operations</strong>, 2 open to anyone, 1 closed to everyone" in page
    for line in PUBLIC.get("/").json()["try"]:
        assert line.replace("'", "&#x27;") in page
    policy = reply.header("content-security-policy") or ""
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in page


def test_the_matrix_is_told_of_to_whom_it_is_shown() -> None:
    assert "matrix" not in PUBLIC.get("/").json()["links"]
    assert "matrix" in PUBLIC.get("/", {"host": "here"}).json()["links"]
    assert "Who may call what" in PUBLIC.get("/", {**HTML, "host": "here"}).body.decode()


@pytest.mark.parametrize("headers", [{}, HTML], ids=["data", "page"])
def test_who_is_signed_in_is_told_to_himself_alone(headers: Mapping[str, str]) -> None:
    own = PUBLIC.get("/", {**headers, "cookie": "session=alice"})
    others = PUBLIC.get("/", headers)

    assert own.header("cache-control") == "private, no-store"
    assert others.header("cache-control") == "no-cache"
    assert b"alert" not in others.body
    if headers:
        assert b"<script>" not in own.body
        assert b"Signed in as" in own.body
        assert b"Sign in</a>" in others.body
    else:
        assert own.json()["signed_in"] == HOSTILE


@pytest.mark.parametrize("docs", ["authenticated", "off"])
def test_where_the_document_is_not_for_all_the_start_page_says_little(docs: str) -> None:
    world = World(docs)

    reply = world.get("/")
    told = reply.json()
    page = world.get("/", HTML).body.decode()

    assert "operations" not in told
    assert "docs" not in told["links"]
    assert "songs" not in json.dumps(told)
    assert "admin" not in page
    assert len(told["try"]) == 3
    assert reply.header("cache-control") == "private, no-store"


def test_the_start_page_says_all_to_who_may_read_the_document() -> None:
    told = World("authenticated").get("/", bearer("read")).json()

    assert told["operations"]["total"] == 5
    assert not any("/openapi" in line for line in told["try"])


def test_texts_of_the_document_stay_texts() -> None:
    scopes = {"clientCredentials": {"tokenUrl": "/t", "scopes": {"read": HOSTILE}}}
    schemes = {"oauth": {"type": "oauth2", "flows": scopes}}
    text = document({"/a'b": {"get": operation([{"oauth": ["read"]}])}}, schemes=schemes)
    text["info"] = {"title": HOSTILE, "version": HOSTILE}

    world = World(text=text)

    assert b"<script>" not in world.get("/", HTML).body
    assert world.get("/").json()["try"][2] == "curl -i 'http://localhost:8000/a'\"'\"'b'"


def test_a_ruleset_of_many_operations_proves_a_token_once() -> None:
    class Counting(Guard):
        proven = 0

        async def prove(self, ruleset: Ruleset, *args: Any, **kwargs: Any) -> Any:
            self.proven += 1
            return await super().prove(ruleset, *args, **kwargs)

    text = document(
        {f"/a{n}": {"get": operation([{"oauth": ["read"]}])} for n in range(200)},
        schemes={"oauth": OAUTH},
    )
    guard = Counting(credentials=NobodyKnown(), clock=lambda: NOW)
    readers = Readers(ruleset_of(loaded(text)), guard)
    page = published_pages(readers, Places("http://localhost:8000", (), ()))["/openapi.json"]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await show(page, scope, receive, send)

    reply = asyncio.run(call(app, "GET", "/openapi.json?mine=1", bearer("read")))

    assert len(reply.json()["paths"]) == 200
    assert guard.proven == 1
