"""What lint finds in a document that loads, and what it leaves alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from gateway.errors import Origin
from gateway.lint.finding import Finding, Severity
from gateway.lint.rules import lint
from gateway.load import load_document
from gateway.spec.read import read_description
from tests.edge.gateway.world import OAUTH, settings_of
from tests.edge.gateway.world import document as document_of
from tests.edge.gateway.world import loaded as loaded_from

SCHEMES: Mapping[str, Any] = {
    "oauth": OAUTH,
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://issuer.example/"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "digest": {"type": "http", "scheme": "digest"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "s"},
}


def document(security: Any) -> Mapping[str, Any]:
    element: dict[str, Any] = {"responses": {"200": {"description": ""}}}
    if security is not None:
        element["security"] = security
    return document_of({"/a": {"get": element}}, schemes=SCHEMES)


def findings(security: Any, **tables: Mapping[str, Any]) -> tuple[Finding, ...]:
    return lint(loaded_from(document(security), settings_of(schemes=tables)))


@pytest.mark.parametrize(
    "security",
    [
        pytest.param([], id="public on purpose"),
        pytest.param([{}], id="anonymous"),
        pytest.param([{"oauth": ["read"]}], id="declared scope"),
        pytest.param([{"oidc": ["anything"]}], id="a scope of openIdConnect"),
        pytest.param([{"oauth": ["read"], "bearer": []}], id="one token for both"),
        pytest.param([{"bearer": []}, {}], id="optional"),
    ],
)
def test_nothing_is_found_where_nothing_is_wrong(security: Any) -> None:
    assert findings(security) == ()


def test_an_operation_without_security_is_an_error_at_its_place() -> None:
    (found,) = findings(None)

    assert (found.rule, found.severity) == ("undeclared-security", Severity.ERROR)
    assert found.message == "GET /a declares no security; write it, or `security: []` if public"
    assert str(found) == f"{found.origin}: error undeclared-security: {found.message}"


def test_security_at_the_root_is_a_declaration() -> None:
    text = {**document(None), "security": [{"oauth": ["read"]}]}

    assert lint(loaded_from(text)) == ()


@pytest.mark.parametrize(
    ("security", "rules"),
    [
        pytest.param([{"oauth": ["raed"]}], ["undeclared-scope"], id="undeclared scope"),
        pytest.param([{"oauth": ["read", "raed"]}], ["undeclared-scope"], id="one of two"),
        pytest.param([{"oauth": ["a b"]}], ["invalid-scope-name"], id="space in a scope"),
        pytest.param([{"oauth": [""]}], ["invalid-scope-name"], id="empty scope"),
        pytest.param([{"oidc": ["é"]}], ["invalid-scope-name"], id="scope beyond ASCII"),
        pytest.param([{"digest": []}], ["unsupported-scheme"], id="unsupported kind"),
        pytest.param([{"key": []}], ["unsupported-scheme"], id="not bound"),
        pytest.param(
            [{"key": ["admin"]}], ["unsupported-scheme", "roles-before-3.1"], id="role of a key"
        ),
        pytest.param([{"bearer": ["admin"]}], ["roles-before-3.1"], id="role of a bearer"),
        pytest.param(
            [{"digest": [], "oauth": ["raed"]}],
            ["unsupported-scheme", "undeclared-scope"],
            id="two things",
        ),
        pytest.param([{"oauth": ["read"]}, {"digest": []}], ["unsupported-scheme"], id="second"),
    ],
)
def test_an_alternative_that_is_dead_is_found(security: Any, rules: list[str]) -> None:
    assert [finding.rule for finding in findings(security)] == rules


def test_a_finding_names_the_alternative_and_why_it_is_dead() -> None:
    (found,) = findings([{"oauth": ["read"]}, {"key": []}])

    assert found.message == "alternative 2 of GET /a is dead: scheme `key` is not bound"


def test_a_name_that_cannot_be_a_scope_is_shown_in_ascii() -> None:
    (found,) = findings([{"oidc": ["\u202e"]}])

    assert found.message.isascii()
    assert "RFC 6749 s3.3" in found.message


def test_two_schemes_that_need_one_header_each_can_never_be_met() -> None:
    foreign = {
        "issuer": "https://issuer.example",
        "jwks_uri": "https://issuer.example/jwks",
        "audience": "theirs",
    }

    apart = findings([{"oauth": ["read"], "bearer": []}], bearer=foreign)
    together = findings([{"oauth": ["read"], "bearer": []}])

    assert [finding.rule for finding in apart] == ["unsatisfiable-alternative"]
    assert together == ()


def test_a_cookie_that_is_the_session_is_supported() -> None:
    assert findings([{"cookie": []}], cookie={"session": True}) == ()
    assert [finding.rule for finding in findings([{"cookie": []}])] == ["unsupported-scheme"]


def test_a_role_is_a_finding_in_a_document_of_3_0_alone() -> None:
    loaded = loaded_from(document([{"bearer": ["admin"]}]))
    newer = replace(loaded, description=replace(loaded.description, openapi="3.1.0"))

    assert "OAS 3.0 does not know" in lint(loaded)[0].message
    assert lint(newer) == ()


def test_a_warning_of_the_document_is_a_finding() -> None:
    parameter = {"name": "x", "in": "path", "required": True, "schema": {"type": "string"}}
    element = {"security": [], "parameters": [parameter], "responses": {"200": {"description": ""}}}

    found = lint(loaded_from(document_of({"/{x}": {"get": element}})))

    assert {(finding.rule, finding.severity) for finding in found} == {
        ("reserved-path", Severity.WARNING)
    }


@pytest.mark.parametrize(
    ("path", "rules"),
    [
        pytest.param("/a/b", [], id="ordinary"),
        pytest.param("/a/{x}.json", [], id="template"),
        pytest.param("/a/", [], id="slash at the end"),
        pytest.param("/a?b", ["unmatchable-path"], id="query"),
        pytest.param("/a#b", ["unmatchable-path"], id="fragment"),
        pytest.param("/a/../b", ["unmatchable-path"], id="dots"),
        pytest.param("/a//b", ["unmatchable-path"], id="empty segment"),
        pytest.param("/a/%zz", ["unmatchable-path"], id="bad escape"),
    ],
)
def test_a_path_that_no_request_can_have_is_a_warning(path: str, rules: list[str]) -> None:
    names = ["x"] if "{x}" in path else []
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]
    element = {
        "security": [],
        "parameters": parameters,
        "responses": {"200": {"description": ""}},
    }

    found = lint(loaded_from(document_of({path: {"get": element}})))

    assert [finding.rule for finding in found] == rules
    assert all(finding.severity is Severity.WARNING for finding in found)


def test_findings_are_sorted_by_place() -> None:
    text = b"""\
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /b:
    get:
      security:
        - oauth:
            - raed
            - wirte
      responses: {"200": {description: ok}}
  /a:
    get:
      responses: {"200": {description: ok}}
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: /t, scopes: {read: see}}}
"""
    description = read_description("-", stdin=lambda: text)

    found = lint(load_document(description, settings_of()))

    assert [(finding.origin.short, finding.rule) for finding in found] == [
        ("-:8", "undeclared-scope"),
        ("-:9", "undeclared-scope"),
        ("-:12", "undeclared-security"),
    ]
    assert found[0].origin == Origin("-", 8, 15)
