"""What is left of a document for somebody who may call some of it."""

from typing import Any

import pytest

from gateway.edge.document.mine import own_document

GET, POST = {"responses": {}, "summary": "read"}, {"responses": {}, "summary": "write"}


def paths(document: dict[str, Any], *open_: tuple[str, str]) -> Any:
    return own_document({"openapi": "3.1.0", **document}, open_)["paths"]


def used(document: dict[str, Any], *open_: tuple[str, str]) -> dict[str, list[str]]:
    components = own_document({"openapi": "3.1.0", **document}, open_)["components"]
    return {section: [*names] for section, names in components.items()}


def answer(schema: str) -> Any:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"description": "", "content": {"application/json": {"schema": reference}}}


def test_a_path_keeps_the_operations_that_are_open_and_what_they_share() -> None:
    document = {"paths": {"/a": {"parameters": [1], "get": GET, "post": POST}, "/b": {"get": GET}}}

    assert paths(document, ("/a", "GET")) == {"/a": {"parameters": [1], "get": GET}}
    assert paths(document) == {}


def test_the_rest_of_the_document_stays_as_it_is() -> None:
    schemes = {"key": {"type": "apiKey"}}
    components = {"securitySchemes": schemes, "x-b": 2}
    document = {"openapi": "3.1.0", "components": components, "x-a": 1, "paths": {}, "tags": []}

    assert own_document(document, []) == document


def test_of_the_components_those_stay_that_open_operations_lead_to() -> None:
    document = {
        "components": {
            "schemas": {
                "Song": {"properties": {"by": {"$ref": "#/components/schemas/Artist~1s"}}},
                "Artist/s": {"items": {"$ref": "#/components/schemas/Song"}},
                "Hidden": {"$ref": "#/components/schemas/Song"},
            },
            "responses": {"One": answer("Song"), "Hidden": answer("Hidden")},
            "pathItems": {"hidden": {"get": {"responses": {"200": answer("Hidden")}}}},
        },
        "paths": {
            "/a": {
                "get": {"responses": {"200": {"$ref": "#/components/responses/One"}}},
                "post": {"responses": {"200": {"$ref": "#/components/responses/Hidden"}}},
            },
            "/b": {"$ref": "#/components/pathItems/hidden"},
        },
    }

    assert used(document, ("/a", "GET")) == {"schemas": ["Song", "Artist/s"], "responses": ["One"]}


@pytest.mark.parametrize(
    ("schema", "others", "expected"),
    [
        (
            {"discriminator": {"propertyName": "kind", "mapping": {"c": "Cat"}}},
            {"Cat": {}, "Dog": {}},
            ["A", "Cat"],
        ),
        (
            {"discriminator": {"propertyName": "kind"}},
            {"Cat": {"allOf": [{"$ref": "#/components/schemas/A"}]}, "Dog": {"allOf": [{}]}},
            ["A", "Cat"],
        ),
        (
            {"items": {"$ref": "#cat"}, "not": {"$dynamicRef": "#dog"}},
            {"Cat": {"$anchor": "cat"}, "Dog": {"not": {"$dynamicAnchor": "dog"}}, "Cow": {}},
            ["A", "Cat", "Dog"],
        ),
        (
            {"items": {"$ref": "#/components/schemas/Cat%20%5B1%5D/items"}},
            {"Cat [1]": {"items": {}}, "Cat": {}},
            ["A", "Cat [1]"],
        ),
        (
            {"items": {"$ref": "https://a.example/cat"}},
            {"Cat": {"$id": "https://a.example/cat"}, "Dog": {"$id": "dog"}},
            ["A", "Cat"],
        ),
    ],
    ids=["mapping", "names", "anchors", "escapes", "identifiers"],
)
def test_a_schema_that_is_meant_in_another_way_than_by_its_place_stays(
    schema: Any, others: Any, expected: list[str]
) -> None:
    document = {
        "components": {"schemas": {"A": schema, **others}},
        "paths": {"/a": {"get": {"responses": {"200": answer("A")}}}},
    }

    assert used(document, ("/a", "GET")) == {"schemas": expected}


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
