"""`decide` row by row: semantics, section 1 and what section 3 says of valid credentials."""

import pytest

from gateway.model import (
    ANONYMOUS,
    Credentials,
    Effect,
    Reason,
    Refused,
    RequestFault,
    TokenFault,
    Uncheckable,
)
from gateway.policy.decide import DIFFERENT_USERS, decide
from gateway.policy.rules import Undeclared
from gateway.spec.model import OperationKey, SchemeName
from tests.unit.policy.build import (
    ALICE,
    BOB,
    CLIENT,
    KEY,
    Security,
    judge,
    policy,
    presenting,
    proven,
)

JUNK = Refused(TokenFault.MALFORMED)


def test_an_operation_the_policy_does_not_know_is_denied() -> None:
    decision = decide(policy({"GET /songs": []}), OperationKey("GET /albums"), ANONYMOUS)

    assert (decision.effect, decision.reason) == (Effect.DENY, Reason.UNKNOWN_OPERATION)
    assert decision.operation == "GET /albums"


def test_an_empty_list_is_public_and_looks_at_nothing() -> None:
    for credentials in (ANONYMOUS, presenting(oauth=JUNK)):
        decision = judge([], credentials)

        assert decision.permits
        assert decision.reason is Reason.PUBLIC
        assert (decision.matched, decision.principal) == (None, None)


@pytest.mark.parametrize("credentials", [ANONYMOUS, presenting(oauth=proven("read"))])
def test_undeclared_security_denies_everyone(credentials: Credentials) -> None:
    decision = judge(None, credentials)

    assert (decision.permits, decision.reason) == (False, Reason.UNDECLARED_SECURITY)
    assert decision.challenges == ()


def test_undeclared_security_is_public_where_the_setting_says_so() -> None:
    document = policy({"GET /songs": None}, undeclared=Undeclared.PUBLIC)

    assert decide(document, OperationKey("GET /songs"), ANONYMOUS).permits


def test_the_setting_for_undeclared_security_opens_nothing_else() -> None:
    document = policy({"GET /songs": [{"oauth": []}]}, undeclared=Undeclared.PUBLIC)

    assert not decide(document, OperationKey("GET /songs"), ANONYMOUS).permits


PAIR: Security = [{"oauth": ["create"]}, {"oauth": ["post", "widget"]}]


@pytest.mark.parametrize(
    ("scopes", "matched"),
    [
        (("create",), 1),
        (("post", "widget"), 2),
        (("widget", "post", "read"), 2),
        (("create", "post", "widget"), 1),
        (("post",), None),
        (("widget",), None),
        (("CREATE",), None),
        (("creat",), None),
        (("create:all",), None),
        (("*",), None),
        ((), None),
    ],
)
def test_one_whole_alternative_must_hold(scopes: tuple[str, ...], matched: int | None) -> None:
    decision = judge(PAIR, presenting(oauth=proven(*scopes)))

    assert decision.matched == matched
    assert decision.permits == (matched is not None)
    assert decision.reason is (Reason.MATCHED if matched else Reason.INSUFFICIENT_SCOPE)


def test_outcomes_tell_in_the_order_written_what_each_alternative_lacks() -> None:
    decision = judge(PAIR, presenting(oauth=proven("post")))

    assert [(o.index, o.missing_scopes) for o in decision.outcomes] == [
        (1, ("create",)),
        (2, ("widget",)),
    ]


def test_no_scopes_asked_means_any_valid_token() -> None:
    assert judge([{"oauth": []}], presenting(oauth=proven())).permits
    assert not judge([{"oauth": []}], ANONYMOUS).permits


def test_schemes_in_one_object_must_all_be_proven() -> None:
    security: Security = [{"oauth": ["read"], "key": []}]
    token, key = proven("read"), proven(principal=KEY)

    assert judge(security, presenting(oauth=token, key=key)).permits
    assert not judge(security, presenting(oauth=token)).permits
    assert not judge(security, presenting(key=key)).permits


def test_one_token_proves_two_oauth2_schemes_only_with_the_scopes_of_both() -> None:
    security: Security = [{"oauth": ["a"], "other": ["b"]}]
    both, one = proven("a", "b"), proven("a")

    assert judge(security, presenting(oauth=both, other=both)).permits
    assert judge(security, presenting(oauth=one, other=one)).reason is Reason.INSUFFICIENT_SCOPE


def test_a_scheme_the_operation_does_not_name_proves_nothing() -> None:
    decision = judge([{"oauth": ["read"]}], presenting(other=proven("read")))

    assert decision.reason is Reason.NO_CREDENTIAL


def test_a_bad_credential_for_a_scheme_the_operation_does_not_name_is_as_if_absent() -> None:
    credentials = presenting(oauth=proven("read"), key=JUNK, other=Uncheckable(5))

    assert judge([{"oauth": ["read"]}], credentials).permits


@pytest.mark.parametrize("name", ["key", "second_key", "basic", "bearer", "mtls"])
def test_names_of_other_schemes_are_roles_and_never_scopes(name: str) -> None:
    security: Security = [{name: ["admin", "staff"]}]

    assert judge(security, presenting(**{name: proven(roles=["staff", "admin", "x"])})).permits
    one = judge(security, presenting(**{name: proven(roles=["admin"])}))
    assert (one.reason, one.outcomes[0].missing_roles) == (Reason.INSUFFICIENT_SCOPE, ("staff",))
    assert not judge(security, presenting(**{name: proven("admin", "staff")})).permits


@pytest.mark.parametrize("name", ["oauth", "oidc"])
def test_names_of_oauth2_and_openidconnect_schemes_are_scopes_and_never_roles(name: str) -> None:
    assert judge([{name: ["read"]}], presenting(**{name: proven("read")})).permits
    assert not judge([{name: ["read"]}], presenting(**{name: proven(roles=["read"])})).permits


def test_an_alternative_that_cannot_be_met_leaves_the_others_in_force() -> None:
    security: Security = [{"digest": []}, {"oauth": ["read"]}]

    assert judge(security, presenting(oauth=proven("read"))).matched == 2
    assert judge(security, ANONYMOUS).reason is Reason.NO_CREDENTIAL


def test_a_proof_for_a_scheme_that_cannot_be_met_admits_nobody() -> None:
    assert not judge([{"digest": []}], presenting(digest=proven())).permits


def test_a_bad_credential_is_refused_even_if_another_alternative_would_hold() -> None:
    security: Security = [{"oauth": ["read"]}, {"key": []}]
    decision = judge(security, presenting(oauth=proven("read"), key=JUNK))

    assert decision.reason is Reason.INVALID_CREDENTIAL
    assert decision.fault is TokenFault.MALFORMED
    assert [(c.scheme, c.error) for c in decision.challenges] == [("key", "invalid_token")]


def test_a_credential_nobody_can_check_now_is_neither_permit_nor_401() -> None:
    security: Security = [{"oauth": ["read"]}, {"key": []}, {"basic": []}]
    credentials = presenting(oauth=Uncheckable(3), key=Uncheckable(7), basic=JUNK)
    decision = judge(security, credentials)

    assert (decision.reason, decision.retry_after) == (Reason.UNCHECKABLE, 7)
    assert decision.challenges == ()


def test_credentials_that_cannot_be_told_apart_are_an_invalid_request() -> None:
    fault = RequestFault.SEVERAL_AUTHORIZATION_HEADERS
    credentials = Credentials({SchemeName("oauth"): proven("read")}, fault=fault)
    decision = judge([{"oauth": ["read"]}], credentials)

    assert (decision.reason, decision.request_fault) == (Reason.INVALID_REQUEST, fault)
    assert [c.error for c in decision.challenges] == ["invalid_request"]


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        ([{"oauth": ["read"]}, {"key": []}], Reason.INSUFFICIENT_SCOPE),
        ([{"oauth": ["read"], "key": []}], Reason.NO_CREDENTIAL),
        ([{"oauth": ["read"], "key": []}, {"oauth": ["write"]}], Reason.INSUFFICIENT_SCOPE),
        ([{"key": []}, {"basic": []}], Reason.NO_CREDENTIAL),
    ],
    ids=["another scheme missing", "half of an AND", "one of them complete", "not looked at"],
)
def test_it_is_403_only_if_some_alternative_has_all_its_schemes(
    security: Security, expected: Reason
) -> None:
    assert judge(security, presenting(oauth=proven())).reason is expected


def test_a_valid_token_short_of_an_impossible_scope_is_403_and_not_asked_for_again() -> None:
    decision = judge([{"oauth": ["two words"]}], presenting(oauth=proven("read")))

    assert decision.reason is Reason.INSUFFICIENT_SCOPE
    assert all(challenge.scopes == () for challenge in decision.challenges)


def test_anded_schemes_that_prove_two_users_are_refused() -> None:
    pair = {"bearer": proven(), "session": proven(principal=BOB, by_cookie=True)}
    decision = judge([{"bearer": [], "session": []}], presenting(**pair))

    assert decision.reason is Reason.DIFFERENT_USERS
    assert decision.outcomes[0].note == DIFFERENT_USERS
    assert decision.challenges == ()


def test_two_users_in_one_alternative_leave_another_alternative_in_force() -> None:
    security: Security = [{"bearer": [], "session": []}, {"bearer": []}]
    pair = {"bearer": proven(), "session": proven(principal=BOB, by_cookie=True)}

    assert judge(security, presenting(**pair)).matched == 2


@pytest.mark.parametrize("companion", [CLIENT, KEY, ALICE])
def test_a_user_and_a_client_or_a_key_are_not_two_users(companion: object) -> None:
    assert isinstance(companion, type(ALICE))
    decision = judge(
        [{"key": [], "oauth": []}], presenting(key=proven(principal=companion), oauth=proven())
    )

    assert decision.permits
    assert decision.principal == ALICE


def test_the_caller_is_only_what_the_matched_alternative_proves() -> None:
    security: Security = [{"oauth": ["read"]}, {"key": []}]
    credentials = presenting(oauth=proven(), key=proven(principal=KEY))
    decision = judge(security, credentials)

    assert (decision.matched, decision.principal) == (2, KEY)
    assert [proof.principal for proof in decision.proven] == [KEY]


def test_a_decision_names_the_policy_that_made_it() -> None:
    document = policy({"GET /songs": []})

    assert decide(document, OperationKey("GET /songs"), ANONYMOUS).policy == document.digest
