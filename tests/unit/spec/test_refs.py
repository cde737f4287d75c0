"""Each `$ref` leads to what is wanted there, or the document does not load."""

import pytest

from tests.unit.spec.writing import HEAD, load, loads, messages, rules

OPERATION = "responses: {default: {description: fine}}"


def with_parameter(reference: str, components: str = "{}") -> str:
    """A document whose line 6 has one parameter."""
    return (
        f"{HEAD}paths:\n  /a:\n    get:\n      parameters: [{{$ref: '{reference}'}}]\n"
        f"      {OPERATION}\ncomponents: {components}\n"
    )


def schemas(text: str) -> str:
    """A document whose schemas stand in line 4."""
    return f"{HEAD}paths: {{}}\ncomponents: {{schemas: {{{text}}}}}\n"


def test_a_reference_that_is_met_loads_as_it_is() -> None:
    text = with_parameter(
        "#/components/parameters/P", "{parameters: {P: {name: p, in: query, schema: {}}}}"
    )

    (operation,) = load(text).operations

    assert operation.parameters == ({"name": "p", "in": "query", "schema": {}},)


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        pytest.param(
            "#/components/parameters/Limti",
            "leads nowhere: there is no `Limti`, did you mean `Limit`?",
            id="nearest name",
        ),
        pytest.param("#/components/nowhere/X", "there is no `nowhere`", id="no section"),
        pytest.param("#/paths/~1a/post", "there is no `post`", id="a missing method"),
        pytest.param("#/openapi/x", "there is no `x`", id="below a scalar"),
        pytest.param("#Limit", "`#Limit` is not a JSON pointer: it begins with `#/`", id="a name"),
        pytest.param(
            "#/components/schemas/S", "is a Schema, a Parameter is wanted here", id="a schema"
        ),
        pytest.param("#", "is the document, a Parameter is wanted here", id="the document"),
        pytest.param("#/info/title", "is not an object, a Parameter is wanted here", id="a scalar"),
        pytest.param("#/paths/~1a/get/parameters", "is not an object", id="a list"),
    ],
)
def test_a_reference_that_is_not_met_is_refused_at_its_place(reference: str, said: str) -> None:
    components = "{parameters: {Limit: {name: l, in: query, schema: {}}}, schemas: {S: {}}}"
    text = with_parameter(reference, components)

    assert rules(text) == ["6:27 reference"]
    assert said in messages(text)


def test_a_pointer_may_be_escaped_and_lead_through_lists() -> None:
    text = (
        f"{HEAD}paths:\n  /a/{{b~c}}:\n    get:\n      {OPERATION}\n      parameters:\n"
        "        - {name: p, in: query, schema: {}}\n"
        "        - $ref: '#/paths/~1a~1%7Bb~0c%7D/get/parameters/0'\n"
    )

    # both stand for one parameter
    assert len(load(text).operations[0].parameters) == 1


def test_what_a_reference_may_not_be_is_refused() -> None:
    text = with_parameter("x").replace("'x'", "5")

    assert rules(text) == ["6:27 reference"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("S: {properties: {$ref: {type: string}}}", id="a property of that name"),
        pytest.param("S: {example: {$ref: nowhere.yaml}}", id="an example"),
        pytest.param("S: {default: {$ref: 'http://x/'}}", id="a default"),
        pytest.param("S: {enum: [{$ref: 5}]}", id="an enum"),
        pytest.param("S: {x-note: {$ref: nowhere.yaml}}", id="an extension"),
        pytest.param("S: {$ref: '#/components/schemas/T'}, T: {type: string}", id="a true one"),
        pytest.param("S: {items: {$ref: '#/components/schemas/S'}}", id="a schema in itself"),
        pytest.param(
            "S: {allOf: [{$ref: '#/components/schemas/T'}]}, "
            "T: {not: {$ref: '#/components/schemas/S'}}",
            id="two schemas in each other",
        ),
    ],
)
def test_only_references_are_followed_and_schemas_may_contain_themselves(text: str) -> None:
    assert loads(schemas(text))


def test_an_example_object_may_show_a_reference() -> None:
    examples = "{examples: {E: {value: {$ref: nowhere.yaml}}}}"

    assert loads(f"{HEAD}paths: {{}}\ncomponents: {examples}\n")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("S: {$ref: '#/components/schemas/S'}", "4:34", id="to itself"),
        pytest.param(
            "S: {$ref: '#/components/schemas/T'}, T: {$ref: '#/components/schemas/S'}",
            "4:34",
            id="to one that leads back",
        ),
    ],
)
def test_a_reference_that_leads_back_to_itself_is_refused(text: str, place: str) -> None:
    assert rules(schemas(text)) == [f"{place} reference-cycle"]


def test_an_object_that_is_no_schema_may_not_contain_itself() -> None:
    callback = (
        "{callbacks: {C: {'{$url}': {post: {callbacks: {c: {$ref: '#/components/callbacks/C'}}, "
        f"{OPERATION}}}}}}}}}}}"
    )
    text = f"{HEAD}paths: {{}}\ncomponents: {callback}\n"

    assert rules(text) == ["4:70 reference-cycle"]


def test_a_parameter_used_by_many_is_no_cycle() -> None:
    text = with_parameter(
        "#/components/parameters/P", "{parameters: {P: {name: p, in: query, schema: {}}}}"
    )
    second = f"/b: {{get: {{parameters: [{{$ref: '#/components/parameters/P'}}], {OPERATION}}}}}"
    text = text.replace("components:", f"  {second}\ncomponents:")

    assert len(load(text).operations) == 2


@pytest.mark.parametrize(
    "beside",
    [f"get: {{{OPERATION}}}", "parameters: []", "servers: []", "security: []"],
)
def test_a_path_item_with_a_reference_has_nothing_else(beside: str) -> None:
    text = (
        f"{HEAD}paths:\n  /a: {{get: {{{OPERATION}}}}}\n  /b: {{$ref: '#/paths/~1a', {beside}}}\n"
    )

    assert "5:8 path-item-ref" in rules(text)


def test_a_path_item_with_a_reference_may_be_described() -> None:
    text = (
        f"{HEAD}paths:\n  /a: {{get: {{{OPERATION}}}}}\n"
        "  /b: {$ref: '#/paths/~1a', summary: x, description: y, x-z: 1}\n"
    )

    assert [operation.key for operation in load(text).operations] == ["GET /a", "GET /b"]


def test_a_path_item_may_be_another_one() -> None:
    text = (
        f"{HEAD}paths:\n  /a: {{get: {{{OPERATION}}}}}\n"
        "  /b: {$ref: '#/paths/~1a'}\n  /c: {$ref: '#/paths/~1b'}\n"
    )

    description = load(text)

    assert [operation.key for operation in description.operations] == ["GET /a", "GET /b", "GET /c"]
    assert [operation.origin.line for operation in description.operations] == [4, 4, 4]
    assert "$ref" not in str(description.document)


def test_path_items_that_lead_to_each_other_are_refused() -> None:
    text = f"{HEAD}paths:\n  /a: {{$ref: '#/paths/~1b'}}\n  /b: {{$ref: '#/paths/~1a'}}\n"

    assert rules(text) == ["4:14 reference-cycle"]


def test_faults_are_counted_out_at_a_hundred() -> None:
    text = schemas(", ".join(f"S{i}: {{$ref: '#/x{i}'}}" for i in range(300)))

    assert len(rules(text)) == 100
