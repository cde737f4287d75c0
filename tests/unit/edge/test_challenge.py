"""The table that turns a denial into status, challenges and problem: semantics, section 4."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gateway.edge.challenge import answer_denial
from gateway.edge.problem import PROBLEM_TYPES, Problem
from gateway.errors import Origin
from gateway.model import (
    ANONYMOUS,
    Challenge,
    Credentials,
    Decision,
    Effect,
    Reason,
    Refused,
    RequestFault,
    TokenFault,
    Uncheckable,
)
from gateway.policy.decide import decide
from gateway.policy.explain import STATUS
from gateway.spec.model import OperationKey, SchemeKind, SchemeName, SecurityScheme
from tests.unit.policy.build import BOB, Security, policy, presenting, proven

KEY = OperationKey("GET /songs")
READ: Security = [{"oauth": ["read"]}]
PAIR: Security = [{"oauth": ["create"]}, {"oauth": ["post", "widget"]}]


def answer(
    security: Security,
    credentials: Credentials = ANONYMOUS,
    *,
    shows_detail: bool = True,
    key: str = "GET /songs",
) -> Problem:
    rules = policy({key: security})
    decision = decide(rules, OperationKey(key), credentials)
    assert not decision.permits
    return answer_denial(decision, rules, shows_detail=shows_detail)


def values(problem: Problem, name: str) -> list[str]:
    return [value.decode() for found, value in problem.headers if found == name.encode()]


def challenges(problem: Problem) -> list[str]:
    return values(problem, "www-authenticate")


TABLE = [
    pytest.param(READ, ANONYMOUS, 401, "unauthenticated", id="nothing presented"),
    pytest.param(
        READ,
        presenting(oauth=Refused(TokenFault.EXPIRED)),
        401,
        "invalid-credential",
        id="invalid credential",
    ),
    pytest.param(READ, presenting(oauth=proven("write")), 403, "insufficient-scope", id="scope"),
    pytest.param(
        READ, presenting(oauth=Uncheckable(30)), 503, "uncheckable-credential", id="uncheckable"
    ),
    pytest.param(
        READ,
        Credentials(fault=RequestFault.SEVERAL_TOKENS),
        400,
        "ambiguous-credentials",
        id="several tokens",
    ),
    pytest.param(None, ANONYMOUS, 403, "undeclared-security", id="undeclared"),
    pytest.param(
        [{"oauth": [], "basic": []}],
        presenting(oauth=proven(), basic=proven(principal=BOB)),
        401,
        "unauthenticated",
        id="an alternative that can never be met",
    ),
    pytest.param(
        [{"oauth": [], "session": []}],
        presenting(oauth=proven(), session=proven(principal=BOB, by_cookie=True)),
        403,
        "different-users",
        id="two users",
    ),
]


@pytest.mark.parametrize(("security", "credentials", "status", "slug"), TABLE)
def test_each_denial_has_its_status_and_its_problem(
    security: Security, credentials: Credentials, status: int, slug: str
) -> None:
    problem = answer(security, credentials)

    assert (problem.status, problem.slug) == (status, slug)
    assert values(problem, "cache-control") == ["no-store"]


@pytest.mark.parametrize(("security", "credentials", "status", "slug"), TABLE)
def test_a_401_always_has_a_challenge(
    security: Security, credentials: Credentials, status: int, slug: str
) -> None:
    assert bool(challenges(answer(security, credentials))) >= (status == 401)


@pytest.mark.parametrize(
    "reason", [reason for reason in Reason if STATUS[reason] != 200], ids=lambda reason: reason
)
def test_every_reason_of_a_denial_has_an_answer_with_a_page(reason: Reason) -> None:
    rules = policy({"GET /songs": READ})

    problem = answer_denial(Decision(Effect.DENY, reason, KEY, ""), rules, shows_detail=True)

    assert problem.slug in PROBLEM_TYPES
    assert problem.status == STATUS[reason]


def test_a_cookie_alone_that_would_change_something_is_a_403_of_its_own() -> None:
    problem = answer(
        [{"session": []}], presenting(session=proven(by_cookie=True)), key="POST /songs"
    )

    assert (problem.status, problem.slug) == (403, "csrf")
    assert problem.members == {"required": [], "missing": []}


def test_nothing_presented_is_challenged_without_an_error() -> None:
    assert challenges(answer(READ)) == ['Bearer realm="oauth", scope="read"']


def test_an_invalid_token_is_named_so_and_why() -> None:
    problem = answer(READ, presenting(oauth=Refused(TokenFault.AUDIENCE)))

    assert challenges(problem) == ['Bearer realm="oauth", error="invalid_token"']
    assert problem.detail == "The access token is invalid."
    assert problem.members == {"reason": "audience"}


def test_a_lack_of_scopes_asks_for_the_alternative_that_lacks_the_fewest() -> None:
    problem = answer(PAIR, presenting(oauth=proven("post")))

    assert challenges(problem) == [
        'Bearer realm="oauth", error="insufficient_scope", scope="create"'
    ]
    assert problem.detail == "You do not have permission to perform this action."
    assert problem.members == {
        "required": [["create"], ["post", "widget"]],
        "missing": [["create"], ["widget"]],
    }


def test_a_lack_of_roles_is_told_too() -> None:
    problem = answer([{"key": ["staff"]}], presenting(key=proven(roles=["guest"])))

    assert problem.members == {"required": [["staff"]], "missing": [["staff"]]}


def test_undeclared_security_says_so_and_requires_nothing_that_could_be_had() -> None:
    problem = answer(None)

    assert "declares no security" in problem.detail
    assert problem.members == {"required": [], "missing": []}
    assert challenges(problem) == []


def test_an_ambiguous_request_is_told_what_it_sent_twice() -> None:
    problem = answer(READ, Credentials(fault=RequestFault.TOKEN_IN_QUERY))

    assert challenges(problem) == ['Bearer realm="oauth", error="invalid_request"']
    assert problem.members == {"reason": "a token in the header and another in the query"}


def test_what_cannot_be_checked_says_when_to_try_again() -> None:
    problem = answer(READ, presenting(oauth=Uncheckable(30)))

    assert values(problem, "retry-after") == ["30"]
    assert challenges(problem) == []


@pytest.mark.parametrize(("security", "credentials", "status", "slug"), TABLE)
def test_minimal_detail_drops_reasons_and_scopes_and_nothing_else(
    security: Security, credentials: Credentials, status: int, slug: str
) -> None:
    full = answer(security, credentials)
    minimal = answer(security, credentials, shows_detail=False)

    assert (minimal.status, minimal.slug, minimal.detail) == (status, slug, full.detail)
    assert minimal.members == {}
    assert not any("scope=" in challenge for challenge in challenges(minimal))
    assert len(challenges(minimal)) == len(challenges(full))


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        pytest.param([{"bearer": []}], ['Bearer realm="bearer"'], id="bearer"),
        pytest.param([{"oidc": ["a"]}], ['Bearer realm="oidc", scope="a"'], id="openIdConnect"),
        pytest.param([{"basic": []}], ['Basic realm="basic", charset="UTF-8"'], id="basic"),
        pytest.param(
            [{"key": []}], ['ApiKey realm="key", in="header", name="k"'], id="key in a header"
        ),
        pytest.param(
            [{"second_key": []}],
            ['ApiKey realm="second_key", in="query", name="k"'],
            id="key in the query",
        ),
        pytest.param(
            [{"session": []}], ['ApiKey realm="session", in="cookie", name="k"'], id="cookie"
        ),
        pytest.param([{"mtls": []}], ['MutualTLS realm="mtls"'], id="client certificate"),
        pytest.param(
            [{"oauth": ["read"]}, {"key": []}],
            [
                'Bearer realm="oauth", scope="read"',
                'ApiKey realm="key", in="header", name="k"',
            ],
            id="one a scheme",
        ),
    ],
)
def test_each_kind_of_scheme_is_challenged_in_its_own_words(
    security: Security, expected: Sequence[str]
) -> None:
    assert challenges(answer(security)) == expected


@pytest.mark.parametrize(
    ("http_scheme", "expected"),
    [("digest", "Digest"), ("hoba", "Hoba"), ("", "Bearer"), (None, "Bearer")],
)
def test_a_scheme_that_is_not_supported_is_challenged_by_its_auth_scheme(
    http_scheme: str | None, expected: str
) -> None:
    scheme = SecurityScheme(
        SchemeName("odd"), SchemeKind.UNSUPPORTED, Origin("-", 1, 1), http_scheme=http_scheme
    )
    rules = replace(policy({"GET /songs": READ}), schemes={SchemeName("odd"): scheme})
    decision = Decision(
        Effect.DENY, Reason.NO_CREDENTIAL, KEY, "", challenges=(Challenge(SchemeName("odd")),)
    )

    assert challenges(answer_denial(decision, rules, shows_detail=True)) == [
        f'{expected} realm="odd"'
    ]


def test_a_challenge_never_breaks_out_of_its_header() -> None:
    scheme = SecurityScheme(
        SchemeName("key"),
        SchemeKind.API_KEY,
        Origin("-", 1, 1),
        parameter='X"\\\r\nSet-Cookie: a=b\u00e9',
    )
    rules = replace(policy({"GET /songs": READ}), schemes={SchemeName("key"): scheme})
    decision = Decision(
        Effect.DENY, Reason.NO_CREDENTIAL, KEY, "", challenges=(Challenge(SchemeName("key")),)
    )

    (challenge,) = challenges(answer_denial(decision, rules, shows_detail=True))

    assert challenge == 'ApiKey realm="key", in="", name="X\\"\\\\Set-Cookie: a=b"'
