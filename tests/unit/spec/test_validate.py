"""What the OAS schema refuses is said in the words of the OAS, at its place."""

from typing import Any

import pytest
from jsonschema_rs import Draft4Validator

from gateway.spec.complaints import complaints_of
from tests.unit.spec.writing import HEAD, loads, messages, rules

FINE = "responses: {default: {description: fine}}"


def said(text: str) -> list[str]:
    """Return `line:column message` of each fault the schema finds."""
    found = [line.removeprefix("-:") for line in messages(text).splitlines()]
    assert all(" error schema: " in line for line in found)
    return [line.replace(": error schema:", "") for line in found]


def operation(text: str) -> str:
    """A document whose operation has one line more, the sixth."""
    return f"{HEAD}paths:\n  /a/{{b}}:\n    get:\n      {text}\n      {FINE}\n"


def parameter(text: str) -> str:
    return operation(f"parameters: [{text}]")


def schema(text: str) -> str:
    """A document with one schema, in the fourth line."""
    return f"{HEAD}paths: {{}}\ncomponents: {{schemas: {{S: {text}}}}}\n"


def scheme(text: str) -> str:
    """A document with one security scheme, in the fourth line."""
    return f"{HEAD}paths: {{}}\ncomponents: {{securitySchemes: {{s: {text}}}}}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            operation("securty: []"),
            "6:7 `securty` is not a field of an Operation, did you mean `security`?",
            id="a misspelt field",
        ),
        pytest.param(
            operation("zzz: 1"), "6:7 `zzz` is not a field of an Operation", id="a field like none"
        ),
        pytest.param(
            f"{HEAD}sevrers: []\npaths: {{}}\n",
            "3:1 `sevrers` is not a field of the document, did you mean `servers`?",
            id="a field of the root",
        ),
        pytest.param(
            f"{HEAD}paths:\n  /a:\n    gett: {{{FINE}}}\n",
            "5:5 `gett` is not a field of a Path Item, did you mean `get`?",
            id="a misspelt method",
        ),
        pytest.param(HEAD, "1:1 `paths` is missing in the document", id="no paths"),
        pytest.param(
            'openapi: "3.0.3"\ninfo: {title: t}\npaths: {}\n',
            "2:1 `version` is missing in `info`",
            id="no version, at the key above",
        ),
        pytest.param(
            'openapi: "3.0.3"\ninfo: {title: t, version: 1.0}\npaths: {}\n',
            "2:27 `version` must be a text, not a number; quote it",
            id="a number for a text",
        ),
        pytest.param(
            operation("deprecated: yes"),
            "6:19 `deprecated` must be true or false, not a text",
            id="a yes for a true",
        ),
        pytest.param(operation("tags: a"), "6:13 `tags` must be a list, not a text", id="a list"),
        pytest.param(
            operation("tags: [a, 1]"),
            "6:17 item 2 of `tags` must be a text, not a number; quote it",
            id="an item",
        ),
        pytest.param(operation("tags: null"), "6:13 `tags` must be a list, not null", id="a null"),
        pytest.param(
            operation("summary: {a: 1}"),
            "6:7 `summary` must be a text, not an object",
            id="an object",
        ),
        pytest.param(
            operation("summary: [a]"),
            "6:7 `summary` must be a text, not a list",
            id="a list for a text",
        ),
        pytest.param(
            operation("summary: true"),
            "6:16 `summary` must be a text, not true or false; quote it",
            id="a true for a text",
        ),
        pytest.param(
            f"{HEAD}paths:\n  /a:\n    get:\n      responses:\n        '999': {{description: x}}\n",
            "7:9 `999` is not a status code, a range such as `4XX`, or `default`",
            id="no status code",
        ),
        pytest.param(
            f"{HEAD}paths:\n  /a:\n    get:\n      responses:\n        200: {{}}\n",
            "7:9 `description` is missing in a Response",
            id="a response without description",
        ),
        pytest.param(
            f"{HEAD}paths:\n  /a:\n    get:\n      responses: {{}}\n",
            "6:7 `responses` must not be empty",
            id="no response",
        ),
        pytest.param(
            parameter("{name: x, in: quary, schema: {}}"),
            "6:34 `in` must be one of `path`, `query`, `header`, `cookie`, not `quary`, "
            "did you mean `query`?",
            id="a place that is none",
        ),
        pytest.param(
            parameter("{name: b, in: path, schema: {}}"),
            "6:20 a path parameter needs `required: true`",
            id="a path parameter that may be left out",
        ),
        pytest.param(
            parameter("{name: b, in: path, required: false, schema: {}}"),
            "6:50 `required` must be `true`",
            id="a path parameter that says it may be left out",
        ),
        pytest.param(
            parameter("{in: query, schema: {}}"),
            "6:20 `name` is missing in a Parameter",
            id="no name",
        ),
        pytest.param(
            parameter("{name: x, schema: {}}"), "6:20 `in` is missing in a Parameter", id="no place"
        ),
        pytest.param(
            parameter("{name: x, in: query}"),
            "6:20 either `schema` or `content` is needed; beside `content` there is no `style`, "
            "`explode`, `allowReserved`, `example` or `examples`",
            id="neither schema nor content",
        ),
        pytest.param(
            parameter("{name: x, in: query, schema: {}, content: {a/b: {}}}"),
            "6:20 `schema` and `content` exclude each other",
            id="schema and content",
        ),
        pytest.param(
            parameter("{name: x, in: query, schema: {}, example: 1, examples: {}}"),
            "6:20 `example` and `examples` exclude each other",
            id="example and examples",
        ),
        pytest.param(
            parameter("{name: x, in: query, content: {a/b: {}, c/d: {}}}"),
            "6:41 `content` has 1 entry at most",
            id="two media types",
        ),
        pytest.param(
            parameter("{name: x, in: query, style: forn, schema: {}}"),
            "6:48 `style` must be one of `form`, `spaceDelimited`, `pipeDelimited`, `deepObject`, "
            "not `forn`, did you mean `form`?",
            id="a style of the place",
        ),
        pytest.param(
            parameter("{name: x, in: query, schema: {type: strin}}"),
            "6:56 `type` must be one of `array`, `boolean`, `integer`, `number`, `object`, "
            "`string`, not `strin`, did you mean `string`?",
            id="deep inside",
        ),
        pytest.param(
            parameter("x"),
            "6:20 item 1 of `parameters` must be an object, not a text",
            id="no object",
        ),
        pytest.param(
            parameter("{name: x, in: query, schema: {}}, {in: query, schema: {}, name: x}"),
            "6:7 `parameters` has the same item twice",
            id="a parameter twice",
        ),
        pytest.param(
            schema("{additionalProperties: 5}"),
            "4:50 `additionalProperties` must be an object or true or false, not a number",
            id="two types",
        ),
        pytest.param(
            schema("{required: []}"), "4:28 `required` must not be empty", id="an empty list"
        ),
        pytest.param(
            schema("{type: [string, 'null']}"),
            "4:28 `type` must be one of `array`, `boolean`, `integer`, `number`, `object`, "
            "`string`",
            id="a type of OAS 3.1",
        ),
        pytest.param(
            schema("{minLength: -1}"),
            "4:39 `minLength` breaks the rule `minimum` of the OAS schema",
            id="a rule without words of its own",
        ),
        pytest.param(
            scheme("{type: oauth3}"),
            "4:42 `type` must be one of `apiKey`, `http`, `oauth2`, `openIdConnect`, "
            "not `oauth3`, did you mean `oauth2`?",
            id="a type of scheme",
        ),
        pytest.param(
            scheme("{type: 5}"),
            "4:42 `type` must be one of `apiKey`, `http`, `oauth2`, `openIdConnect`",
            id="no type of scheme",
        ),
        pytest.param(
            scheme("{type: apiKey, in: body, name: x}"),
            "4:54 `in` must be one of `header`, `query`, `cookie`, not `body`",
            id="a place for keys",
        ),
        pytest.param(
            scheme("{type: http, scheme: basic, bearerFormat: JWT}"),
            "4:63 `bearerFormat` goes with the scheme `bearer` only",
            id="a format that is not for it",
        ),
        pytest.param(
            scheme("{type: oauth2, flows: {password: {scopes: {}}}}"),
            "4:58 `tokenUrl` is missing in a Flow",
            id="a flow",
        ),
        pytest.param(
            f"{HEAD}paths: {{}}\n"
            "components: {links: {l: {operationId: a, operationRef: b}}}\n",
            "4:22 `operationId` and `operationRef` exclude each other",
            id="a link with two operations",
        ),
        pytest.param(
            f"{HEAD}paths: {{}}\nservers: [{{url: /a, variables: {{b: {{}}}}}}]\n",
            "4:33 `default` is missing in a Server Variable",
            id="a server variable",
        ),
        pytest.param(
            f"{HEAD}paths: {{}}\n"
            "components: {requestBodies: {B: {content: {'': {a: 1}}}}}\n",
            "4:34 `a` is not a field of a Media Type",
            id="below an empty key",
        ),
        pytest.param(
            f"{HEAD}paths: 5\n",
            "3:8 `paths` must be an object, not a number",
            id="paths that are none",
        ),
    ],
)
def test_a_fault_is_said_once_in_words_of_the_oas(text: str, expected: str) -> None:
    assert set(said(text)) == {expected}


def test_all_faults_are_told_in_the_order_of_their_places() -> None:
    text = operation("securty: []\n      tags: a\n      parameters: [{in: query, schema: {}}]")

    assert rules(text) == ["6:7 schema", "7:13 schema", "8:20 schema"]


def test_faults_are_counted_out_at_a_hundred() -> None:
    fields = ", ".join(f"f{i}: 1" for i in range(300))

    assert len(rules(schema(f"{{{fields}}}"))) == 100


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("openapi: 3.0.0\ninfo: {title: t, version: v}\npaths: {}\n", id="the least"),
        pytest.param(operation("x-anything: {securty: 1}"), id="an extension"),
        pytest.param(parameter("{name: x, in: query, content: {a/b: {}}}"), id="content alone"),
        pytest.param(schema("{additionalProperties: false}"), id="a false"),
        pytest.param(schema("{nullable: true, example: null, default: {a: 1}}"), id="a null"),
        pytest.param(scheme("{type: http, scheme: BEARER, bearerFormat: JWT}"), id="bearer"),
    ],
)
def test_what_the_oas_allows_loads(text: str) -> None:
    assert loads(text)


def test_a_value_of_an_example_is_not_shown() -> None:
    text = parameter("{name: x, in: query, schema: {default: hush, exmple: hush}}")

    assert "hush" not in messages(text)


def test_an_error_without_words_of_its_own_is_told_all_the_same() -> None:
    schema: dict[str, Any] = {"oneOf": [{}, {"type": "object"}]}
    (error,) = Draft4Validator(schema).iter_errors({})

    (complaint,) = complaints_of(error, schema)

    assert complaint.message == "this is not what the OAS has here"
