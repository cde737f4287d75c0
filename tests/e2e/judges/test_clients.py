"""Strict clients of other people reach each answer of the token service, on both databases."""

import time
from collections.abc import Callable

import pytest

from tests.e2e.judges.judge import Judge, JudgeFault, Registered
from tests.e2e.judges.live import NODE, Live
from tests.e2e.judges.node import NodeJudge, Script
from tests.e2e.judges.person import Person

pytestmark = pytest.mark.proof

MakeJudge = Callable[[Registered], Judge]

#: within which a revocation must count
_SECONDS = 2.0


def songs(live: Live) -> str:
    """What `read` opens."""
    return f"{live.server.url}/songs"


def is_refused(judge: Judge, token: str, url: str) -> bool:
    try:
        status = judge.call(token, url)
    except JudgeFault as fault:  # a library that reads the challenge says what stands there
        return "invalid_token" in str(fault)
    return status == 401


def assert_ends_soon(judge: Judge, token: str, url: str) -> None:
    """A token is refused within the time that a revocation may take."""
    began = time.monotonic()
    while not is_refused(judge, token, url):
        assert time.monotonic() < began + _SECONDS


def test_metadata_is_what_the_client_needs(live: Live, judge: MakeJudge) -> None:
    told = judge(live.client("public")).metadata()

    assert told["issuer"] == live.issuer
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_response_iss_parameter_supported"] is True


def test_code_with_pkce_buys_a_token_that_opens_what_the_user_left_ticked(
    live: Live, judge: MakeJudge
) -> None:
    client = judge(live.client("public"))
    bob = Person(live.server, "bob", unticks=frozenset({"groups"}))

    bought = client.code("read groups", bob.visit)

    assert bought["scope"].split() == ["read"]
    assert client.call(bought["access_token"], songs(live)) == 200


def test_a_user_who_says_no_is_reported_as_access_denied(live: Live, judge: MakeJudge) -> None:
    client = judge(live.client("public"))

    with pytest.raises(JudgeFault) as denied:
        client.code("read", Person(live.server, "bob", decision="deny").visit)

    assert denied.value.code == "access_denied"


def test_an_answer_in_another_issuers_name_is_refused(live: Live, judge: MakeJudge) -> None:
    client, bob = judge(live.client("public")), Person(live.server, "bob")

    def through_a_mix_up(url: str, user_code: str) -> str:
        return bob.visit(url, user_code).replace("%2Fo", "%2Fother")

    with pytest.raises(JudgeFault, match=r"iss|not from"):
        client.code("read", through_a_mix_up)


def test_refresh_gives_a_new_pair_and_the_old_one_ends_all(live: Live, judge: MakeJudge) -> None:
    client = judge(live.client("confidential"))
    first = client.code("read", Person(live.server, "alice").visit)

    second = client.refresh(first["refresh_token"])
    third = client.refresh(second["refresh_token"])
    opened = client.call(third["access_token"], songs(live))
    with pytest.raises(JudgeFault) as reused:
        client.refresh(first["refresh_token"])

    assert (opened, third["scope"]) == (200, first["scope"])
    assert reused.value.code == "invalid_grant"
    assert_ends_soon(client, third["access_token"], songs(live))


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_client_credentials_are_introspected_and_revoked(
    live: Live, judge: MakeJudge, method: str
) -> None:
    known = live.client("confidential")
    client = judge(Registered(known.issuer, known.client_id, known.client_secret, method=method))

    token = client.client_credentials("read")["access_token"]
    before = client.introspect(token)
    opened = client.call(token, songs(live))
    client.revoke(token)

    assert (before["active"], before["scope"], before["client_id"]) == (
        True, "read", known.client_id,
    )  # fmt: skip
    assert opened == 200
    assert client.introspect(token) == {"active": False}
    assert_ends_soon(client, token, songs(live))


def test_revoking_a_refresh_token_ends_its_access_tokens(live: Live, judge: MakeJudge) -> None:
    client = judge(live.client("public"))
    bought = client.code("read", Person(live.server, "bob").visit)

    client.revoke(bought["refresh_token"])

    assert_ends_soon(client, bought["access_token"], songs(live))
    with pytest.raises(JudgeFault) as revoked:
        client.refresh(bought["refresh_token"])
    assert revoked.value.code == "invalid_grant"


def test_a_device_gets_its_token_when_the_user_allowed_it(live: Live, judge: MakeJudge) -> None:
    client = judge(live.client("public"))

    bought = client.device("read", Person(live.server, "bob").visit)

    assert client.call(bought["access_token"], songs(live)) == 200
    assert client.refresh(bought["refresh_token"])["scope"] == "read"


def test_a_device_is_told_that_the_user_said_no(live: Live, judge: MakeJudge) -> None:
    client = judge(live.client("public"))

    with pytest.raises(JudgeFault) as denied:
        client.device("read", Person(live.server, "bob", decision="deny").visit)

    assert denied.value.code == "access_denied"


def test_a_resource_server_is_told_of_tokens_for_it_and_a_stranger_is_not(
    live: Live, judge: MakeJudge
) -> None:
    token = judge(live.client("public")).code("read", Person(live.server, "bob").visit)

    ours = judge(live.client("resource")).introspect(token["access_token"])
    strangers = judge(live.client("confidential")).introspect(token["access_token"])

    assert (ours["active"], ours["username"]) == (True, "bob")
    assert strangers == {"active": False}


@NODE
def test_the_api_says_who_issues_its_tokens_and_verifies_like_anyone(
    live: Live, oauth4webapi: Script
) -> None:
    judge, api = NodeJudge(oauth4webapi, live.client("confidential")), live.server.url

    told = judge.resource(api)
    token = judge.client_credentials("read")["access_token"]
    claims = judge.claims(token, resource=songs(live), audience=api)

    assert told["authorization_servers"] == [live.issuer]
    assert claims["client_id"] == live.client("confidential").client_id
    with pytest.raises(JudgeFault):
        judge.claims(token, resource=songs(live), audience="https://other.example")
