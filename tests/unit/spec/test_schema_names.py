"""References by `$id`, anchor and `$dynamicRef` lead where JSON Schema says, as plain pointers."""

from pathlib import Path
from typing import Any

import pytest

from gateway.spec.read import read_description
from tests.unit.spec.writing import load, messages, rules, write

HEAD = 'openapi: "3.1.0"\ninfo: {title: t, version: "1"}\npaths: {}\n'


def schemas(text: str) -> Any:
    """Return the schemas of a document in which line 4 has them."""
    description = load(f"{HEAD}components: {{schemas: {{{text}}}}}\n")
    return description.document["components"]["schemas"]


@pytest.mark.parametrize(
    ("reference", "pointer"),
    [
        pytest.param("#/components/schemas/A", "#/components/schemas/A", id="a pointer"),
        pytest.param("https://x.example/a", "#/components/schemas/A", id="an $id"),
        pytest.param("https://x.example/a#/$defs/b", "#/components/schemas/A/$defs/b", id="below"),
        pytest.param("https://x.example/a#leaf", "#/components/schemas/A/$defs/b", id="an anchor"),
        pytest.param("https://x.example/in/c", "#/components/schemas/A/$defs/c", id="an inner $id"),
        pytest.param("#top", "#/components/schemas/T", id="an anchor of the document"),
    ],
)
def test_a_name_becomes_the_way_from_the_root(reference: str, pointer: str) -> None:
    found = schemas(
        "A: {$id: 'https://x.example/a', $defs: {b: {$anchor: leaf}, c: {$id: in/c}}}, "
        f"T: {{$anchor: top}}, R: {{$ref: '{reference}'}}"
    )

    assert found["R"] == {"$ref": pointer}
    assert found["A"] == {"$defs": {"b": {}, "c": {}}}
    assert found["T"] == {}


def test_within_a_schema_with_an_id_pointers_begin_there_or_else_at_the_root() -> None:
    found = schemas(
        "A: {$id: urn-a, $defs: {b: {}}, properties: "
        "{x: {$ref: '#/$defs/b'}, y: {$ref: '#'}, z: {$ref: '#/components/schemas/B'}}}, B: {}"
    )

    assert found["A"]["properties"] == {
        "x": {"$ref": "#/components/schemas/A/$defs/b"},
        "y": {"$ref": "#/components/schemas/A"},
        "z": {"$ref": "#/components/schemas/B"},
    }


def test_a_dynamic_reference_that_can_mean_one_schema_alone_is_a_plain_one() -> None:
    found = schemas("T: {$dynamicAnchor: node, properties: {c: {$dynamicRef: '#node'}}}")

    assert found == {"T": {"properties": {"c": {"$ref": "#/components/schemas/T"}}}}


def test_a_dynamic_reference_that_depends_on_the_way_to_it_stays_as_it_is() -> None:
    text = (
        "T: {$id: t, $dynamicAnchor: node, properties: {c: {$dynamicRef: '#node'}}}, "
        "S: {$id: s, $dynamicAnchor: node, $ref: t, not: {}}"
    )

    found = schemas(text)

    assert found["T"]["properties"]["c"] == {"$dynamicRef": "#node"}
    assert found["S"]["$id"] == "s"
    assert found["S"]["$ref"] == "t"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("#leef", "nor is it an anchor here, did you mean `leaf`?"),
        ("https://x.example/z", "nothing is fetched"),
        ("#/$defs/b", "there is no `$defs`"),
    ],
)
def test_a_name_that_nothing_has_is_refused(reference: str, said: str) -> None:
    text = f"{HEAD}components: {{schemas: {{A: {{$anchor: leaf}}, R: {{$ref: '{reference}'}}}}}}\n"

    assert rules(text) == ["4:54 reference"]
    assert said in messages(text)


def test_an_anchor_of_another_file_is_found_and_its_schema_brought_along(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {
            "o.yaml": f"{HEAD}components: {{schemas: {{R: {{items: {{$ref: 's.yaml#leaf'}}}}}}}}\n",
            "s.yaml": "$defs: {x: {$anchor: leaf, properties: {y: {$ref: '#leaf'}}}}\n",
        },
    )

    found = read_description(path).document["components"]["schemas"]

    assert found == {
        "R": {"items": {"$ref": "#/components/schemas/x"}},
        "x": {"properties": {"y": {"$ref": "#/components/schemas/x"}}},
    }


def test_what_looks_like_a_name_in_a_3_0_document_is_left_alone() -> None:
    text = f"{HEAD}components: {{examples: {{E: {{value: {{$id: a, $anchor: b}}}}}}}}\n"

    description = load(text)

    assert description.document["components"]["examples"]["E"]["value"] == {
        "$id": "a",
        "$anchor": "b",
    }


def test_what_stands_beside_a_reference_in_another_file_is_not_passed_over(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {
            "o.yaml": f"{HEAD}components: {{schemas: {{R: {{items: {{$ref: 's.yaml#/A'}}}}}}}}\n",
            "s.yaml": "A: {$ref: '#/B', maxLength: 3}\nB: {type: string}\n",
        },
    )

    found = read_description(path).document["components"]["schemas"]

    assert found == {
        "R": {"items": {"$ref": "#/components/schemas/A"}},
        "A": {"$ref": "#/components/schemas/B", "maxLength": 3},
        "B": {"type": "string"},
    }
