"""Tokens that only their issuer can read: how it is asked, and what of its answer is believed."""

import asyncio
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from gateway.errors import SettingsError
from gateway.model import AccessToken, PrincipalKind, Refused, TokenFault, Uncheckable
from gateway.tokens.binding import Overrides, TokenTrust
from gateway.tokens.introspect import ACTIVE_SECONDS, IN_FLIGHT, REFUSED_SECONDS, Introspector
from gateway.tokens.introspected import introspected_token
from gateway.tokens.profiles import ANSWER_PROFILE
from gateway.tokens.source import Introspection
from tests.unit.tokens.minting import NOW

URL = "https://issuer.example/introspect"
TRUST = TokenTrust("https://issuer.example", "orders", profile=ANSWER_PROFILE)
ACTIVE: Mapping[str, Any] = {
    "active": True,
    "aud": "orders",
    "iss": "https://issuer.example",
    "sub": "u1",
    "client_id": "web",
    "scope": "orders:read profile",
    "token_type": "Bearer",
    "exp": NOW + 600,
    "iat": NOW - 60,
}
#: RFC 9701
SIGNED = "application/token-introspection+jwt"
Outcome = AccessToken | Refused | Uncheckable


class Endpoint:
    """An issuer that answers one thing, and remembers how it was asked."""

    def __init__(self, answer: object = ACTIVE) -> None:
        self.answer = answer
        self.requests: list[httpx.Request] = []
        self.now = float(NOW)

    async def respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        if isinstance(self.answer, httpx.Response):
            return self.answer
        return httpx.Response(200, json=self.answer)

    def asker(self, trust: TokenTrust = TRUST, url: str = URL) -> Introspector:
        return Introspector(
            Introspection(url, "api: orders", "s/cr:t %"),
            trust,
            clock=lambda: self.now,
            transport=httpx.MockTransport(self.respond),
        )


def ask(endpoint: Endpoint, *texts: str, trust: TokenTrust = TRUST) -> Sequence[Outcome]:
    """Ask about tokens all at once."""

    async def all_at_once() -> Sequence[Outcome]:
        asker = endpoint.asker(trust)
        found = await asyncio.gather(*(asker.introspect(text) for text in texts))
        await asker.close()
        return found

    return asyncio.run(all_at_once())


def outcome(answer: object, *, trust: TokenTrust = TRUST) -> Outcome:
    return ask(Endpoint(answer), "opaque", trust=trust)[0]


def token_of(answer: object, *, trust: TokenTrust = TRUST) -> AccessToken:
    found = outcome(answer, trust=trust)
    assert isinstance(found, AccessToken), found
    return found


def changed(*drop: str, **members: Any) -> dict[str, Any]:
    return {name: value for name, value in {**ACTIVE, **members}.items() if name not in drop}


def test_an_active_token_is_read_by_the_names_of_the_standard() -> None:
    token = token_of(ACTIVE)

    assert (token.principal.subject, token.principal.kind) == ("u1", PrincipalKind.USER)
    assert token.client_id == "web"
    assert token.scopes == {"orders:read", "profile"}
    assert token.expires_at == NOW + 600


def test_the_issuer_is_asked_with_both_halves_encoded_and_the_token_in_the_body() -> None:
    endpoint = Endpoint()

    ask(endpoint, "opaque/1")

    (request,) = endpoint.requests
    scheme, _, pair = request.headers["authorization"].partition(" ")
    assert (scheme, b64decode(pair)) == ("Basic", b"api%3A+orders:s%2Fcr%3At+%25")
    assert (request.method, str(request.url)) == ("POST", URL)
    assert parse_qs(request.content.decode()) == {
        "token": ["opaque/1"],
        "token_type_hint": ["access_token"],
    }


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        pytest.param({"active": False}, TokenFault.UNKNOWN_CREDENTIAL, id="not active"),
        pytest.param(
            {**ACTIVE, "active": False}, TokenFault.UNKNOWN_CREDENTIAL, id="not active, yet told"
        ),
        pytest.param(changed("aud"), TokenFault.AUDIENCE, id="for nobody"),
        pytest.param(changed(aud=["other"]), TokenFault.AUDIENCE, id="for another"),
        pytest.param(changed(iss="https://issuer.example/"), TokenFault.ISSUER, id="issuer"),
        pytest.param(changed(exp=NOW - 60), TokenFault.EXPIRED, id="expired"),
        pytest.param(changed(exp=str(NOW + 60)), TokenFault.CLAIMS, id="exp in a string"),
        pytest.param(changed(nbf=NOW + 60), TokenFault.NOT_YET_VALID, id="too early"),
        pytest.param(changed(scope=["orders:read"]), TokenFault.SCOPE, id="scope in a list"),
        pytest.param(changed(token_type="DPoP"), TokenFault.TYPE, id="bound to a key"),
        pytest.param(changed(token_type=None), TokenFault.TYPE, id="type of null"),
        pytest.param(changed(token_use="refresh_token"), TokenFault.TYPE, id="refresh token"),
        pytest.param(changed(typ="Refresh"), TokenFault.TYPE, id="keycloak's refresh token"),
        pytest.param(changed(at_hash="x"), TokenFault.TYPE, id="ID token"),
        pytest.param(changed(cnf={"jkt": "x"}), TokenFault.CLAIMS, id="confirmation"),
        pytest.param(changed("sub", "client_id"), TokenFault.CLAIMS, id="of nobody"),
        pytest.param(changed(sub=5), TokenFault.CLAIMS, id="subject is a number"),
        pytest.param(changed(client_id=""), TokenFault.CLAIMS, id="client is empty"),
    ],
)
def test_an_answer_that_says_less_than_yes_refuses_the_token(
    answer: object, fault: TokenFault
) -> None:
    assert outcome(answer) == Refused(fault)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({}, id="no active"),
        pytest.param({**ACTIVE, "active": "true"}, id="active in a string"),
        pytest.param({**ACTIVE, "active": 1}, id="active is one"),
        pytest.param([ACTIVE], id="no object"),
        pytest.param(httpx.Response(200, text="yes"), id="no JSON"),
        pytest.param(
            httpx.Response(
                200,
                text="e30.e30.AA",
                headers={"content-type": "application/token-introspection+jwt"},
            ),
            id="signed",
        ),
        pytest.param(
            httpx.Response(200, json={**ACTIVE}, headers={"content-type": SIGNED}),
            id="said to be signed",
        ),
        pytest.param(httpx.Response(201, json={**ACTIVE}), id="created"),
        pytest.param(httpx.Response(302, headers={"location": "/"}), id="redirect"),
        pytest.param(httpx.Response(400, json={"error": "invalid_request"}), id="bad request"),
        pytest.param(httpx.Response(401, json={"error": "invalid_client"}), id="not our secret"),
        pytest.param(httpx.Response(429), id="too often"),
        pytest.param(httpx.Response(500), id="failing"),
        pytest.param(httpx.Response(200, json={**ACTIVE, "x": "x" * 300_000}), id="too large"),
        pytest.param(httpx.ConnectError("away"), id="away"),
        pytest.param(httpx.ReadTimeout("slow"), id="slow"),
    ],
)
def test_an_answer_that_is_none_leaves_it_open_and_is_not_remembered(answer: object) -> None:
    endpoint = Endpoint(answer)

    async def twice() -> Sequence[Outcome]:
        asker = endpoint.asker()
        return [await asker.introspect("opaque"), await asker.introspect("opaque")]

    assert asyncio.run(twice()) == [Uncheckable(5), Uncheckable(5)]
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize("active", [1, "true", None, [True]])
def test_only_true_is_true(active: object) -> None:
    found = introspected_token(changed(active=active), TRUST, now=NOW)

    assert found == Refused(TokenFault.UNKNOWN_CREDENTIAL)


def test_an_issuer_that_never_answers_is_given_up() -> None:
    async def never(_request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError("not reached")

    asker = Introspector(
        Introspection(URL, "a", "b"),
        TRUST,
        clock=lambda: NOW,
        transport=httpx.MockTransport(never),
        time_limit=0.01,
    )

    assert asyncio.run(asker.introspect("opaque")) == Uncheckable(5)


@pytest.mark.parametrize(
    ("answer", "subject", "kind"),
    [
        pytest.param(changed("sub", username="alice"), "alice", PrincipalKind.USER, id="username"),
        pytest.param(changed("sub"), "web", PrincipalKind.CLIENT, id="client alone"),
        pytest.param(changed(sub="web"), "web", PrincipalKind.CLIENT, id="subject is the client"),
        pytest.param(
            changed(username="service-account-web"),
            "u1",
            PrincipalKind.CLIENT,
            id="service account",
        ),
        pytest.param(changed("client_id"), "u1", PrincipalKind.USER, id="no client"),
    ],
)
def test_who_speaks_is_told_by_the_first_of_sub_username_and_client(
    answer: object, subject: str, kind: PrincipalKind
) -> None:
    token = token_of(answer)

    assert (token.principal.subject, token.principal.kind) == (subject, kind)


def test_an_issuer_that_does_not_tell_times_and_itself_is_believed_for_a_while() -> None:
    token = token_of(changed("iss", "exp", "iat", "token_type"))

    assert (token.issued_at, token.expires_at) == (NOW, NOW + 60)


def test_names_of_the_answer_can_be_overridden() -> None:
    overrides = Overrides(scope_claim="scp", client_claim="azp")
    trust = TokenTrust(TRUST.issuer, "orders", profile=ANSWER_PROFILE, overrides=overrides)

    token = token_of(changed("client_id", scp="a", azp="web"), trust=trust)

    assert token.client_id == "web"
    assert token.scopes == {"a"}


def test_questions_about_one_token_share_one_answer() -> None:
    endpoint = Endpoint()

    found = ask(endpoint, *["opaque"] * 20, "another")

    assert all(isinstance(each, AccessToken) for each in found)
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize(
    ("answer", "seconds", "asked"),
    [
        pytest.param(ACTIVE, ACTIVE_SECONDS - 1, 1, id="active"),
        pytest.param(ACTIVE, ACTIVE_SECONDS, 2, id="active too long ago"),
        pytest.param(changed(exp=NOW + 3), 2, 1, id="until it expires"),
        pytest.param(changed(exp=NOW + 3), 3, 2, id="expired since"),
        pytest.param({"active": False}, REFUSED_SECONDS - 1, 1, id="refused"),
        pytest.param({"active": False}, REFUSED_SECONDS, 2, id="refused too long ago"),
    ],
)
def test_an_answer_is_believed_for_seconds(answer: object, seconds: int, asked: int) -> None:
    endpoint = Endpoint(answer)

    async def again() -> None:
        asker = endpoint.asker()
        await asker.introspect("opaque")
        endpoint.now += seconds
        await asker.introspect("opaque")

    asyncio.run(again())

    assert len(endpoint.requests) == asked


def test_more_questions_than_the_issuer_can_bear_are_told_to_come_back() -> None:
    endpoint = Endpoint()

    found = ask(endpoint, *(f"opaque-{number}" for number in range(IN_FLIGHT + 5)))

    assert found.count(Uncheckable(5)) == 5
    assert len(endpoint.requests) == IN_FLIGHT


@pytest.mark.parametrize("text", ["x" * 20_000, "ähm"])
def test_a_text_that_can_be_no_token_is_no_question(text: str) -> None:
    endpoint = Endpoint()

    assert ask(endpoint, text) == [Refused(TokenFault.MALFORMED)]
    assert endpoint.requests == []


def test_nothing_secret_is_shown_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")

    ask(Endpoint(httpx.Response(500)), "opaque-token")

    shown = caplog.text + repr(Introspection(URL, "a", "s/cr:t %"))
    assert "opaque-token" not in shown
    assert "s/cr" not in shown
    assert "answered 500" in caplog.text


@pytest.mark.parametrize("url", ["http://issuer.example/introspect", "ftp://issuer.example/"])
def test_a_url_that_others_could_read_is_trusted_with_no_token(url: str) -> None:
    with pytest.raises(SettingsError, match="introspection URL"):
        Endpoint().asker(url=url)
