"""Faults that touch neither security nor routing can be tolerated; nothing is checked less."""

from pathlib import Path
from typing import Any

import pytest

from gateway.errors import DocumentError
from gateway.spec.model import ApiDescription
from gateway.spec.read import read_description
from tests.unit.spec.writing import HEAD, loads, write

FINE = "responses: {default: {description: fine}}"
NOTHING: dict[str, Any] = {"not": {}}


def tolerated(text: str) -> ApiDescription:
    return read_description("-", stdin=text.encode, tolerate=True)


def faulty(description: ApiDescription) -> list[str]:
    """Return the operations that say that what they need is faulty."""
    return [operation.key for operation in description.operations if operation.faults]


def get(text: str, more: str = "") -> str:
    """A document whose fourth line has one operation."""
    return f"{HEAD}paths:\n  /a/{{b}}: {{get: {{{text}}}}}\n{more}"


def parameter(text: str) -> str:
    return get(f"parameters: [{text}], {FINE}")


def answer(schema: str, components: str = "") -> str:
    content = f"content: {{a/b: {{schema: {schema}}}}}"
    return get(
        f"responses: {{200: {{description: d, {content}}}}}", f"components: {{{components}}}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"tags: a\npaths: {{}}\n{HEAD}", id="tags"),
        pytest.param(f"{HEAD}paths: {{}}\nexternalDocs: {{}}\n", id="documentation without URL"),
        pytest.param(f"{HEAD}paths: {{}}\nsummary: s\n", id="a text that belongs elsewhere"),
        pytest.param(f"{HEAD}paths: {{}}\nwebhooks: {{}}\n", id="webhooks in 3.0"),
        pytest.param(HEAD.replace('"1"', "1.0") + "paths: {}\n", id="a number as version"),
        pytest.param(HEAD.replace("title: t, ", "") + "paths: {}\n", id="no title"),
        pytest.param(get(f"operationId: 5, {FINE}"), id="a number as operationId"),
        pytest.param(get(f"deprecated: 'yes', tags: [1], summary: 5, {FINE}"), id="texts"),
        pytest.param(get(f"produces: [a/b], consumes: [a/b], {FINE}"), id="fields of Swagger 2.0"),
        pytest.param(get("responses: {200: {}}"), id="an answer without description"),
        pytest.param(get("responses: {}"), id="no answer"),
        pytest.param(get("summary: s"), id="no responses"),
        pytest.param(
            get(f"callbacks: {{c: {{'{{$url}}': {{post: 5}}}}}}, {FINE}"), id="a callback"
        ),
        pytest.param(parameter("{name: b, in: path, schema: {}}"), id="no required"),
        pytest.param(parameter("{name: b, in: path, required: no, schema: {}}"), id="a no"),
        pytest.param(parameter("{name: q, in: query, schema: {examples: [a]}}"), id="examples"),
        pytest.param(parameter("{name: q, in: query, schema: {}, zzz: 1}"), id="an unknown field"),
        pytest.param(
            parameter("{name: q, in: query, schema: {}, examples: {e: {$ref: '#/nope'}}}"),
            id="an example that leads nowhere",
        ),
        pytest.param(
            f"{HEAD}paths: {{}}\nservers: [{{url: 'https://a.example:{{p}}/v1', "
            "variables: {p: {default: 443, enum: []}}}]\n",
            id="a port as a number",
        ),
        pytest.param(
            f"{HEAD}paths: {{}}\ncomponents: {{securitySchemes: {{a: {{type: oauth2, flows: "
            "{password: {scopes: {}}}}, b: {type: openIdConnect}, "
            "c: {type: http, scheme: basic, bearerFormat: x}}}\n",
            id="URLs of schemes, which nothing trusts",
        ),
        pytest.param(
            f"{HEAD}paths: {{}}\ncomponents: {{parameters: {{'a b': "
            "{name: a, in: query, schema: {}}}}\n",
            id="a name of a component",
        ),
        pytest.param(
            f"{HEAD}paths: {{}}\ncomponents: {{schemas: {{S: {{type: any}}}}}}\n",
            id="a schema that no operation needs",
        ),
    ],
)
def test_a_fault_that_decides_nothing_is_tolerated_and_served(text: str) -> None:
    description = tolerated(text)

    assert not loads(text)
    assert description.tolerated
    assert set(description.tolerated) <= set(description.warnings)
    assert faulty(description) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(parameter("{name: q, in: query}"), id="a parameter without schema"),
        pytest.param(parameter("{name: q, in: query, type: string}"), id="one of Swagger 2.0"),
        pytest.param(parameter("{name: q, in: query, schema: {type: any}}"), id="an unknown type"),
        pytest.param(parameter("{name: q, in: query, schema: {maxLenght: 1}}"), id="a slip"),
        pytest.param(parameter("{name: q, in: query, schema: {const: 1}}"), id="const in 3.0"),
        pytest.param(parameter("{name: q, in: query, style: bent, schema: {}}"), id="a style"),
        pytest.param(
            parameter("{name: q, in: query, schema: {$ref: '#/components/schemas/Nope'}}"),
            id="a schema that is not there",
        ),
        pytest.param(
            get(f"requestBody: {{$ref: '#/nope'}}, {FINE}"), id="a body that is not there"
        ),
        pytest.param(get(f"requestBody: 5, {FINE}"), id="a body that is none"),
        pytest.param(get(f"requestBody: {{}}, {FINE}"), id="a body without content"),
        pytest.param(get("responses: {2xx: {description: d}}"), id="a status that is none"),
        pytest.param(get("responses: {200: {$ref: 'gone.yaml'}}"), id="an answer in no file"),
        pytest.param(answer("{required: true}"), id="required as a boolean"),
        pytest.param(
            answer(
                "{$ref: '#/components/schemas/A'}",
                "schemas: {A: {items: {$ref: '#/components/schemas/B'}}, B: {items: "
                "{$ref: '#/components/schemas/A'}, properties: {c: {type: any}}}}",
            ),
            id="a schema far away",
        ),
        pytest.param(
            answer(
                "{discriminator: {propertyName: p, mapping: {b: B}}}",
                "schemas: {B: {type: any}}",
            ),
            id="a schema that a discriminator names",
        ),
        pytest.param(
            f"{HEAD}paths: {{/a: {{parameters: [{{name: q, in: query}}], get: {{{FINE}}}}}}}\n",
            id="a parameter of the path item",
        ),
    ],
)
def test_an_operation_that_needs_what_is_faulty_says_so(text: str) -> None:
    description = tolerated(text)

    assert not loads(text)
    assert len(faulty(description)) == 1
    assert set(description.operations[0].faults) <= set(description.tolerated)


def test_what_stands_for_a_faulty_object_admits_nothing() -> None:
    description = tolerated(
        get(
            "parameters: [{name: q, in: query, required: true, type: string}], "
            "requestBody: {$ref: '#/nope'}, responses: {200: {$ref: '#/nope'}}",
            "components: {schemas: {S: {type: any, description: d}}}\n",
        )
    )

    (operation,) = description.operations
    refusing = {"*/*": {"schema": NOTHING}}
    assert operation.parameters == (
        {"name": "q", "in": "query", "required": True, "schema": NOTHING},
    )
    assert operation.request_body == {"required": True, "content": refusing}
    assert operation.responses == {"200": {"description": "", "content": refusing}}
    assert description.document["components"]["schemas"] == {"S": NOTHING}


def test_operations_that_need_nothing_faulty_are_not_touched() -> None:
    text = (
        f"{HEAD}paths:\n  /a: {{get: {{{FINE}}}, put: {{requestBody: 5, {FINE}}}}}\n"
        f"  /b: {{get: {{{FINE}}}}}\n"
    )

    assert faulty(tolerated(text)) == ["PUT /a"]


def test_a_document_without_faults_is_the_same_with_and_without_tolerance() -> None:
    text = get(f"security: [], {FINE}").encode()

    assert read_description("-", stdin=lambda: text) == tolerated(text.decode())


_SCHEME = "components: {securitySchemes: {s: {type: apiKey, in: query, name: n}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(get(f"securty: [], {FINE}"), id="a slip of security"),
        pytest.param(get(f"securityRequirements: [], {FINE}"), id="security by another name"),
        pytest.param(get(f"auth: [], {FINE}"), id="a word that may mean security"),
        pytest.param(get(f"$ref: '#/x-operation', {FINE}"), id="an operation elsewhere"),
        pytest.param(get(f"body: {{}}, {FINE}"), id="a word that may mean the body"),
        pytest.param(f"{HEAD}paths: {{}}\nzzz: 1\n", id="an unknown field of the root"),
        pytest.param(
            f"{HEAD}paths: {{/a: {{zzz: [], get: {{{FINE}}}}}}}\n",
            id="an unknown field of a path item",
        ),
        pytest.param(f"{HEAD}securities: []\npaths: {{}}\n", id="a slip of security at the root"),
        pytest.param(get(f"security: {{}}, {FINE}"), id="security that is a map"),
        pytest.param(get(f"security: [{{s: null}}], {FINE}", _SCHEME), id="scopes that are null"),
        pytest.param(get(f"security: [{{t: []}}], {FINE}", _SCHEME), id="an undeclared scheme"),
        pytest.param(parameter("{name: q, in: query, schema: {}, security: []}"), id="a place"),
        pytest.param(f"{HEAD}paths: {{/a: {{gett: {{{FINE}}}}}}}\n", id="a slip of a method"),
        pytest.param(f"{HEAD}paths: {{/a: {{query: {{{FINE}}}}}}}\n", id="a method of 3.2 in 3.0"),
        pytest.param(f"{HEAD}paths: {{/a: {{get: 5}}}}\n", id="an operation that is none"),
        pytest.param(f"{HEAD}paths: {{/a: 5}}\n", id="a path item that is none"),
        pytest.param(f"{HEAD}paths: {{a: {{}}}}\n", id="a path that is none"),
        pytest.param(f"{HEAD}paths: {{'/{{a': {{}}}}\n", id="a template that is none"),
        pytest.param(
            f"{HEAD}paths: {{'/{{a}}': {{get: {{{FINE}}}}}, '/{{b}}': {{get: {{{FINE}}}}}}}\n",
            id="one template twice",
        ),
        pytest.param(
            f"{HEAD}paths: {{'/{{a}}': {{get: {{{FINE}}}}}, '/{{b}}': {{head: {{{FINE}}}}}}}\n",
            id="one template twice, and a HEAD that followed a GET",
        ),
        pytest.param(HEAD, id="no paths"),
        pytest.param(get(f"parameters: {{}}, {FINE}"), id="parameters that are a map"),
        pytest.param(parameter("{in: query, schema: {}}"), id="a parameter without a name"),
        pytest.param(parameter("{name: q, in: quary, schema: {}}"), id="a parameter nowhere"),
        pytest.param(parameter("{$ref: '#/nope'}"), id="a parameter that is not there"),
        pytest.param(f"{HEAD}paths: {{/a: {{$ref: '#/nope'}}}}\n", id="a path item not there"),
        pytest.param(f"{HEAD}servers: [{{url: '/{{v}}'}}]\npaths: {{}}\n", id="the base path"),
        pytest.param(f"{HEAD}servers: [{{}}]\npaths: {{}}\n", id="a server without URL"),
        pytest.param(f"{HEAD}paths: {{}}\npaths: {{}}\n", id="a key twice"),
        pytest.param(
            f"{HEAD}paths: {{/a: {{get: {{operationId: x, {FINE}}}, "
            f"put: {{operationId: x, {FINE}}}}}}}\n",
            id="an operationId twice",
        ),
        pytest.param(HEAD.replace("3.0.3", "3.9.0") + "paths: {}\n", id="an unknown version"),
        pytest.param(
            f"{HEAD}paths: {{}}\n{_SCHEME.replace('apiKey', 'apikey')}", id="a kind of scheme"
        ),
        pytest.param(
            f"{HEAD}paths: {{}}\n{_SCHEME.replace('in: query', 'in: body')}", id="a key's place"
        ),
        pytest.param(f"{HEAD}paths: {{}}\n{_SCHEME.replace('{s:', '{s t:')}", id="a scheme's name"),
        pytest.param(
            f"{HEAD}paths: {{}}\ncomponents: {{securitySchemes: {{o: {{type: oauth2, flows: "
            "{password: {tokenUrl: t}}}}}\n",
            id="a flow without scopes",
        ),
        pytest.param(
            f"{HEAD}paths: {{}}\ncomponents: {{securitySchemes: {{o: {{$ref: '#/nope'}}}}}}\n",
            id="a scheme that is not there",
        ),
    ],
)
def test_what_touches_security_or_routing_is_never_tolerated(text: str) -> None:
    with pytest.raises(DocumentError) as plain:
        read_description("-", stdin=text.encode)

    with pytest.raises(DocumentError) as caught:
        tolerated(text)

    assert set(caught.value.faults) <= set(plain.value.faults)


def test_one_template_twice_is_tolerated_where_each_method_stands_once() -> None:
    text = f"{HEAD}paths: {{'/{{a}}': {{get: {{{FINE}}}}}, '/{{b}}': {{put: {{{FINE}}}}}}}\n"
    with pytest.raises(DocumentError, match="same-template"):
        read_description("-", stdin=text.encode)

    description = tolerated(text)

    assert [operation.key for operation in description.operations] == ["GET /{a}", "PUT /{b}"]
    assert [fault.rule for fault in description.tolerated] == ["same-template"]


def test_a_file_that_cannot_be_read_is_never_tolerated(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {
            "o.yaml": f"{HEAD}paths: {{/a: {{get: {{responses: {{200: {{$ref: r.yaml}}}}}}}}}}\n",
            "r.yaml": "description: a\ndescription: b\n",
        },
    )

    with pytest.raises(DocumentError) as caught:
        read_description(path, tolerate=True)

    assert [fault.rule for fault in caught.value.faults] == ["duplicate-key"]


def test_more_faults_than_are_shown_are_tolerated_all_the_same() -> None:
    schemas: Any = ", ".join(f"S{i}: {{type: any}}" for i in range(300))

    description = tolerated(f"{HEAD}paths: {{}}\ncomponents: {{schemas: {{{schemas}}}}}\n")

    assert len(description.tolerated) == 300
