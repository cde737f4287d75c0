"""OAS 3.1 is read as it is: JSON Schema, webhooks, path items among the components."""

from typing import Any

import pytest

from gateway.spec.model import ApiDescription, SchemeKind
from tests.unit.spec.writing import load, loads, messages, rules

HEAD = 'openapi: "3.1.1"\ninfo: {title: t, version: "1"}\n'
FINE = "{default: {description: fine}}"


def with_schema(text: str) -> str:
    """A document whose fourth line has one schema."""
    return f"{HEAD}paths: {{}}\ncomponents: {{schemas: {{S: {text}}}}}\n"


def schemas(description: ApiDescription) -> Any:
    return description.document["components"]["schemas"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{type: [string, 'null']}", id="a type array"),
        pytest.param("{const: 1}", id="const"),
        pytest.param("{prefixItems: [{type: integer}, true], items: false}", id="prefixItems"),
        pytest.param("true", id="a boolean"),
        pytest.param("{exclusiveMinimum: 5}", id="a number as exclusiveMinimum"),
        pytest.param("{examples: [a, b], example: c}", id="a list of examples"),
        pytest.param("{unevaluatedProperties: false, if: {}, then: {}, else: false}", id="if"),
        pytest.param("{contentEncoding: base64, contentMediaType: image/png}", id="content"),
        pytest.param("{$comment: c, x-mine: 1, andMine: 2}", id="unknown keywords"),
        pytest.param("{$schema: 'https://json-schema.org/draft/2020-12/schema'}", id="$schema"),
        pytest.param("{$ref: '#/components/schemas/S/$defs/a', maxLength: 3, $defs: {a: {}}}"),
    ],
)
def test_a_schema_of_2020_12_is_kept_as_written(text: str) -> None:
    description = load(with_schema(text))

    assert description.warnings == ()
    assert description.json_schema_dialect == "https://spec.openapis.org/oas/3.1/dialect/base"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "{type: any}",
            "4:34 `type` must be one of `array`, `boolean`, `integer`, `null`, `number`, `object`,"
            " `string`, not `any`",
            id="no type",
        ),
        pytest.param(
            "{type: [strin]}",
            "4:28 each type must be one of `array`, `boolean`, `integer`, `null`, `number`, "
            "`object`, `string`, not `strin`, did you mean `string`?",
            id="no type in a list",
        ),
        pytest.param(
            "{type: []}",
            "4:28 `type` must not be empty, nor have the same type twice",
            id="no type at all",
        ),
        pytest.param(
            "{exclusiveMinimum: true}",
            "4:46 `exclusiveMinimum` must be a number, not true or false",
            id="a keyword as 3.0 has it",
        ),
        pytest.param(
            "{required: true}", "4:38 `required` must be a list, not true or false", id="required"
        ),
        pytest.param("{maxLength: -1}", "4:39 `maxLength` must not be less than 0", id="a minus"),
        pytest.param("5", "4:27 `S` must be true or false or an object, not a number", id="a five"),
    ],
)
def test_a_schema_that_is_none_is_refused_at_its_place(text: str, expected: str) -> None:
    (said,) = messages(with_schema(text)).splitlines()

    assert said == f"-:{expected.replace(' ', ': error schema: ', 1)}"


def test_a_faulty_annotation_of_a_schema_is_a_warning_and_left_out() -> None:
    description = load(with_schema("{type: string, examples: {a: 1}, description: 5}"))

    assert schemas(description)["S"] == {"type": "string"}
    assert [warning.message for warning in description.warnings] == [
        "`examples` must be a list, not an object",
        "`description` must be a text, not a number; quote it",
    ]
    assert description.tolerated == ()


def test_an_annotation_beside_a_graver_fault_is_no_excuse_for_it() -> None:
    assert rules(with_schema("{type: any, examples: {a: 1}}")) == ["4:34 schema"]


def test_a_dialect_that_is_not_known_is_a_warning() -> None:
    text = f"{with_schema('{type: any}')}jsonSchemaDialect: https://json-schema.org/mine\n"

    description = load(text)

    assert [warning.rule for warning in description.warnings] == ["dialect"]
    assert description.json_schema_dialect == "https://json-schema.org/mine"


def test_schemas_of_an_older_draft_are_not_held_to_the_new_one() -> None:
    text = with_schema("{items: [{type: string}]}")

    assert rules(text) == ["4:28 schema"]
    assert loads(f"{text}jsonSchemaDialect: 'http://json-schema.org/draft-07/schema#'\n")


def test_what_stands_beside_the_reference_of_a_schema_counts() -> None:
    wrong = with_schema("{$ref: '#/components/schemas/S/$defs/a', $defs: {a: {items: {$ref: x}}}}")

    assert rules(wrong) == ["4:94 reference"]


def test_a_reference_may_lead_to_a_boolean_schema_but_no_parameter_may() -> None:
    referring = "{A: true, B: {$ref: '#/components/schemas/A'}}"
    schema = f"{HEAD}paths: {{}}\ncomponents: {{schemas: {referring}}}"
    parameter = (
        f"{HEAD}paths:\n  /a: {{parameters: [{{$ref: '#/components/schemas/A'}}]}}\n"
        "components: {schemas: {A: true}}\n"
    )

    assert loads(schema)
    assert rules(parameter) == ["4:28 reference"]


def test_a_document_of_webhooks_alone_has_no_operation() -> None:
    description = load(f"{HEAD}webhooks: {{paid: {{post: {{responses: {FINE}}}}}}}\n")

    assert description.operations == ()


def test_a_document_of_nothing_does_not_load() -> None:
    assert "one of `paths`, `components` and `webhooks` is needed" in messages(HEAD)


def test_path_items_of_the_components_are_served_where_they_are_used() -> None:
    description = load(
        f"{HEAD}paths: {{/a: {{$ref: '#/components/pathItems/A', summary: s}}}}\n"
        "components:\n  pathItems: {A: {get: {security: []}}, Unused: {post: {}}}\n"
    )

    assert [operation.key for operation in description.operations] == ["GET /a"]
    assert description.operations[0].origin.line == 5


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("paths: {/a: {get: {}}}", id="an operation without responses"),
        pytest.param("paths: {}\nwebhooks: {a: {get: {}}}", id="a webhook"),
        pytest.param("components: {pathItems: {}}", id="no paths"),
    ],
)
def test_what_3_1_allows_loads_and_in_3_0_it_does_not(text: str) -> None:
    assert loads(f"{HEAD}{text}\n")
    assert not loads(f"{HEAD.replace('3.1.1', '3.0.3')}{text}\n")


def test_a_reference_may_be_described() -> None:
    described = "{$ref: '#/components/responses/R', description: d}"

    description = load(
        f"{HEAD}paths: {{/a: {{get: {{responses: {{200: {described}}}}}}}}}\n"
        "components: {responses: {R: {description: r}}}\n"
    )

    assert description.operations[0].responses == {"200": {"description": "r"}}


def test_the_new_texts_of_info_are_read() -> None:
    head = 'openapi: 3.1.0\ninfo: {title: t, version: "1", summary: s, license: '

    assert loads(f"{head}{{name: n, identifier: MIT}}}}\npaths: {{}}\n")
    assert "`identifier` and `url` exclude each other" in messages(
        f"{head}{{name: n, identifier: MIT, url: u}}}}\npaths: {{}}\n"
    )


@pytest.mark.parametrize(
    ("version", "written", "kind"),
    [
        ("3.1.1", "mutualTLS", SchemeKind.MUTUAL_TLS),
        ("3.0.3", "mutualTLS", SchemeKind.MUTUAL_TLS),
        ("3.0.3", "signature", SchemeKind.UNSUPPORTED),
        ("3.1.1", "signature", SchemeKind.UNSUPPORTED),
    ],
)
def test_a_scheme_of_a_type_unlike_any_other_loads(
    version: str, written: str, kind: SchemeKind
) -> None:
    text = f"{HEAD}paths: {{}}\ncomponents: {{securitySchemes: {{m: {{type: {written}}}}}}}\n"

    (scheme,) = load(text.replace("3.1.1", version)).schemes.values()

    assert scheme.kind is kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "paths: {/a: {get: {securty: []}}}",
            "3:20 schema: `securty` is not a field of an Operation, did you mean `security`?",
            id="a misspelt field",
        ),
        pytest.param(
            "paths: {/a: {query: {}}}",
            "3:14 schema: `query` needs OAS 3.2; say so in `openapi`",
            id="a method of 3.2",
        ),
        pytest.param(
            "paths: {a: {}}",
            "3:9 path: `a` is not a path: a path begins with `/`",
            id="no path",
        ),
        pytest.param(
            "paths: {/a: {get: {responses: {2xx: {description: d}}}}}",
            "3:32 schema: `2xx` is not a status code, a range such as `4XX`, or `default`",
            id="no status",
        ),
        pytest.param(
            "paths: {/a: {get: {responses: {}}}}",
            "3:20 schema: `responses` must not be empty",
            id="no response",
        ),
        pytest.param(
            "paths: {/a: {get: {parameters: [{name: a, in: header}]}}}",
            "3:33 schema: either `schema` or `content` is needed, and not both",
            id="a parameter of nothing",
        ),
        pytest.param(
            "paths: {'/{a}': {get: {parameters: [{name: a, in: path, schema: {}}]}}}",
            "3:37 schema: a path parameter needs `required: true`",
            id="a path parameter that may be left out",
        ),
        pytest.param(
            "paths: {'/{a}': {parameters: [{name: a, in: path, required: false, schema: {}}]}}",
            "3:61 schema: `required` must be `true`",
            id="a path parameter that says so",
        ),
        pytest.param(
            "paths: {/a: {get: {parameters: [{name: a, in: quary, schema: {}}]}}}",
            "3:47 schema: `in` must be one of `query`, `header`, `path`, `cookie`, not `quary`, "
            "did you mean `query`?",
            id="no place",
        ),
        pytest.param(
            "paths: {}\ncomponents: {securitySchemes: {k: {type: apiKey, name: n}}}",
            "4:32 schema: `in` is missing in a Security Scheme",
            id="a key that is nowhere",
        ),
        pytest.param(
            "paths: {}\ncomponents: {securitySchemes: {k: {type: oauth, flows: {}}}}",
            "4:42 schema: `type` must be one of `apiKey`, `http`, `mutualTLS`, `oauth2`, "
            "`openIdConnect`, not `oauth`, did you mean `oauth2`?",
            id="no kind of scheme",
        ),
        pytest.param(
            "paths: {}\ncomponents: {securitySchemes: {k: {type: http, scheme: basic, "
            "bearerFormat: JWT}}}",
            "4:63 schema: `bearerFormat` goes with the scheme `bearer` only",
            id="a format for nothing",
        ),
        pytest.param(
            "paths: {}\ncomponents: {securitySchemes: {o: {type: oauth2, flows: "
            "{implicit: {authorizationUrl: a}}}}}",
            "4:58 schema: `scopes` is missing in a Flow",
            id="a flow without scopes, said once",
        ),
    ],
)
def test_a_fault_is_said_once_in_words_of_the_oas(text: str, expected: str) -> None:
    (said,) = messages(f"{HEAD}{text}\n").splitlines()

    assert said == f"-:{expected.replace(' ', ': error ', 1)}"
