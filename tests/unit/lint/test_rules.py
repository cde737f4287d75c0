"""What lint finds in a document that loads, and what it leaves alone."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.errors import Origin
from gateway.lint.finding import Severity
from gateway.lint.rules import lint
from gateway.load import load_document
from gateway.spec.read import read_description
from tests.edge.gateway.world import OAUTH, settings_of
from tests.edge.gateway.world import document as document_of
from tests.edge.gateway.world import loaded as loaded_from
from tests.unit.lint.linting import found_in, operations, rules_in

SCHEMES: Mapping[str, Any] = {
    "oauth": OAUTH,
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://issuer.example/"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "digest": {"type": "http", "scheme": "digest"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "s"},
}
#: said of the schemes above, of which each case uses one or two
_UNUSED = frozenset({"unused-scheme", "unused-scope"})


def rules_of(security: Any, **tables: Mapping[str, Any]) -> list[str]:
    """The rules that `GET /a` breaks with this list, under the `[schemes.NAME]` tables given."""
    element: dict[str, Any] = {"responses": {"200": {"description": ""}}}
    if security is not None:
        element["security"] = security
    loaded = loaded_from(
        document_of({"/a": {"get": element}}, schemes=SCHEMES), settings_of(schemes=tables)
    )
    return [finding.rule for finding in lint(loaded) if finding.rule not in _UNUSED]


@pytest.mark.parametrize(
    "security",
    [
        pytest.param([{"oauth": ["read"]}], id="declared scope"),
        pytest.param([{"oidc": ["anything"]}], id="a scope of openIdConnect"),
        pytest.param([{"oauth": ["read"], "bearer": []}], id="one token for both"),
        pytest.param([{"bearer": []}, {}], id="optional, nothing asked for"),
        pytest.param([{"oauth": ["read"]}, {"oauth": ["write"]}], id="two ways"),
    ],
)
def test_nothing_is_found_where_nothing_is_wrong(security: Any) -> None:
    assert rules_of(security) == []


@pytest.mark.parametrize(
    ("security", "rules"),
    [
        pytest.param(
            [{"oauth": ["read"]}, {"oauth": ["raed"]}], ["undeclared-scope"], id="undeclared scope"
        ),
        pytest.param(
            [{"oauth": ["raed"]}],
            ["unreachable-operation", "undeclared-scope"],
            id="the one way is dead",
        ),
        pytest.param(
            [{"oauth": ["read"]}, {"oauth": ["a b"]}], ["invalid-scope-name"], id="a space"
        ),
        pytest.param([{"oauth": ["read"]}, {"oauth": [""]}], ["invalid-scope-name"], id="empty"),
        pytest.param([{"oauth": ["read"]}, {"oidc": ["é"]}], ["invalid-scope-name"], id="accent"),
        pytest.param(
            [{"digest": []}, {"oauth": ["read"]}], ["unsupported-scheme"], id="unsupported kind"
        ),
        pytest.param([{"key": []}], ["unsupported-scheme"], id="not bound"),
        pytest.param(
            [{"key": ["admin"]}], ["unsupported-scheme", "roles-before-3.1"], id="role of a key"
        ),
        pytest.param([{"bearer": ["admin"]}], ["roles-before-3.1"], id="role of a bearer"),
        pytest.param([], ["public-operation"], id="nothing"),
        pytest.param([{}], ["public-operation"], id="nothing but {}"),
        pytest.param([{"oauth": ["read"]}, {}], ["optional-security"], id="{} beside a scope"),
        pytest.param(None, ["undeclared-security"], id="nothing said"),
        pytest.param(
            [{"oauth": []}, {"oauth": ["read"]}], ["shadowed-alternative"], id="any token will do"
        ),
        pytest.param(
            [{"key": []}, {"key": [], "oauth": ["read"]}],
            ["unsupported-scheme", "shadowed-alternative"],
            id="shadowed by what is not bound here",
        ),
        pytest.param(
            [{"oauth": ["write", "read"]}, {"oauth": ["read", "write"]}],
            ["and-list-like-or", "and-list-like-or", "duplicate-alternative"],
            id="the same in another order",
        ),
    ],
)
def test_what_does_not_do_what_it_says_is_found(security: Any, rules: list[str]) -> None:
    assert sorted(rules_of(security)) == sorted(rules)


def test_an_operation_without_security_is_an_error_at_its_place() -> None:
    text = "paths: {/a: {get: {responses: {'200': {description: ok}}}}}"

    (found,) = [f for f in found_in(text) if f.rule == "undeclared-security"]

    assert found.severity is Severity.ERROR
    assert found.message == "GET /a declares no security; write it, or `security: []` if public"
    assert str(found) == f"-:1:14: error undeclared-security: {found.message}"


def test_two_schemes_that_need_one_header_each_can_never_be_met() -> None:
    foreign = {
        "issuer": "https://issuer.example",
        "jwks_uri": "https://issuer.example/jwks",
        "audience": "theirs",
    }
    security = [{"oauth": ["read"], "bearer": []}, {"oauth": ["write"]}]

    assert rules_of(security, bearer=foreign) == ["unsatisfiable-alternative"]
    assert rules_of(security) == []


def test_a_cookie_that_is_the_session_is_supported() -> None:
    assert rules_of([{"cookie": []}], cookie={"session": True}) == []
    assert rules_of([{"cookie": []}]) == ["unsupported-scheme"]


def test_a_scheme_without_a_binding_is_told_once_with_all_its_places() -> None:
    text = """\
paths:
  /a:
    get:
      security: [{key: []}]
    put:
      security: [{key: []}]
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
"""
    (found,) = found_in(text)

    assert found.message == "`key` has no binding; bind [schemes.key] in scopegate.toml"
    assert found.hint.startswith('`keys = "local"` binds it')
    assert found.hint.endswith("; until then nobody can call GET /a, PUT /a")
    assert len(found.also) == 1


def test_a_list_at_the_root_is_told_once() -> None:
    text = "security: [{oauth: [raed]}, {oauth: [read]}]\n" + operations(get_a="[{oauth: [read]}]")
    inherited = "  /b:\n    get:\n      summary: b\n    put:\n      summary: c\n"

    (found,) = [f for f in found_in(text + inherited) if f.rule == "undeclared-scope"]

    assert "alternative 1 of the root list is dead" in found.message


def test_a_name_that_cannot_be_a_scope_is_shown_in_ascii() -> None:
    (found,) = [
        f
        for f in found_in(operations(get_a='[{oauth: ["\\u202e"]}, {oauth: [read]}]'))
        if f.rule == "invalid-scope-name"
    ]

    assert found.message.isascii()
    assert "RFC 6749 s3.3" in found.message


def test_an_undeclared_scope_says_what_was_perhaps_meant() -> None:
    (found,) = [
        f for f in found_in(operations(get_a="[{oauth: [raed]}]")) if f.rule == "undeclared-scope"
    ]

    assert found.hint == "declare it under oauth{see}, or did you mean `read`?"
    assert found.marked == "raed"


@pytest.mark.parametrize(
    ("path", "is_found"),
    [
        pytest.param("/a/b", False, id="ordinary"),
        pytest.param("/a/", False, id="slash at the end"),
        pytest.param("/a?b", False, id="a question mark, sent as %3F"),
        pytest.param("/a#b", False, id="a number sign, sent as %23"),
        pytest.param("/a;b", True, id="semicolon"),
        pytest.param("/a/../b", True, id="dots"),
        pytest.param("/a//b", True, id="empty segment"),
        pytest.param("/a/%zz", True, id="bad escape"),
    ],
)
def test_a_path_that_no_request_can_have_is_a_warning(path: str, is_found: bool) -> None:
    fragment = f"paths:\n  {path!r}:\n    get:\n      security: [{{oauth: [read]}}]\n"

    assert rules_in(fragment) == (["unmatchable-path"] if is_found else [])


def test_findings_are_sorted_by_place_errors_first() -> None:
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
        - oauth: [read]
        - {}
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
        ("-:14", "undeclared-security"),
        ("-:11", "optional-security"),
    ]
    assert found[0].origin == Origin("-", 8, 15)
