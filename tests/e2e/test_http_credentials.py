"""What HTTP shows of how credentials are found and judged."""

import pytest

from tests.e2e.edges import unsigned_token
from tests.e2e.servers import Server


def authorization(value: str) -> tuple[str, str]:
    """An Authorization header."""
    return ("Authorization", value)


@pytest.mark.parametrize("word", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_auth_scheme_has_no_case(edges: Server, word: str) -> None:
    header = authorization(f"{word} {edges.token('read')}")

    answer = edges.call("GET", "/songs", headers=[header])

    assert answer.status == 200


def test_two_authorization_headers_are_400_even_if_both_are_good(edges: Server) -> None:
    header = authorization(f"Bearer {edges.token('read')}")

    answer = edges.call("GET", "/songs", headers=[header, header])

    assert answer.status == 400
    assert 'error="invalid_request"' in answer.header("www-authenticate")


def test_two_tokens_in_one_header_are_400(edges: Server) -> None:
    token = edges.token("read")

    answer = edges.call("GET", "/songs", headers=[authorization(f"Bearer {token}, {token}")])

    assert answer.status == 400


def test_token_in_header_and_query_is_400(edges: Server) -> None:
    token = edges.token("read")

    answer = edges.call("GET", f"/songs?access_token={token}", token=token)

    assert answer.status == 400
    assert 'error="invalid_request"' in answer.header("www-authenticate")


def test_token_elsewhere_than_in_the_header_is_as_if_absent(edges: Server) -> None:
    token = edges.token("write")

    answers = [
        edges.call("POST", f"/songs?access_token={token}", json={}),
        edges.call("POST", "/songs", form={"access_token": token}),
        edges.call("POST", "/songs", json={"access_token": token}),
        edges.call("POST", "/songs", json={}, headers=[("Cookie", f"access_token={token}")]),
        edges.call("POST", "/songs", json={}, headers=[("X-Access-Token", token)]),
        edges.call("POST", "/songs", json={}, headers=[authorization(f"Token {token}")]),
        edges.call("POST", "/songs", json={}, headers=[authorization(token)]),
    ]

    assert [answer.status for answer in answers] == [401] * len(answers)
    assert not [a for a in answers if "error=" in a.header("www-authenticate")]


def test_junk_token_is_401_even_where_an_empty_alternative_stands(edges: Server) -> None:
    answer = edges.call("GET", "/either", token="junk")

    assert answer.status == 401
    challenge = answer.header("www-authenticate")
    assert challenge.startswith('Bearer realm="oauth", error="invalid_token", resource_metadata=')


def test_empty_alternative_is_tried_last_wherever_it_stands(edges: Server) -> None:
    caller = edges.call("GET", "/either", token=edges.token("read")).json()

    assert caller["matched"] == 2
    assert caller["subject"].startswith("client:")
    assert caller["scopes"] == ["read"]


@pytest.mark.parametrize("scope", [None, "write"], ids=["no token", "a token that lacks the scope"])
def test_empty_alternative_admits_as_nobody(edges: Server, scope: str | None) -> None:
    token = None if scope is None else edges.token(scope)

    answer = edges.call("GET", "/either", token=token)

    assert answer.status == 200
    assert answer.json() == {"subject": None, "scopes": [], "matched": 1}


def test_nothing_is_looked_at_where_the_document_names_no_scheme(edges: Server) -> None:
    junk = [authorization("Bearer junk")]

    answers = [edges.call("GET", path, headers=junk * 2) for path in ("/open", "/optional")]

    assert [answer.status for answer in answers] == [200, 200]


@pytest.mark.parametrize(
    ("scope", "status"),
    [(None, 401), ("read", 403), ("sign", 403), ("read sign", 200)],
    ids=["no token", "the first scheme's scope", "the second's", "both"],
)
def test_two_oauth2_schemes_in_one_object_are_both_needed(
    edges: Server, scope: str | None, status: int
) -> None:
    token = None if scope is None else edges.token(scope)

    answer = edges.call("GET", "/both", token=token)

    assert answer.status == status
    if status != 200:
        assert len(answer.all("www-authenticate")) >= 1


def test_operation_that_declares_no_security_is_refused_to_all(edges: Server) -> None:
    answers = [
        edges.call("GET", "/undeclared", token=t) for t in (None, "junk", edges.token("read"))
    ]

    assert [answer.status for answer in answers] == [403, 403, 403]


def test_scheme_that_nothing_is_bound_to_denies(edges: Server) -> None:
    key = [("X-API-Key", "anything")]

    alone = edges.call("GET", "/keyed", headers=key)
    beside = edges.call("GET", "/several", headers=key)
    token = edges.call("GET", "/several", token=edges.token("read"), headers=key)

    assert (alone.status, beside.status, token.status) == (401, 401, 200)
    assert alone.header("www-authenticate") == ('ApiKey realm="key", in="header", name="X-API-Key"')
    challenge = beside.header("www-authenticate")
    assert challenge.startswith('Bearer realm="oauth", scope="read", resource_metadata=')


def test_credential_that_cannot_be_checked_is_503(edges: Server) -> None:
    answer = edges.call("GET", "/away", token=unsigned_token())

    assert answer.status == 503
    assert int(answer.header("retry-after")) > 0
    assert answer.header("cache-control") == "no-store"
    assert answer.all("www-authenticate") == []
