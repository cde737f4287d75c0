"""A document that loads becomes operations and schemes as it has them."""

from gateway.errors import Origin
from gateway.spec.model import KeyPlace, SchemeKind
from gateway.spec.schemes import build_schemes
from gateway.spec.yaml_reader import read_yaml
from tests.unit.spec.writing import HEAD, load

FINE = "responses: {default: {description: fine}}"


def test_operations_come_in_the_order_written() -> None:
    text = (
        f"{HEAD}paths:\n  /b:\n    put: {{{FINE}}}\n    get: {{{FINE}}}\n"
        f"  x-not: {{get: {{}}}}\n  /a:\n    summary: s\n    delete: {{operationId: d, {FINE}}}\n"
    )

    operations = load(text).operations

    assert [operation.key for operation in operations] == ["PUT /b", "GET /b", "DELETE /a"]
    assert [operation.operation_id for operation in operations] == [None, None, "d"]
    assert operations[2].origin == Origin("-", 10, 5)
    assert (operations[2].method, operations[2].path) == ("DELETE", "/a")


def test_every_method_of_oas_3_0_is_an_operation() -> None:
    methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]
    lines = "".join(f"    {method}: {{{FINE}}}\n" for method in methods)

    operations = load(f"{HEAD}paths:\n  /a:\n{lines}").operations

    assert [operation.method.lower() for operation in operations] == methods


def test_callbacks_are_no_operations() -> None:
    callbacks = f"callbacks: {{c: {{/u: {{post: {{{FINE}}}}}}}}}"
    text = f"{HEAD}paths: {{/a: {{get: {{{FINE}, {callbacks}}}}}}}\n"

    assert [operation.key for operation in load(text).operations] == ["GET /a"]


def test_the_parameters_of_the_path_are_folded_in_and_the_operations_win() -> None:
    text = f"""{HEAD}paths:
  /a:
    parameters:
      - {{name: x, in: query, schema: {{type: string}}}}
      - {{name: x, in: header, schema: {{}}}}
      - $ref: '#/components/parameters/Y'
    get:
      parameters:
        - {{name: x, in: query, schema: {{type: integer}}}}
        - {{name: X, in: header, description: own, schema: {{}}}}
        - {{name: X, in: query, schema: {{}}}}
      {FINE}
    put: {{{FINE}}}
components:
  parameters:
    Y: {{$ref: '#/components/parameters/Z'}}
    Z: {{name: z, in: cookie, schema: {{$ref: '#/components/schemas/S'}}}}
  schemas: {{S: {{}}}}
"""

    get, put = load(text).operations

    assert [(p["name"], p["in"]) for p in get.parameters] == [
        ("x", "query"),
        ("X", "header"),
        ("z", "cookie"),
        ("X", "query"),
    ]
    assert get.parameters[0]["schema"] == {"type": "integer"}
    assert get.parameters[1]["description"] == "own"
    assert get.parameters[2]["schema"] == {"$ref": "#/components/schemas/S"}
    assert [p["name"] for p in put.parameters] == ["x", "x", "z"]


def test_bodies_and_responses_are_resolved_and_extensions_left_out() -> None:
    text = f"""{HEAD}paths:
  /a:
    post:
      summary: does it
      tags: [t, u]
      deprecated: true
      requestBody: {{$ref: '#/components/requestBodies/B'}}
      responses:
        200: {{$ref: '#/components/responses/R'}}
        x-note: 1
        default: {{description: d}}
    get: {{{FINE}, requestBody: {{content: {{}}}}}}
components:
  requestBodies: {{B: {{content: {{a/b: {{}}}}}}}}
  responses: {{R: {{description: r}}}}
"""

    post, get = load(text).operations

    assert post.request_body == {"content": {"a/b": {}}}
    assert post.responses == {"200": {"description": "r"}, "default": {"description": "d"}}
    assert (post.summary, post.tags, post.deprecated) == ("does it", ("t", "u"), True)
    assert get.request_body == {"content": {}}
    assert (get.summary, get.tags, get.deprecated) == ("", (), False)


def test_each_kind_of_scheme_is_told_apart() -> None:
    text = f"""{HEAD}paths: {{}}
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows:
        password: {{tokenUrl: /t, scopes: {{a: first, b: ''}}}}
        implicit: {{authorizationUrl: /u, scopes: {{}}}}
        x-note: {{scopes: {{c: c}}}}
    oidc: {{type: openIdConnect, openIdConnectUrl: 'https://x/'}}
    bearer: {{type: http, scheme: Bearer}}
    basic: {{type: http, scheme: BASIC}}
    digest: {{type: http, scheme: digest}}
    key: {{type: apiKey, in: query, name: api_key}}
    again: {{$ref: '#/components/securitySchemes/key'}}
"""

    schemes = {str(name): scheme for name, scheme in load(text).schemes.items()}

    assert {name: scheme.kind for name, scheme in schemes.items()} == {
        "oauth": SchemeKind.OAUTH2,
        "oidc": SchemeKind.OPENID_CONNECT,
        "bearer": SchemeKind.HTTP_BEARER,
        "basic": SchemeKind.HTTP_BASIC,
        "digest": SchemeKind.UNSUPPORTED,
        "key": SchemeKind.API_KEY,
        "again": SchemeKind.API_KEY,
    }
    password, implicit = schemes["oauth"].flows
    assert (password.grant, password.scopes) == ("password", {"a": "first", "b": ""})
    assert (password.origin, implicit.scopes) == (Origin("-", 9, 9), {})
    assert schemes["oauth"].origin == Origin("-", 6, 5)
    assert (schemes["key"].place, schemes["key"].parameter) == (KeyPlace.QUERY, "api_key")
    assert schemes["again"].origin == Origin("-", 17, 5)
    assert (schemes["digest"].http_scheme, schemes["bearer"].http_scheme) == ("digest", "bearer")


def test_kinds_of_scheme_of_other_versions_are_kept_apart_too() -> None:
    root = read_yaml(
        "components: {securitySchemes: {m: {type: mutualTLS}, n: {type: new}, o: {type: oauth2}}}",
        file="-",
    )

    schemes = build_schemes(root)

    assert [(scheme.kind, scheme.flows) for scheme in schemes.values()] == [
        (SchemeKind.MUTUAL_TLS, ()),
        (SchemeKind.UNSUPPORTED, ()),
        (SchemeKind.OAUTH2, ()),
    ]


def test_the_description_carries_what_the_document_says_of_itself() -> None:
    description = load(f"{HEAD}paths: {{}}\n")

    assert (description.title, description.version, description.openapi) == ("t", "1", "3.0.3")
    assert description.document["info"] == {"title": "t", "version": "1"}
    assert (description.schemes, description.operations) == ({}, ())
