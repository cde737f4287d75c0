"""The gateway's own pages: what they answer, and when they give way."""

import asyncio
import gzip
import json
from typing import Any

import pytest
import yaml

from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import bearer, document, gateway, operation

LONG = document({"/a": {"get": operation([{"oauth": ["read"]}], summary="x" * 3000)}})
WORLD = gateway(LONG)
PAGES = ["/", "/openapi.json", "/openapi.yaml", "/-/health", "/-/ready", "/-/problems/not-found"]


def send(target: str, headers: Any = (), *, method: str = "GET", app: Any = None) -> Reply:
    return asyncio.run(call(app or WORLD.app, method, target, headers))


@pytest.mark.parametrize("target", PAGES)
def test_a_page_is_shown_to_anyone_whatever_he_presents(target: str) -> None:
    reply = send(target, {"authorization": "Bearer junk"})

    assert reply.status == 200
    assert reply.header("content-length") == str(len(reply.body))
    assert reply.header("x-content-type-options") == "nosniff"
    expected = "Accept, Accept-Encoding" if target == "/" else "Accept-Encoding"
    assert reply.header("vary") == expected


@pytest.mark.parametrize("target", PAGES)
def test_head_of_a_page_is_its_head(target: str) -> None:
    page, head = send(target), send(target, method="HEAD")

    assert head.headers == page.headers
    assert head.body == b""


@pytest.mark.parametrize("target", PAGES)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE"])
def test_a_page_can_only_be_read(target: str, method: str) -> None:
    reply = send(target, method=method)

    assert reply.problem() == (405, "method-not-allowed")
    assert reply.header("allow") == "GET, HEAD"


def test_the_document_is_shown_in_both_forms() -> None:
    as_json, as_yaml = send("/openapi.json"), send("/openapi.yaml")

    assert as_json.json() == LONG == yaml.safe_load(as_yaml.body)
    assert as_json.header("content-type") == "application/json"
    assert as_yaml.header("content-type") == "application/yaml"


@pytest.mark.parametrize("target", PAGES)
def test_who_has_a_page_is_not_sent_it_again(target: str) -> None:
    tag = send(target).header("etag")
    assert tag is not None

    again = send(target, {"if-none-match": f'"other", {tag}'})
    changed = send(target, {"if-none-match": '"other"'})

    assert (again.status, again.body, again.header("etag")) == (304, b"", tag)
    assert changed.status == 200


def test_a_long_page_is_zipped_for_who_takes_it() -> None:
    zipped = send("/openapi.json", {"accept-encoding": "gzip, br"})
    whole = send("/openapi.json", {"accept-encoding": "br"})
    short = send("/-/health", {"accept-encoding": "gzip"})

    assert zipped.header("content-encoding") == "gzip"
    assert gzip.decompress(zipped.body) == whole.body
    assert len(zipped.body) < len(whole.body)
    assert (whole.header("content-encoding"), short.header("content-encoding")) == (None, None)


@pytest.mark.parametrize(
    ("accepted", "is_zipped"),
    [
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("br, gzip; q=1", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000, br", False),
        ("notgzip", False),
        ("identity", False),
    ],
)
def test_a_page_is_zipped_by_the_weight_that_gzip_has(accepted: str, is_zipped: bool) -> None:
    reply = send("/openapi.json", {"accept-encoding": accepted})

    assert (reply.header("content-encoding") == "gzip") is is_zipped


@pytest.mark.parametrize("target", ["/-", "/-/", "/-/nothing", "/-/problems/", "/-/health/"])
def test_below_our_own_path_nothing_else_is_served(target: str) -> None:
    assert send(target).problem() == (404, "not-found")


def test_pages_give_way_to_the_documents_operations() -> None:
    text = document(
        {
            "/": {"get": operation([{"oauth": ["read"]}])},
            "/openapi.json": {"post": operation()},
        }
    )
    app = gateway(text).app

    assert send("/", app=app).status == 401
    assert send("/", bearer("read"), app=app).problem() == (501, "no-handler")
    assert send("/openapi.json", app=app).problem() == (405, "method-not-allowed")
    assert send("/openapi.json", app=app).header("allow") == "OPTIONS, POST"
    assert send("/openapi.yaml", app=app).status == 200


def test_pages_give_way_to_a_template_of_the_document_too() -> None:
    parameter = {"name": "x", "in": "path", "required": True, "schema": {"type": "string"}}
    text = document({"/{x}": {"get": operation(parameters=[parameter])}})
    app = gateway(text).app

    assert send("/openapi.yaml", app=app).problem() == (501, "no-handler")
    assert send("/", app=app).status == 200  # a parameter is never empty
    assert send("/-/health", app=app).status == 200


def test_a_base_path_leaves_the_pages_where_they_are() -> None:
    app = gateway(document({"/": {"get": operation()}}, servers=[{"url": "/v1"}])).app

    assert send("/", app=app).status == 200
    assert send("/v1/", app=app).problem() == (501, "no-handler")


def test_a_page_is_found_by_the_path_as_it_was_cut() -> None:
    assert send("/openapi%2Ejson").status == 200
    assert send("//openapi.json").problem() == (404, "not-found")
    assert send("/openapi.json/").problem() == (404, "not-found")


def test_the_start_page_is_json_with_links() -> None:
    assert json.loads(send("/").body)["links"] == {
        "docs": "http://localhost:8000/docs",
        "document": "/openapi.yaml",
    }
