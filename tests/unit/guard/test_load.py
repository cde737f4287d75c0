"""A description loaded under settings, or the reason why it is not."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.errors import DocumentError, SettingsError
from gateway.load import load_document
from gateway.routing.tree import PathMissing, Routed
from gateway.spec.model import OperationKey, SchemeName
from tests.edge.gateway.world import document, loaded, operation, read, settings_of
from tests.unit.guard.build import SCHEMES


def test_a_loaded_document_routes_and_rules_below_its_base_path() -> None:
    found = loaded(document({"/a": {"get": operation()}}, servers=[{"url": "/v1"}]))

    assert isinstance(found.table.route("GET", b"/v1/a"), Routed)
    assert isinstance(found.table.route("GET", b"/a"), PathMissing)
    assert set(found.policy.rules) == {"GET /a"}


@pytest.mark.parametrize(
    ("setting", "is_public"), [("deny", False), ("public", True)], ids=["deny", "public"]
)
def test_the_setting_says_what_undeclared_security_means(setting: str, is_public: bool) -> None:
    element = {"responses": {"200": {"description": ""}}}
    text = document({"/a": {"get": element}})

    found = loaded(text, settings_of(undeclared_security=setting))

    assert found.policy.rules[OperationKey("GET /a")].is_public is is_public


@pytest.mark.parametrize(
    "path",
    ["/-/x", "/o/token", "/accounts/login", "/admin", "/.well-known/oauth-protected-resource"],
)
def test_a_path_of_ours_does_not_load(path: str) -> None:
    with pytest.raises(DocumentError) as caught:
        loaded(document({path: {"get": operation()}}))

    assert [fault.rule for fault in caught.value.faults] == ["reserved-path"]


@pytest.mark.parametrize("path", ["/ox", "/administration", "/.well-known/x", "/a/o/token"])
def test_a_path_beside_ours_loads_without_a_word(path: str) -> None:
    assert loaded(document({path: {"get": operation()}})).warnings == ()


def test_a_template_that_could_match_ours_loads_with_a_warning() -> None:
    text = document({"/{x}": {"get": operation(parameters=[_path_parameter("x")])}})

    found = loaded(text)

    assert {fault.rule for fault in found.warnings} == {"reserved-path"}


def test_schemes_may_be_taken_as_bound_for_a_question() -> None:
    text = document({"/a": {"get": operation([{"key": []}])}}, schemes=SCHEMES)
    description, settings = read(text), settings_of()

    plain = load_document(description, settings)
    supposed = load_document(description, settings, taken_as_bound=[SchemeName("key")])

    rule = OperationKey("GET /a")
    assert plain.policy.rules[rule].alternatives[0].unmet
    assert not supposed.policy.rules[rule].alternatives[0].unmet


def test_taking_a_scheme_as_bound_does_not_change_what_the_settings_bind() -> None:
    text = document({"/a": {"get": operation([{"oauth": ["read"]}])}}, schemes=SCHEMES)

    found = load_document(read(text), settings_of(), taken_as_bound=[SchemeName("oauth")])

    assert found.policy.bindings[SchemeName("oauth")].issuer == settings_of().issuer


def test_a_binding_that_does_not_suit_stops_the_loading() -> None:
    text = document({"/a": {"get": operation()}}, schemes=SCHEMES)

    with pytest.raises(SettingsError, match="session"):
        loaded(text, settings_of(schemes={"key": {"session": True}}))


def _path_parameter(name: str) -> Mapping[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


TRUSTING = {"trusted_issuer": "https://kc.example/realms/shop", "trusted_audience": "orders"}


@pytest.mark.parametrize("flags", [TRUSTING, {"only": "gateway"}], ids=["issuer", "gateway alone"])
@pytest.mark.parametrize("path", ["/o/token", "/accounts", "/admin/users"])
def test_paths_of_the_token_service_are_free_where_it_is_not_served(
    path: str, flags: dict[str, str]
) -> None:
    text = document({path: {"get": operation()}})

    found = loaded(text, settings_of(None, **flags))

    assert isinstance(found.table.route("GET", path.encode()), Routed)
    with pytest.raises(DocumentError, match="which is ours"):
        loaded(text)


def test_our_own_paths_are_reserved_whoever_issues_the_tokens() -> None:
    with pytest.raises(DocumentError, match="which is ours"):
        loaded(document({"/-/x": {"get": operation()}}), settings_of(None, **TRUSTING))


def test_a_base_path_of_the_settings_is_served_instead_of_the_documents() -> None:
    text = document({"/a": {"get": operation()}}, servers=[{"url": "https://api.example/v1"}])

    found = loaded(text, settings_of(base_path="/v2"))

    assert found.description.base_path == "/v2"
    assert isinstance(found.table.route("GET", b"/v2/a"), Routed)
    assert isinstance(found.table.route("GET", b"/v1/a"), PathMissing)


def test_a_base_path_of_a_slash_is_none() -> None:
    text = document({"/a": {"get": operation()}}, servers=[{"url": "https://api.example/v1"}])

    assert isinstance(loaded(text, settings_of(base_path="/")).table.route("GET", b"/a"), Routed)
