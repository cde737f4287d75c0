"""`/docs` over HTTP: what it is made of, who is shown it, and when it gives way."""

import asyncio
import re
from typing import Any

import pytest

from gateway.edge.docs.application import docs_applications
from gateway.edge.docs.shown import Login
from gateway.edge.document.readers import Readers
from gateway.edge.pages import OwnPages
from gateway.guard import Guard
from tests.edge.gateway.test_published import TEXT, alice
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import (
    NobodyKnown,
    bearer,
    document,
    loaded,
    operation,
    ruleset_of,
)
from tests.unit.tokens.minting import NOW

LOGIN = Login(
    "docs", "http://us/o/authorize/", "http://us/o/token/", "http://us/back", "http://us/o"
)
HOSTILE = "<script>alert(1)</script>"
TOLD = ["/docs", "/docs/", "/docs/settings.json", "/docs/document.json"]


class World:
    """The documentation of one document."""

    def __init__(
        self, docs: str = "public", *, text: Any = TEXT, login: Login | None = LOGIN
    ) -> None:
        guard = Guard(credentials=NobodyKnown(), clock=lambda: NOW)
        readers = Readers(ruleset_of(loaded(text)), guard, docs, alice, login="/in")
        self.pages = docs_applications(readers, login)
        self.app = OwnPages(self.pages)

    def get(self, target: str, headers: Any = (), *, method: str = "GET") -> Reply:
        return asyncio.run(call(self.app, method, target, headers))


PUBLIC = World()


def test_all_that_the_pages_refer_to_is_there() -> None:
    for path in ("/docs", "/docs/oauth2-redirect"):
        page = PUBLIC.get(path).body.decode()
        for target in re.findall(r'(?:src|href)="(/docs/[^"]+)"', page):
            assert PUBLIC.get(target).status == 200, target


@pytest.mark.parametrize("path", sorted(PUBLIC.pages))
def test_a_page_loads_nothing_but_ours(path: str) -> None:
    reply = PUBLIC.get(path)

    policy = reply.header("content-security-policy") or ""
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert reply.header("x-content-type-options") == "nosniff"
    if reply.header("content-type") == "text/html; charset=utf-8":
        assert not re.search(rb"<script[^>]*>[^<]", reply.body)
        assert b"://" not in reply.body


@pytest.mark.parametrize("path", sorted(PUBLIC.pages))
def test_a_page_can_only_be_read(path: str) -> None:
    assert PUBLIC.get(path, method="POST").problem() == (405, "method-not-allowed")


def test_the_script_is_told_where_to_log_in_and_what_operations_ask_for() -> None:
    told = PUBLIC.get("/docs/settings.json").json()

    assert told["login"] == {
        "clientId": "docs",
        "redirectUrl": "http://us/back",
        "issuer": "http://us/o",
    }
    assert told["access"]["POST /songs"] == {
        "kind": "needs",
        "words": "needs admin, or read + write",
    }
    assert World(login=None).get("/docs/settings.json").json()["login"] is None


def test_texts_of_the_document_stay_texts() -> None:
    text = document({"/a": {"get": operation()}})
    text["info"] = {"title": HOSTILE, "version": HOSTILE}

    assert HOSTILE.encode() not in World(text=text).get("/docs").body


@pytest.mark.parametrize(
    "path", ["/docs", "/docs/docs.js", "/docs/{anything}", "/{a}/oauth2-redirect"]
)
def test_all_of_it_gives_way_to_an_operation_at_one_of_its_paths(path: str) -> None:
    names = re.findall(r"{(\w+)}", path)
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]
    text = document({path: {"get": operation(parameters=parameters)}})

    assert World(text=text).pages == {}


@pytest.mark.parametrize("path", TOLD)
def test_where_one_has_to_be_known_the_document_is_told_to_who_is(path: str) -> None:
    world = World("authenticated")

    for headers in (bearer("read"), {"cookie": "session=alice"}):
        reply = world.get(path, headers)
        assert reply.status == 200
        assert reply.header("cache-control") == "private, no-cache"
    assert world.get(path).problem() == (401, "unauthenticated")
    assert world.get(path, {"accept": "text/html"}).status == 303
    assert world.get("/docs/oauth2-redirect").status == 200


@pytest.mark.parametrize("path", sorted(PUBLIC.pages))
def test_what_is_off_is_not_there(path: str) -> None:
    assert World("off").get(path, {"cookie": "session=alice"}).problem() == (404, "not-found")
