"""A description of several files becomes one document in which every `$ref` is local."""

from pathlib import Path
from typing import Any

import pytest

from gateway.spec.model import ApiDescription
from gateway.spec.read import read_description
from tests.unit.spec.writing import HEAD, faults_of, write

FINE = "responses: {default: {description: fine}}"


def joined(folder: Path, files: dict[str, str]) -> ApiDescription:
    return read_description(write(folder, files))


def references(value: Any) -> list[str]:
    """Return every `$ref` of plain values."""
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [text for child in value.values() for text in references(child)]
    if isinstance(value, list):
        return [text for child in value for text in references(child)]
    return []


def refused(folder: Path, files: dict[str, str]) -> list[str]:
    path = write(folder, files)
    found = faults_of(lambda: read_description(path))
    return [
        str(fault).removeprefix(f"{folder}/").partition(": error ")[0] + " " + fault.rule
        for fault in found
    ]


def response_with(schema: str) -> str:
    return f"responses: {{default: {{description: d, content: {{a/b: {{schema: {schema}}}}}}}}}"


def test_schemas_of_other_files_become_components_that_may_contain_each_other(
    tmp_path: Path,
) -> None:
    description = joined(
        tmp_path,
        {
            "o.yaml": f"{HEAD}paths:\n  /a: {{get: {{{response_with('{$ref: s/Tree.yaml}')}}}}}\n",
            "s/Tree.yaml": "properties: {leaf: {$ref: 'more.json#/defs/Leaf'}, tree: {$ref: '#'}}",
            "s/more.json": (
                '{"defs": {"Leaf": {"not": {"$ref": "Tree.yaml"}, '
                '"items": {"$ref": "#/defs/Bud"}}, "Bud": {}}}'
            ),
        },
    )

    assert description.document["components"]["schemas"] == {
        "Tree": {
            "properties": {
                "leaf": {"$ref": "#/components/schemas/Leaf"},
                "tree": {"$ref": "#/components/schemas/Tree"},
            }
        },
        "Leaf": {
            "not": {"$ref": "#/components/schemas/Tree"},
            "items": {"$ref": "#/components/schemas/Bud"},
        },
        "Bud": {},
    }


def test_names_that_are_taken_are_numbered(tmp_path: Path) -> None:
    both = "{oneOf: [{$ref: s/Pet.yaml}, {$ref: t/Pet.yaml}]}"
    description = joined(
        tmp_path,
        {
            "o.yaml": (
                f"{HEAD}paths:\n  /a: {{get: {{{response_with(both)}}}}}\n"
                "components: {schemas: {Pet: {title: own}}}\n"
            ),
            "s/Pet.yaml": "title: s",
            "t/Pet.yaml": "title: t",
        },
    )

    found = description.document["components"]["schemas"]
    assert {name: schema["title"] for name, schema in found.items()} in (
        {"Pet": "own", "Pet_2": "s", "Pet_3": "t"},
        {"Pet": "own", "Pet_2": "t", "Pet_3": "s"},
    )
    assert len(set(references(description.document))) == 2


def test_a_component_that_is_only_a_reference_gives_its_name(tmp_path: Path) -> None:
    description = joined(
        tmp_path,
        {
            "o.yaml": (
                f"{HEAD}paths:\n  /a: {{get: {{{response_with('{$ref: s/pet.yaml}')}}}}}\n"
                "components:\n"
                "  schemas:\n    Pet: {$ref: s/pet.yaml}\n    Again: {$ref: s/pet.yaml}\n"
                "    Own: {$ref: '#/components/schemas/Pet'}\n"
                "  securitySchemes: {key: {$ref: 's/keys.yaml#/k'}}\n"
            ),
            "s/pet.yaml": "title: pet",
            "s/keys.yaml": "k: {type: apiKey, in: header, name: X-Key}",
        },
    )

    components = description.document["components"]
    assert components["schemas"] == {
        "Pet": {"title": "pet"},
        "Again": {"$ref": "#/components/schemas/Pet"},
        "Own": {"$ref": "#/components/schemas/Pet"},
    }
    (scheme,) = description.schemes.values()
    assert (scheme.name, scheme.parameter) == ("key", "X-Key")


def test_what_is_not_a_schema_becomes_a_component_too(tmp_path: Path) -> None:
    description = joined(
        tmp_path,
        {
            "o.yaml": (
                f"{HEAD}paths:\n  /a:\n    parameters: [{{$ref: 'c.yaml#/p/limit one'}}]\n"
                "    post:\n      requestBody: {$ref: 'c.yaml#/b'}\n"
                "      responses: {'200': {$ref: 'c.yaml#/r/ok'}, '400': {$ref: 'c.yaml#/r/bad'}}\n"
            ),
            "c.yaml": (
                "p: {limit one: {name: limit, in: query, schema: {}}}\n"
                "b: {content: {a/b: {examples: {e: {$ref: '#/e'}}}}}\n"
                "e: {value: {$ref: data}}\n"
                "r:\n  bad: {$ref: '#/r/ok'}\n"
                "  ok: {description: ok, headers: {H: {$ref: '#/h'}}}\n"
                "h: {schema: {type: string}}\n"
            ),
        },
    )

    (operation,) = description.operations
    assert operation.parameters[0]["name"] == "limit"
    assert operation.request_body == {
        "content": {"a/b": {"examples": {"e": {"$ref": "#/components/examples/e"}}}}
    }
    assert operation.responses["200"] == operation.responses["400"]
    assert description.document["components"]["parameters"].keys() == {"limit_one"}
    outside = [text for text in references(description.document) if not text.startswith("#/")]
    assert outside == ["data"]


def test_path_items_of_other_files_are_put_in_place_with_their_own_origins(tmp_path: Path) -> None:
    description = joined(
        tmp_path,
        {
            "o.yaml": (
                f"{HEAD}paths:\n"
                "  /a: {$ref: 'p.yaml#/items/a'}\n  /b: {$ref: p.yaml#/items/b}\n"
                "security: [{key: []}]\n"
                "components:\n  securitySchemes: {key: {type: http, scheme: basic}}\n"
                "  schemas: {S: {}}\n"
            ),
            "p.yaml": (
                "items:\n  a: {$ref: '#/items/b'}\n"
                "  b:\n    get:\n      security:\n        - key: []\n"
                f"      {response_with('{$ref: o.yaml#/components/schemas/S}')}\n"
            ),
        },
    )

    first, second = description.operations
    assert (first.key, second.key) == ("GET /a", "GET /b")
    assert str(first.origin).endswith("p.yaml:4:5")
    assert str(first.security.requirements[0].origin).endswith("p.yaml:6:11")
    assert references(description.document) == ["#/components/schemas/S"] * 2


def test_what_stands_in_an_extension_is_checked_like_anything_else(tmp_path: Path) -> None:
    paths = f"paths:\n  /a: {{get: {{parameters: [{{$ref: '#/x-p/q'}}], {FINE}}}}}\n"
    good = (
        f"{HEAD}{paths}x-p: {{q: {{name: q, in: query, schema: {{$ref: '#/x-p/s'}}}}, s: {{}}}}\n"
    )
    bad = f"{HEAD}{paths}x-p: {{q: {{name: q}}}}\n"

    description = joined(tmp_path, {"o.yaml": good})

    assert description.operations[0].parameters[0]["schema"] == {"$ref": "#/components/schemas/s"}
    assert refused(tmp_path, {"bad.yaml": bad}) == ["bad.yaml:5:10 schema"] * 2


def test_a_file_may_refer_back_to_the_entry_document_and_the_entry_to_itself(
    tmp_path: Path,
) -> None:
    description = joined(
        tmp_path,
        {
            "o.yaml": (
                f"{HEAD}paths:\n"
                f"  /a: {{get: {{{response_with('{$ref: o.yaml#/components/schemas/S}')}}}}}\n"
                "components: {schemas: {S: {items: {$ref: t.yaml}}, U: {}}}\n"
            ),
            "t.yaml": "items: {$ref: 'o.yaml#/components/schemas/U'}",
        },
    )

    assert sorted(references(description.document)) == [
        "#/components/schemas/S",
        "#/components/schemas/U",
        "#/components/schemas/t",
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"a.yaml": "get: {responses: {default: {$ref: '#/nope'}}}"},
            ["a.yaml:1:35 reference"],
            id="a missing target, in the file that refers to it",
        ),
        pytest.param(
            {"a.yaml": "get:\n  responses: {default: {$ref: b.yaml}}", "b.yaml": "{$ref: a.yaml}"},
            ["a.yaml:2:31 reference-cycle", "b.yaml:1:8 reference"],
            id="a target of another kind",
        ),
        pytest.param(
            {
                "a.yaml": "get:\n  responses: {default: {$ref: b.yaml}}",
                "b.yaml": "{$ref: c.yaml}",
                "c.yaml": "{$ref: b.yaml}",
            },
            ["b.yaml:1:8 reference-cycle"],
            id="a circle through files",
        ),
        pytest.param(
            {"a.yaml": f"get:\n  {FINE}\n  securty: []"},
            ["a.yaml:3:3 schema"],
            id="a fault found by the schema",
        ),
        pytest.param(
            {
                "a.yaml": "get:\n  responses: {default: {$ref: b.yaml}}\n  parameters: {x: 1}",
                "b.yaml": "description: d\nheaders: [1]\n",
            },
            ["a.yaml:3:3 schema", "b.yaml:2:1 schema"],
            id="lists and maps mistaken",
        ),
        pytest.param(
            {
                "a.yaml": "get: {responses: {default: {$ref: b.yaml}}, requestBody: 5}",
                "b.yaml": "{}",
            },
            ["a.yaml:1:58 schema", "b.yaml:1:1 schema"],
            id="an object mistaken",
        ),
        pytest.param(
            {"a.yaml": f"get:\n  {FINE}\n  security: [{{key: []}}]"},
            ["a.yaml:3:15 undeclared-scheme"],
            id="a scheme the entry document does not declare",
        ),
        pytest.param(
            {"a.yaml": f"security: []\nget: {{{FINE}}}"},
            ["a.yaml:1:1 security-place"],
            id="security in a path item",
        ),
    ],
)
def test_a_fault_is_named_in_the_file_it_stands_in(
    tmp_path: Path, files: dict[str, str], expected: list[str]
) -> None:
    assert (
        refused(tmp_path, {"o.yaml": f"{HEAD}paths: {{/a: {{$ref: a.yaml}}}}\n", **files})
        == expected
    )


def test_the_root_list_of_another_file_is_ignored_with_a_warning(tmp_path: Path) -> None:
    description = joined(
        tmp_path,
        {
            "o.yaml": f"{HEAD}paths: {{/a: {{$ref: 'b.yaml#/paths/~1a'}}}}\n",
            "b.yaml": f"openapi: 3.0.0\nsecurity: []\npaths:\n  /a: {{get: {{{FINE}}}}}\n",
        },
    )

    (warning,) = description.warnings
    assert warning.rule == "ignored-security"
    assert str(warning.origin).endswith("b.yaml:2:1")
    assert description.operations[0].security.source == "absent"
