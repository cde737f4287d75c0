"""What a guard makes of a request: who is asked, how often, and what is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from gateway.guard import build_ruleset
from gateway.model import PrincipalKind, Proven, Reason, Refused, RequestFault, TokenFault
from gateway.model import Uncheckable as Away
from gateway.spec.model import OperationKey
from tests.unit.guard.build import ALICE, KEY, UNKNOWN, ToldSource, decide, ruleset
from tests.unit.tokens.minting import FixedKeys, NoKeys, mint

BASIC = {"authorization": "Basic YWxpY2U6cGFzcw=="}  # alice:pass
SESSION = Proven(ALICE, by_cookie=True, is_local=True)


def bearer(**claims: Any) -> dict[str, str]:
    return {"authorization": f"Bearer {mint(**claims)}"}


MANY = [
    {"oauth": ["write", "read"]},
    {"bearer": []},
    {"oauth": ["read"], "bearer": []},
    {"oauth": ["read"]},
    {},
]


def test_a_token_is_verified_once_however_many_alternatives_name_its_schemes() -> None:
    keys = FixedKeys()

    decision = decide(ruleset(MANY, keys=keys), bearer(scope="read"))

    assert decision.permits
    assert len(keys.asked) == 1


def test_an_invalid_token_is_verified_once_too() -> None:
    keys = FixedKeys()

    decision = decide(ruleset(MANY, keys=keys), bearer(scope="read", exp=1))

    assert (decision.reason, decision.fault) == (Reason.INVALID_CREDENTIAL, TokenFault.EXPIRED)
    assert len(keys.asked) == 1


@pytest.mark.parametrize("security", [[], None], ids=["public", "undeclared"])
def test_nothing_presented_is_looked_at_where_nothing_is_asked_for(security: Any) -> None:
    keys, source = FixedKeys(), ToldSource()

    decision = decide(
        ruleset(security, keys=keys),
        {"authorization": "Bearer junk", "cookie": "s=1", "x-key": "k"},
        query=b"access_token=1",
        source=source,
    )

    assert decision.reason is (Reason.PUBLIC if security == [] else Reason.UNDECLARED_SECURITY)
    assert (keys.asked, source.asked) == ([], [])


def test_an_operation_that_the_policy_does_not_have_is_denied() -> None:
    decision = decide(ruleset([]), operation=OperationKey("GET /b"))

    assert (decision.permits, decision.reason) == (False, Reason.UNKNOWN_OPERATION)


def test_the_clock_is_read_in_whole_seconds() -> None:
    rules = ruleset([{"bearer": []}])

    # the guard's clock stands at 0.75 s after NOW: `exp` of 14 s before is within the leeway
    assert decide(rules, bearer(exp=1_900_000_000 - 14)).permits
    assert not decide(rules, bearer(exp=1_900_000_000 - 15)).permits


@pytest.mark.parametrize(
    ("headers", "query", "fault"),
    [
        pytest.param(
            [("authorization", "Bearer a"), ("authorization", "Bearer a")],
            b"",
            RequestFault.SEVERAL_AUTHORIZATION_HEADERS,
            id="two headers",
        ),
        pytest.param(
            [("authorization", "Bearer a, Bearer b")], b"", RequestFault.SEVERAL_TOKENS, id="two"
        ),
        pytest.param(
            [("authorization", "Bearer a")],
            b"access_token=b",
            RequestFault.TOKEN_IN_QUERY,
            id="query",
        ),
        pytest.param(
            [("x-key", "a"), ("x-key", "b")], b"", RequestFault.SEVERAL_KEYS, id="two keys"
        ),
    ],
)
def test_credentials_that_cannot_be_told_apart_are_not_even_checked(
    headers: Sequence[tuple[str, str]], query: bytes, fault: RequestFault
) -> None:
    keys, source = FixedKeys(), ToldSource()

    decision = decide(
        ruleset([{"oauth": ["read"]}, {"key": []}], keys=keys), headers, query=query, source=source
    )

    assert (decision.reason, decision.request_fault) == (Reason.INVALID_REQUEST, fault)
    assert (keys.asked, source.asked) == ([], [])


def test_keys_that_are_away_are_neither_a_permit_nor_an_invalid_token() -> None:
    decision = decide(ruleset([{"oauth": ["read"]}, {}], keys=NoKeys()), bearer(scope="read"))

    assert (decision.reason, decision.retry_after) == (Reason.UNCHECKABLE, 7)


def test_a_token_for_a_scheme_without_keys_is_as_if_absent() -> None:
    rules = ruleset([{"oauth": ["read"]}])

    decision = decide(build_ruleset(rules.document, {}), bearer(scope="read"))

    assert decision.reason is Reason.NO_CREDENTIAL


def test_a_user_with_the_right_password_is_proven() -> None:
    source = ToldSource(passwords={("alice", "pass"): Proven(ALICE)})

    decision = decide(ruleset([{"basic": []}]), BASIC, source=source)

    assert decision.permits
    assert decision.principal == ALICE


def test_a_password_is_checked_once_for_all_basic_schemes() -> None:
    source = ToldSource(passwords={("alice", "pass"): Proven(ALICE)})

    decision = decide(ruleset([{"basic": [], "other_basic": []}]), BASIC, source=source)

    assert decision.permits
    assert source.asked == [("basic", "alice", "pass")]


def test_a_wrong_password_is_an_invalid_credential() -> None:
    decision = decide(ruleset([{"basic": []}, {}]), BASIC)

    assert (decision.reason, decision.fault) == (
        Reason.INVALID_CREDENTIAL,
        TokenFault.UNKNOWN_CREDENTIAL,
    )


@pytest.mark.parametrize("text", ["junk", "YWxpY2U=", "YWxpY2U6cGFzcw"])
def test_a_malformed_basic_credential_is_refused_without_asking(text: str) -> None:
    source = ToldSource()

    decision = decide(ruleset([{"basic": []}]), {"authorization": f"Basic {text}"}, source=source)

    assert decision.fault is TokenFault.MALFORMED
    assert source.asked == []


def test_a_basic_credential_for_schemes_that_are_not_bound_is_as_if_absent() -> None:
    source = ToldSource(passwords={("alice", "pass"): Proven(ALICE)})

    decision = decide(ruleset([{"basic": []}], bound=()), BASIC, source=source)

    assert decision.reason is Reason.NO_CREDENTIAL
    assert source.asked == []


@pytest.mark.parametrize(
    ("key", "reason"),
    [("good", Reason.MATCHED), ("bad", Reason.INVALID_CREDENTIAL), ("", Reason.NO_CREDENTIAL)],
)
def test_an_api_key_is_asked_for_under_its_scheme(key: str, reason: Reason) -> None:
    source = ToldSource(keys={"good": Proven(KEY)})

    decision = decide(ruleset([{"key": []}]), {"x-key": key}, source=source)

    assert decision.reason is reason
    assert source.asked == ([("api_key", "key", key)] if key else [])


def test_a_key_for_a_scheme_that_is_not_bound_is_as_if_absent() -> None:
    source = ToldSource(keys={"good": Proven(KEY)})

    decision = decide(ruleset([{"key": []}], bound=()), {"x-key": "good"}, source=source)

    assert decision.reason is Reason.NO_CREDENTIAL
    assert source.asked == []


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        pytest.param({"x": SESSION}, Reason.MATCHED, id="a session"),
        pytest.param({}, Reason.NO_CREDENTIAL, id="unknown counts as absent"),
        pytest.param({"x": UNKNOWN}, Reason.NO_CREDENTIAL, id="stale counts as absent"),
        pytest.param({"x": Refused(TokenFault.EXPIRED)}, Reason.NO_CREDENTIAL, id="expired"),
        pytest.param({"x": Away(3)}, Reason.UNCHECKABLE, id="the store is away"),
    ],
)
def test_a_stale_session_counts_as_absent_where_another_credential_would_be_refused(
    known: Mapping[str, Any], reason: Reason
) -> None:
    source = ToldSource(sessions=known)

    decision = decide(ruleset([{"session": []}], session=True), {"cookie": "s=x"}, source=source)

    assert decision.reason is reason
    assert source.asked == [("session", "x")]


def test_a_stale_session_does_not_close_a_door_that_is_open_to_anybody() -> None:
    rules = ruleset([{"session": []}, {}], session=True)

    assert decide(rules, {"cookie": "s=stale"}).reason is Reason.ANONYMOUS


def test_a_cookie_of_a_scheme_that_is_not_the_session_is_a_key_like_any() -> None:
    rules = ruleset([{"session": []}], bound=["session"])

    assert decide(rules, {"cookie": "s=x"}).reason is Reason.INVALID_CREDENTIAL


def test_a_token_and_a_key_are_proven_together() -> None:
    client_key = replace(KEY, kind=PrincipalKind.KEY)
    source = ToldSource(keys={"good": Proven(client_key)})
    rules = ruleset([{"oauth": ["read"], "key": []}])

    together = decide(rules, {**bearer(scope="read"), "x-key": "good"}, source=source)
    token_alone = decide(rules, bearer(scope="read"), source=source)

    assert together.permits
    assert (token_alone.permits, token_alone.reason) == (False, Reason.NO_CREDENTIAL)


def test_a_credential_that_the_operation_does_not_name_is_not_looked_at() -> None:
    source = ToldSource()

    decision = decide(
        ruleset([{"oauth": ["read"]}]),
        {**bearer(scope="read"), "x-key": "junk", "cookie": "s=junk"},
        source=source,
    )

    assert decision.permits
    assert source.asked == []


def test_a_decision_carries_the_digest_of_the_ruleset_it_was_made_by() -> None:
    one, other = ruleset([{"oauth": ["read"]}]), ruleset([{"oauth": ["write"]}])

    assert decide(one).policy == one.policy.digest != other.policy.digest
