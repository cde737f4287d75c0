"""What is left of a document for somebody who may call some of it."""

from typing import Any

from gateway.edge.document.mine import own_document

GET, POST = {"responses": {}, "summary": "read"}, {"responses": {}, "summary": "write"}


def paths(document: dict[str, Any], *open_: tuple[str, str]) -> Any:
    return own_document({"openapi": "3.1.0", **document}, open_)["paths"]


def test_a_path_keeps_the_operations_that_are_open_and_what_they_share() -> None:
    document = {"paths": {"/a": {"parameters": [1], "get": GET, "post": POST}, "/b": {"get": GET}}}

    assert paths(document, ("/a", "GET")) == {"/a": {"parameters": [1], "get": GET}}
    assert paths(document) == {}


def test_the_rest_of_the_document_stays_as_it_is() -> None:
    document = {"openapi": "3.1.0", "components": {"schemas": {"A": {}}}, "x-a": 1, "paths": {}}

    assert own_document(document, []) == document


def test_a_path_item_elsewhere_is_written_out_for_each_path() -> None:
    document = {
        "paths": {
            "/a": {"$ref": "#/components/pathItems/b~1c", "summary": "mine"},
            "/d": {"$ref": "#/components/pathItems/b~1c"},
        },
        "components": {"pathItems": {"b/c": {"summary": "theirs", "get": GET, "post": POST}}},
    }

    assert paths(document, ("/a", "GET"), ("/d", "POST")) == {
        "/a": {"summary": "mine", "get": GET},
        "/d": {"summary": "theirs", "post": POST},
    }


def test_a_reference_that_leads_nowhere_or_round_opens_nothing() -> None:
    document = {
        "paths": {"/a": {"$ref": "#/paths/~1a"}, "/b": {"$ref": "#/components/pathItems/b"}}
    }

    assert paths(document, ("/a", "GET"), ("/b", "GET")) == {}


def test_operations_with_methods_of_their_own_are_kept_by_their_names() -> None:
    document = {"paths": {"/a": {"additionalOperations": {"COPY": GET, "copy": POST}}}}

    assert paths(document, ("/a", "COPY")) == {"/a": {"additionalOperations": {"COPY": GET}}}
    assert paths(document, ("/a", "GET")) == {}
