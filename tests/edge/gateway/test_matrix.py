"""`/-/matrix` over HTTP: who sees it, what it says without scripts, and what it may never do."""

import asyncio
import re
from html import unescape
from typing import Any

import pytest

from gateway.edge.doors import Doors
from gateway.edge.matrix.application import MatrixPage
from gateway.edge.pages import OwnPages
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import OAUTH, document, loaded, operation

HERE = {"host": "localhost:8000"}
FILES = [f"/-/matrix/{name}" for name in ("matrix.css", "matrix.js", "token.js", "verdict.js")]
HOSTILE = "<script>alert(1)</script>\"'"

SONGS = document(
    {
        "/songs": {
            "get": operation([{"oauth": ["read"]}], tags=["songs"]),
            "post": operation([{"oauth": ["read", "write"]}, {"oauth": ["admin"]}], tags=["songs"]),
            "put": operation([{"oauth": ["put"]}]),
        },
        "/open": {"get": operation()},
    },
    schemes={"oauth": OAUTH},
)


class World:
    """The page among our own, as a gateway serves it for a document."""

    def __init__(self, text: dict[str, Any]) -> None:
        pages = dict.fromkeys(("/-/matrix", "/-/matrix/"), MatrixPage(loaded(text)))
        self.app = OwnPages(Doors().behind(pages))

    def send(self, target: str, headers: Any = HERE, *, method: str = "GET", **more: Any) -> Reply:
        return asyncio.run(call(self.app, method, target, headers, **more))

    def page(self, query: str = "") -> str:
        reply = self.send(f"/-/matrix{query}")
        assert reply.status == 200
        return reply.body.decode()


WORLD = World(SONGS)


def states(page: str) -> dict[str, str]:
    """Operation -> what is said of it."""
    rows = re.findall(r'"method">(\w+)</span> (.*?)</code>.*?</span> <span>(.*?)</span>', page)
    return {f"{m} {path.replace('<wbr>', '')}": unescape(words) for m, path, words in rows}


def count(page: str) -> str:
    (told,) = re.findall(r'id="count" role="status">(.*?)</p>', page)
    return re.sub("<[^>]+>", "", told)


def test_the_page_says_what_is_open_to_anyone_and_what_the_others_lack() -> None:
    page = WORLD.page()

    assert states(page) == {
        "GET /songs": "lacks read",
        "POST /songs": "lacks admin",
        "PUT /songs": "lacks put, which no client can get",
        "GET /open": "open to anyone",
    }
    assert count(page) == "1 of 4 open to anyone"


def test_without_scripts_the_form_acts_as_somebody() -> None:
    page = WORLD.page("?as=read")

    assert states(page)["GET /songs"] == "open"
    assert states(page)["POST /songs"] == "lacks write"
    assert count(page) == "2 of 4 open with read"
    assert re.findall(r'value="([^"]*)"[^>]* checked>', page) == ["read"]


def test_filters_hide_rows_and_are_kept() -> None:
    page = WORLD.page("?as=read&tag=songs&path=POST+/SONGS")

    assert count(page) == "2 of 4 open with read; 1 shown, 0 of them open"
    assert len(re.findall(r"<tr[^>]* hidden>", page)) == 3
    assert '<option value="songs" selected>' in page
    assert 'value="POST /SONGS"' in page


def test_a_link_older_than_the_document_says_what_it_names_in_vain() -> None:
    assert "The link ticks gone, which nothing here asks for." in WORLD.page("?as=read&as=gone")
    assert 'id="unknown" hidden' in WORLD.page("?as=read")


@pytest.mark.parametrize("query", ["?as=%ff%fe", "?\u00e9", "?as", "?" + "as=x&" * 6000, "?=&&="])
def test_whatever_the_query_the_page_is_shown(query: str) -> None:
    assert count(WORLD.page(query)) == "1 of 4 open to anyone"


def test_nothing_of_a_query_becomes_markup() -> None:
    page = WORLD.page("?as=%3Cscript%3Ealert(1)&path=%22%3E%3Cscript%3Ealert(1)&tag=%22%3E")

    assert "<script>alert" not in page
    assert '""' not in re.sub(r'=""', "", page)


def test_nothing_of_a_document_becomes_markup() -> None:
    scopes = {HOSTILE: HOSTILE}
    flow = {"clientCredentials": {"tokenUrl": "/o/token/", "scopes": scopes}}
    text = document(
        {f"/{HOSTILE}": {"get": operation([{"oauth": [HOSTILE]}], tags=[HOSTILE])}},
        schemes={"oauth": {"type": "oauth2", "flows": flow}},
    )
    text["info"]["title"] = HOSTILE

    page = World(text).page()

    assert "<script>alert" not in page
    assert page.count("<script") == 1


def test_the_page_runs_nothing_but_its_own_files() -> None:
    reply = WORLD.send("/-/matrix")
    page = reply.body.decode()

    policy = reply.header("content-security-policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert reply.header("referrer-policy") == "no-referrer"
    assert set(re.findall(r'(?:src|href)="(/[^"]*)"', page)) == {*FILES[:2], "/-/matrix"}
    assert " style=" not in page
    assert "<style" not in page
    assert not re.search(r"\son\w+=", page)


@pytest.mark.parametrize("target", ["/-/matrix", *FILES])
def test_each_file_is_served_and_head_is_its_head(target: str) -> None:
    whole, head = WORLD.send(target), WORLD.send(target, method="HEAD")

    assert whole.status == 200
    assert whole.header("content-length") == str(len(whole.body))
    assert whole.header("x-content-type-options") == "nosniff"
    assert (head.status, head.headers, head.body) == (200, whole.headers, b"")


@pytest.mark.parametrize("target", ["/-/matrix", *FILES])
@pytest.mark.parametrize(
    ("headers", "more"),
    [
        ({"host": "api.example.org"}, {}),
        ({**HERE, "x-forwarded-for": "127.0.0.1"}, {}),
        (HERE, {"client": ("192.0.2.7", 50000)}),
        ({}, {}),
    ],
    ids=["other host", "behind a proxy", "other machine", "no host"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_for_others_there_is_nothing_here(
    target: str, headers: dict[str, str], more: dict[str, Any], method: str
) -> None:
    here = WORLD.send(target, headers, method=method, **more)
    nowhere = WORLD.send("/-/nothing", headers, method=method, **more)

    assert here.problem() == nowhere.problem() == (404, "not-found")
    assert {**here.json(), "instance": ""} == {**nowhere.json(), "instance": ""}
    assert [n for n, _ in here.headers] == [n for n, _ in nowhere.headers]


@pytest.mark.parametrize("target", ["/-/matrix/", "/-/matrix/x.js", "/-/matrix/../matrix.css"])
def test_below_the_page_nothing_else_is_served(target: str) -> None:
    assert WORLD.send(target).problem() == (404, "not-found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_the_page_can_only_be_read(method: str) -> None:
    reply = WORLD.send("/-/matrix", method=method)

    assert reply.problem() == (405, "method-not-allowed")
    assert reply.header("allow") == "GET, HEAD"


def test_a_document_without_operations_has_a_page() -> None:
    assert "The document has no operations." in World(document({})).page()


def test_many_ticks_are_counted_and_not_all_named() -> None:
    scopes = [f"s{number}" for number in range(7)]
    text = document({"/a": {"get": operation([{"oauth": scopes}])}})
    query = "&".join(f"as={scope}" for scope in scopes)

    assert count(World(text).page(f"?{query}")) == "1 of 1 open with s0, s1, s2, s3 and 3 more"
