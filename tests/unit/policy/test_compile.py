"""What compiling finds out before any request: what cannot be met, what cannot be granted."""

import pytest

from gateway.policy.compile import (
    compile_policy,
    declared_scopes,
    grantable_by_scheme,
    is_scope_token,
)
from gateway.policy.rules import Binding
from gateway.spec.model import KeyPlace, OperationKey, SchemeName
from tests.unit.policy.build import (
    BINDINGS,
    SCHEMES,
    Security,
    api_key,
    description,
    oauth2,
    policy,
    rule,
)


@pytest.mark.parametrize(
    ("text", "is_scope"),
    [
        ("read", True),
        ("write:pets", True),
        ("https://api.example/a?b=[c]", True),
        ("!#[]~", True),
        ("", False),
        ("a b", False),
        ('a"', False),
        ("a\\b", False),
        ("a\n", False),
        ("a\x7f", False),
        ("café", False),
    ],
)
def test_scopes_are_what_rfc_6749_says(text: str, is_scope: bool) -> None:
    assert is_scope_token(text) is is_scope


@pytest.mark.parametrize(
    ("security", "said"),
    [
        ({"digest": []}, "not supported"),
        ({"oauth": ["two words"]}, "RFC 6749"),
        ({"oidc": ["caf\u00e9"]}, "RFC 6749"),
        ({"basic": [], "bearer": []}, "`basic` and `bearer` need different values"),
        ({"oauth": [], "key": [], "basic": []}, "`oauth` and `basic` need different values"),
        ({"oauth": [], "digest": []}, "`digest`"),
    ],
)
def test_an_alternative_says_why_it_can_never_be_met(
    security: dict[str, list[str]], said: str
) -> None:
    assert said in rule([security]).alternatives[0].never


@pytest.mark.parametrize(
    "security",
    [
        {},
        {"oauth": ["read"]},
        {"oauth": ["undeclared"]},
        {"oauth": ["a"], "other": ["b"], "bearer": []},
        {"basic": [], "key": [], "session": [], "mtls": []},
        {"key": ["any role, in \u00e4ny words"]},
    ],
)
def test_an_alternative_that_can_be_met_says_nothing(security: dict[str, list[str]]) -> None:
    assert rule([security]).alternatives[0].unmet == ""


@pytest.mark.parametrize("parameter", ["Authorization", "authorization"])
def test_a_key_in_the_authorization_header_cannot_be_met_with_a_bearer_token(
    parameter: str,
) -> None:
    schemes = (*SCHEMES, api_key("raw", KeyPlace.HEADER, parameter=parameter))
    bindings = {**BINDINGS, SchemeName("raw"): BINDINGS[SchemeName("key")]}
    document = description(
        {"GET /x": [{"raw": [], "oauth": []}, {"raw": []}, {"raw": [], "session": []}]},
        schemes=schemes,
    )
    alternatives = compile_policy(document, bindings).rules[OperationKey("GET /x")].alternatives

    assert [bool(alternative.unmet) for alternative in alternatives] == [True, False, False]


@pytest.mark.parametrize("name", list(BINDINGS))
def test_a_scheme_that_is_not_bound_can_never_be_met(name: str) -> None:
    bindings = {bound: value for bound, value in BINDINGS.items() if bound != name}
    document = policy({"GET /songs": [{name: []}]}, bindings=bindings)

    (alternative,) = document.rules[OperationKey("GET /songs")].alternatives
    assert alternative.unmet == f"scheme `{name}` is not bound"


def test_the_schemes_of_what_can_be_met_are_known() -> None:
    compiled = rule([{"digest": [], "key": []}, {"oauth": []}, {"basic": [], "bearer": []}])

    assert compiled.schemes == ("digest", "key", "oauth", "basic", "bearer")
    assert compiled.satisfiable == {"oauth"}


def test_scopes_of_any_flow_are_declared_and_those_an_openidconnect_requirement_names() -> None:
    document = description(
        {"GET /a": [{"oidc": ["openid", "two words"]}], "GET /b": [{"oauth": ["undeclared"]}]},
        schemes=[*SCHEMES, oauth2("loose", scopes=["fine", "not fine"])],
    )
    declared = declared_scopes(document)

    assert declared[SchemeName("oidc")] == {"openid"}
    assert declared[SchemeName("loose")] == {"fine"}
    assert "undeclared" not in declared[SchemeName("oauth")]
    assert declared[SchemeName("key")] == frozenset()


def test_schemes_that_take_one_token_can_be_granted_what_either_declares() -> None:
    document = description(
        {},
        schemes=[oauth2(name, scopes=[name]) for name in ("user", "machine", "partner", "loose")],
    )
    ours, theirs = Binding("https://a.example", "api"), Binding("https://b.example", "api")
    user, machine, partner, loose = map(SchemeName, ("user", "machine", "partner", "loose"))

    found = grantable_by_scheme(document, {user: ours, machine: ours, partner: theirs})

    assert found[user] == found[machine] == {"user", "machine"}
    assert found[partner] == {"partner"}
    assert found[loose] == {"loose"}


def test_undeclared_scopes_are_required_as_written_and_cannot_be_granted() -> None:
    (alternative,) = rule([{"oauth": ["undeclared", "widget", "widget"]}]).alternatives

    assert alternative.scopes == ("undeclared", "widget")
    assert alternative.ungrantable == ("undeclared",)
    assert alternative.unmet == ""
    assert not alternative.is_grantable


def test_an_alternative_that_can_never_be_met_is_not_grantable() -> None:
    assert not rule([{"digest": []}]).alternatives[0].is_grantable
    assert rule([{"oauth": ["read"]}]).alternatives[0].is_grantable


@pytest.mark.parametrize(
    ("security", "is_public"), [([], True), ([{}], False), (None, False)], ids=["[]", "[{}]", "-"]
)
def test_only_an_empty_list_is_public(security: Security, is_public: bool) -> None:
    assert rule(security).is_public is is_public


def test_a_policy_cannot_be_changed() -> None:
    document = policy({"GET /songs": []})

    with pytest.raises(TypeError):
        document.rules[OperationKey("GET /albums")] = rule([])  # type: ignore[index]  # what is tested
