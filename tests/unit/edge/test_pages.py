"""The document as it is shown, and the pages rendered from it."""

import asyncio
import gzip
import json

import pytest
import yaml

from gateway.edge.entry import raw_path
from gateway.edge.pages import LatePage, Page, document_pages, page, problem_pages, public_document
from gateway.edge.problem import PROBLEM_TYPES, Problem, new_request_id, problem_body
from gateway.edge.state import RequestState
from tests.edge.gateway.wire import scope_of
from tests.edge.gateway.world import document, loaded, operation, read, ruleset_of

LONG = "x" * 2000


def body_of(shown: Page | LatePage) -> bytes:
    """What a page holds, whenever it is rendered."""
    return shown.body if isinstance(shown, Page) else shown.rendered().body


def test_our_extensions_are_not_shown_and_all_others_are() -> None:
    shown = public_document(
        {
            "x-scopegate-cache": 1,
            "x-other": {"x-scopegate": 1, "kept": [{"x-scopegate-x": 1}, 2]},
            "paths": {},
        }
    )

    assert shown == {"x-other": {"kept": [{}, 2]}, "paths": {}}


def test_the_document_shown_is_a_copy() -> None:
    original = {"paths": {"/a": {"x-scopegate": 1}}}

    public_document(original)

    assert original == {"paths": {"/a": {"x-scopegate": 1}}}


def test_both_forms_of_the_document_say_the_same() -> None:
    text = document({"/a": {"get": operation(summary="h\u00e9 \u266b")}})

    pages = document_pages(read(text).document)

    as_json, as_yaml = (body_of(pages[f"/openapi.{ending}"]) for ending in ("json", "yaml"))
    assert json.loads(as_json) == yaml.safe_load(as_yaml) == text


@pytest.mark.parametrize("number", [2**70, -(2**70), 1.5, 10.0**300])
def test_a_document_with_any_number_is_shown(number: float) -> None:
    schema = {"type": "number", "maximum": number}
    text = document({"/a": {"get": operation()}}, components={"schemas": {"A": schema}})

    pages = document_pages(read(text).document)

    assert json.loads(body_of(pages["/openapi.json"])) == text
    assert yaml.safe_load(body_of(pages["/openapi.yaml"])) == text


def test_a_page_made_late_is_made_once_for_all_who_ask() -> None:
    made: list[int] = []

    def text() -> bytes:
        made.append(1)
        return b"text"

    async def asked_twice() -> list[Page]:
        late = LatePage("text/plain", text)
        return [*await asyncio.gather(late.made(), late.made()), await late.made()]

    pages = asyncio.run(asked_twice())

    assert made == [1]
    assert pages == [page("text/plain", b"text")] * 3


def test_only_a_page_worth_it_is_zipped() -> None:
    long, short = page("text/plain", LONG.encode()), page("text/plain", b"short")

    assert gzip.decompress(long.zipped) == LONG.encode()
    assert short.zipped == b""


def test_equal_pages_have_equal_tags_and_others_have_others() -> None:
    one, same, other = (page("text/plain", text) for text in (b"a", b"a", b"b"))

    assert one.etag == same.etag != other.etag
    assert one.etag.startswith(b'"')
    assert page("text/plain", LONG.encode()).zipped == page("text/plain", LONG.encode()).zipped


@pytest.mark.parametrize("slug", PROBLEM_TYPES)
def test_every_problem_type_has_a_page_that_explains_it(slug: str) -> None:
    found = problem_pages()[f"/-/problems/{slug}"]

    assert PROBLEM_TYPES[slug].title.encode() in found.body
    assert found.content_type == b"text/html; charset=utf-8"


def test_a_problem_points_to_its_page() -> None:
    body = json.loads(problem_body(Problem(404, "not-found", "x", members={"nearest": "/a"}), "id"))

    assert body == {
        "type": "/-/problems/not-found",
        "title": "Not found",
        "status": 404,
        "detail": "x",
        "instance": "id",
        "nearest": "/a",
    }


def test_a_request_keeps_the_id_it_was_given_first() -> None:
    rules = ruleset_of(loaded(document({"/a": {"get": operation()}})))
    first, second = (RequestState(rules, scope_of("GET", "/a")) for _ in range(2))

    assert first.request_id == first.request_id != second.request_id
    assert new_request_id() != new_request_id()


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        pytest.param({"raw_path": b"/a%2Fb"}, b"/a%2Fb", id="as sent"),
        pytest.param({"raw_path": b"/a?x=1"}, b"/a", id="with the query"),
        pytest.param({"raw_path": None, "path": "/a b/\u00e9"}, b"/a%20b/%C3%A9", id="not told"),
        pytest.param({"raw_path": None, "path": "/a/%2F;"}, b"/a/%252F%3B", id="told decoded"),
    ],
)
def test_the_raw_path_is_as_sent_or_encoded_again(
    scope: dict[str, object], expected: bytes
) -> None:
    assert raw_path({**scope_of("GET", "/"), **scope}) == expected
