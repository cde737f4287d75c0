"""A scheme bound by the settings to an issuer elsewhere, from its JWKS URL to the answer."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.app.compose import Application, compose
from gateway.app.composition import Composition
from gateway.errors import SettingsError
from gateway.load import load_document
from tests.edge.gateway.jwks import Issuer, issuer_elsewhere
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import OAUTH, document, operation, read
from tests.edge.token_service.world import ManualClock
from tests.unit.app.homes import settings_in
from tests.unit.tokens.minting import AUDIENCE, CLAIMS, ISSUER, NOW, header_of, mint, sign
from token_service.store.engine import Engine

TEXT = document(
    {
        "/theirs": {"get": operation([{"theirs": ["read"]}])},
        "/ours": {"get": operation([{"oauth": ["read"]}])},
        "/either": {"get": operation([{"oauth": ["read"]}, {"theirs": ["read"]}])},
    },
    schemes={"oauth": OAUTH, "theirs": OAUTH},
)
#: longer than a set lives, shorter than the tokens
LATER = 400


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuer_elsewhere() as issuer:
        yield issuer


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def app(home: Path, engine: Engine, issuer: Issuer, clock: ManualClock) -> Application:
    return application(home, engine, clock, jwks_uri=issuer.jwks_uri)


def application(home: Path, engine: Engine, clock: ManualClock, **table: Any) -> Application:
    bound = {"issuer": ISSUER, "audience": AUDIENCE, **table}
    settings = settings_in(home, schemes={"theirs": bound})
    return compose(
        load_document(read(TEXT), settings),
        settings,
        engine,
        composition=Composition(mocks=True, clock=clock),
    )


def send(app: Application, token: str | None = None, target: str = "/theirs") -> Reply:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    return asyncio.run(call(app.asgi, "GET", target, headers))


def their_token(**claims: Any) -> str:
    return mint("ES256", exp=NOW + 10_000, **claims)


def test_a_token_of_the_issuer_is_let_in_and_its_keys_are_fetched_once(
    app: Application, issuer: Issuer
) -> None:
    assert [send(app, their_token(scope="read")).status for _ in range(3)] == [200, 200, 200]

    assert issuer.requests == ["/jwks"]


def test_nothing_is_fetched_before_a_token_comes(app: Application, issuer: Issuer) -> None:
    assert send(app).status == 401
    assert send(app, "junk").status == 401

    assert issuer.requests == []


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        pytest.param({"iss": f"{ISSUER}/"}, "issuer", id="issuer with a slash"),
        pytest.param({"iss": "https://elsewhere.example"}, "issuer", id="issuer"),
        pytest.param({"aud": "http://localhost:8000"}, "audience", id="our own audience"),
        pytest.param({"nbf": NOW + 60}, "not_yet_valid", id="too early"),
        pytest.param({"which": "theirs"}, "signature", id="another key"),
    ],
)
def test_a_token_that_is_wrong_is_a_401_that_says_why(
    app: Application, claims: Mapping[str, Any], reason: str
) -> None:
    reply = send(app, their_token(scope="read", **claims))

    assert reply.problem() == (401, "invalid-credential")
    assert reply.json()["reason"] == reason
    (challenge,) = reply.all("www-authenticate")
    assert challenge.startswith('Bearer realm="theirs", error="invalid_token", resource_metadata=')


def test_a_token_that_lacks_a_scope_is_a_403(app: Application) -> None:
    assert send(app, their_token(scope="write")).problem() == (403, "insufficient-scope")


def test_our_own_token_is_none_of_theirs_and_theirs_none_of_ours(app: Application) -> None:
    ours = app.tokens.mint("user:x", ["read"], client_id="c", ttl=60)

    assert send(app, their_token(scope="read"), "/ours").problem() == (401, "invalid-credential")
    assert send(app, ours).problem() == (401, "invalid-credential")


def test_either_issuer_opens_an_operation_that_names_both(app: Application) -> None:
    assert send(app, their_token(scope="read"), "/either").status == 200
    assert send(app, their_token(scope="read", iss="https://x.example"), "/either").status == 401


def test_keys_that_are_away_from_the_start_are_a_503_until_they_come(
    app: Application, issuer: Issuer, clock: ManualClock
) -> None:
    issuer.is_away = True

    away = send(app, their_token(scope="read"))
    again = send(app, their_token(scope="read"))

    assert away.problem() == (503, "uncheckable-credential")
    assert (away.header("retry-after"), away.header("cache-control")) == ("10", "no-store")
    assert again.status == 503
    assert len(issuer.requests) == 1

    issuer.is_away = False
    clock.now += 10
    assert send(app, their_token(scope="read")).status == 200


def test_who_presents_nothing_is_told_so_while_keys_are_away(
    app: Application, issuer: Issuer
) -> None:
    issuer.is_away = True

    assert send(app).problem() == (401, "unauthenticated")
    assert send(app, sign(header_of("ES256", typ="JWT"), CLAIMS, alg="ES256")).status == 401


def test_the_last_good_keys_are_kept_while_the_issuer_is_away(
    app: Application, issuer: Issuer, clock: ManualClock
) -> None:
    assert send(app, their_token(scope="read")).status == 200

    issuer.is_away = True
    clock.now += LATER
    known = send(app, their_token(scope="read"))
    unknown = send(app, sign(header_of("ES256", kid="new"), CLAIMS, alg="ES256"))

    assert known.status == 200
    assert unknown.problem() == (503, "uncheckable-credential")


def test_a_key_that_the_issuer_does_not_publish_is_a_401_and_one_fetch(
    app: Application, issuer: Issuer, clock: ManualClock
) -> None:
    assert send(app, their_token(scope="read")).status == 200
    clock.now += 60

    replies = [
        send(app, sign(header_of("ES256", kid=f"x{n}"), CLAIMS, alg="ES256")) for n in (1, 2)
    ]

    assert [reply.json()["reason"] for reply in replies] == ["unknown_key", "unknown_key"]
    assert len(issuer.requests) == 2


def test_a_redirect_of_the_key_set_is_not_followed(app: Application, issuer: Issuer) -> None:
    issuer.redirects_to = f"{issuer.jwks_uri}/elsewhere"

    assert send(app, their_token(scope="read")).status == 503
    assert issuer.requests == ["/jwks"]


def test_nobody_answering_at_all_is_a_503(home: Path, engine: Engine, clock: ManualClock) -> None:
    with issuer_elsewhere() as gone:
        pass

    app = application(home, engine, clock, jwks_uri=gone.jwks_uri)

    assert send(app, their_token(scope="read")).status == 503


def test_only_the_algorithms_of_the_table_are_taken(
    home: Path, engine: Engine, clock: ManualClock, issuer: Issuer
) -> None:
    app = application(home, engine, clock, jwks_uri=issuer.jwks_uri, algorithms=["RS256", "EdDSA"])

    assert send(app, their_token(scope="read")).json()["reason"] == "algorithm"


@pytest.mark.parametrize("url", ["http://issuer.example/jwks", "http://192.0.2.1/jwks"])
def test_keys_are_never_fetched_in_clear_over_a_network(
    home: Path, engine: Engine, clock: ManualClock, url: str
) -> None:
    with pytest.raises(SettingsError, match="neither https nor loopback"):
        application(home, engine, clock, jwks_uri=url)
