"""OAS 3.2 is read as it is: any method, schemes by reference, documents that know their URI."""

from pathlib import Path

import pytest

from gateway.spec.model import ApiDescription
from gateway.spec.read import read_description
from tests.unit.spec.writing import load, loads, messages, rules, write

HEAD = 'openapi: "3.2.0"\ninfo: {title: t, version: "1"}\n'
KEY = "{type: apiKey, in: header, name: X-Key}"


def item(text: str) -> str:
    """A document whose third line has one path item."""
    return f"{HEAD}paths: {{/a: {{{text}}}}}\n"


def schemes_required(description: ApiDescription) -> list[list[str]]:
    return [
        [entry.scheme for entry in requirement.schemes]
        for requirement in description.operations[0].security.requirements
    ]


def test_methods_are_operations_whatever_their_name() -> None:
    description = load(item("query: {}, additionalOperations: {COPY: {operationId: c}, copy: {}}"))

    assert [operation.key for operation in description.operations] == [
        "QUERY /a",
        "COPY /a",
        "copy /a",
    ]
    assert description.operations[1].method == "COPY"
    assert description.operations[1].operation_id == "c"
    assert (description.operations[1].origin.line, description.operations[1].origin.column) == (
        3,
        48,
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("GET", "`GET` has a field of its own; write it as `get`"),
        ("get", "`get` has a field of its own; write it as `get`"),
        ("Query", "`Query` has a field of its own; write it as `query`"),
        ("'A B'", "`A B` cannot be a method (RFC 9110 s9.1)"),
        ("''", "`` cannot be a method (RFC 9110 s9.1)"),
    ],
)
def test_a_name_that_is_no_other_method_does_not_load(name: str, said: str) -> None:
    assert rules(item(f"additionalOperations: {{{name}: {{}}}}")) == ["3:37 method"]
    assert said in messages(item(f"additionalOperations: {{{name}: {{}}}}"))


def test_an_operation_of_another_method_has_its_security_checked_and_its_id_counted() -> None:
    text = item(
        "get: {operationId: x}, additionalOperations: {COPY: {operationId: x, security: 5}}"
    )

    assert rules(text) == ["3:80 duplicate-operation-id", "3:93 security-shape"]


def test_connect_is_named_as_never_served() -> None:
    (warning,) = load(item("additionalOperations: {CONNECT: {}}")).warnings

    assert warning.message == "`CONNECT /a` is never served: every CONNECT is answered with 405"


def test_what_is_new_in_3_2_loads() -> None:
    content = "content: {application/x-www-form-urlencoded: {schema: {type: object}}}"

    assert loads(
        f"{HEAD}servers: [{{url: /v1, name: live}}]\n"
        "tags: [{name: a, parent: b, kind: nav, summary: s}, {name: b}]\n"
        f"paths: {{/a: {{get: {{parameters: [{{in: querystring, name: q, {content}}}],"
        " responses: {200: {description: d, content: {$ref-less/jsonl: {itemSchema: {}}}}}}}}\n"
        "components:\n"
        "  mediaTypes: {M: {itemSchema: {type: object}}}\n"
        "  securitySchemes:\n"
        "    o:\n"
        "      type: oauth2\n"
        "      deprecated: true\n"
        "      oauth2MetadataUrl: https://nowhere.example/\n"
        "      flows: {deviceAuthorization: "
        "{deviceAuthorizationUrl: a, tokenUrl: b, scopes: {s: d}}}\n"
    )


def test_two_whole_queries_or_one_beside_a_part_of_it_do_not_load() -> None:
    whole = "{in: querystring, name: q, content: {a/b: {}}}"
    part = "{in: query, name: p, schema: {}}"

    assert "stands for the whole query" in messages(item(f"get: {{parameters: [{whole}, {part}]}}"))
    assert "one `in: querystring` at most" in messages(
        item(f"get: {{parameters: [{whole}, {whole.replace('q,', 'r,')}]}}")
    )


def test_a_media_type_may_be_a_component() -> None:
    description = load(
        item(
            "get: {responses: {200: {description: d, content: "
            "{a/b: {$ref: '#/components/mediaTypes/M'}}}}}"
        )
        + "components: {mediaTypes: {M: {schema: {type: string}}}}\n"
    )

    assert description.operations[0].responses["200"]["content"] == {
        "a/b": {"$ref": "#/components/mediaTypes/M"}
    }


def test_a_device_flow_declares_its_scopes() -> None:
    description = load(
        f"{HEAD}paths: {{}}\ncomponents: {{securitySchemes: {{o: {{type: oauth2, flows: "
        "{deviceAuthorization: {deviceAuthorizationUrl: a, tokenUrl: b, scopes: {s: d}}}}}}\n"
    )

    (scheme,) = description.schemes.values()
    assert [(flow.grant, dict(flow.scopes)) for flow in scheme.flows] == [
        ("deviceAuthorization", {"s": "d"})
    ]


@pytest.mark.parametrize(
    "name",
    [
        "k",
        "#/components/securitySchemes/k",
        "https://a.example/api/openapi.yaml#/components/securitySchemes/k",
    ],
)
def test_a_requirement_may_name_its_scheme_by_reference(name: str) -> None:
    description = load(
        f"{HEAD}$self: https://a.example/api/openapi.yaml\n"
        f"paths: {{/a: {{get: {{security: [{{'{name}': [r]}}]}}}}}}\n"
        f"components: {{securitySchemes: {{k: {KEY}}}}}\n"
    )

    assert schemes_required(description) == [["k"]]
    (requirement,) = description.operations[0].security.requirements
    assert requirement.schemes[0].origin.line == 4
    assert requirement.schemes[0].names == ("r",)


def test_a_scheme_of_a_file_beside_the_document_becomes_one_of_the_document(
    tmp_path: Path,
) -> None:
    path = write(
        tmp_path,
        {
            "o.yaml": f"{HEAD}paths: {{/a: {{$ref: p/p.yaml}}}}\n",
            "p/p.yaml": "get: {security: [{'../s.yaml#/key': []}]}\n",
            "s.yaml": f"key: {KEY}\n",
        },
    )

    description = read_description(path)

    assert schemes_required(description) == [["key"]]
    assert list(description.schemes) == ["key"]


@pytest.mark.parametrize(
    "name",
    [
        "#/components/securitySchemes/nope",
        "#/components/schemas/S",
        "missing.yaml#/k",
        "../outside.yaml#/k",
        "https://elsewhere.example/#/k",
    ],
)
def test_a_requirement_that_leads_to_no_scheme_does_not_load(name: str, tmp_path: Path) -> None:
    text = (
        f"{HEAD}paths: {{/a: {{get: {{security: [{{'{name}': []}}]}}}}}}\n"
        f"components: {{schemas: {{S: {{}}}}, securitySchemes: {{k: {KEY}}}}}\n"
    )

    assert rules(text) in (["3:32 undeclared-scheme"], ["3:32 reference"])


def test_a_name_that_is_one_of_a_component_is_never_a_reference() -> None:
    description = load(
        f"{HEAD}security: [{{k.yaml: []}}]\npaths: {{/a: {{get: {{}}}}}}\n"
        f"components: {{securitySchemes: {{k.yaml: {KEY}}}}}\n"
    )

    assert schemes_required(description) == [["k.yaml"]]


def test_before_3_2_a_requirement_is_a_name_and_nothing_else() -> None:
    text = (
        f"{HEAD}paths: {{/a: {{get: {{security: [{{'#/components/securitySchemes/k': []}}]}}}}}}\n"
        f"components: {{securitySchemes: {{k: {KEY}}}}}\n"
    ).replace("3.2.0", "3.1.0")

    assert rules(text) == ["3:32 undeclared-scheme"]


def test_a_document_that_knows_its_uri_finds_itself_and_what_is_beside_it(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {
            "o.yaml": (
                f"{HEAD}$self: https://a.example/api/o\npaths: {{/a: {{get: {{parameters: ["
                "{$ref: 'https://a.example/api/o#/components/parameters/P'}, "
                "{$ref: 'https://a.example/api/p.yaml'}]}}}\n"
                "components: {parameters: {P: {name: p, in: query, schema: {}}}}\n"
            ),
            "p.yaml": "{name: q, in: query, schema: {}}\n",
        },
    )

    (operation,) = read_description(path).operations

    assert [parameter["name"] for parameter in operation.parameters] == ["p", "q"]


def test_what_is_not_beside_the_uri_of_a_document_is_never_fetched() -> None:
    text = (
        f"{HEAD}$self: https://a.example/api/o\n"
        "paths: {/a: {$ref: 'https://a.example/other/p.yaml'}}\n"
    )

    assert rules(text) == ["4:20 reference"]
    assert "nothing is fetched" in messages(text)


def test_one_scheme_twice_in_a_requirement_does_not_load_whatever_it_is_called() -> None:
    twice = "{k: [], '#/components/securitySchemes/k': [r]}"
    text = (
        f"{HEAD}paths: {{/a: {{get: {{security: [{twice}]}}}}}}\n"
        f"components: {{securitySchemes: {{k: {KEY}}}}}\n"
    )

    assert rules(text) == ["3:39 undeclared-scheme"]
