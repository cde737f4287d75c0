"""Exchanging a code: bound to its client, address and verifier, once, and soon."""

import pytest

from tests.edge.token_service.browser import led_to
from tests.edge.token_service.code_flow import (
    ALLOW,
    URI,
    VERIFIER,
    add_client,
    address,
    alice,
    consent_form,
    exchange,
    get_code,
    refresh,
    signed_in,
)
from tests.edge.token_service.world import AUDIENCE, PASSWORD, World, basic, outcome
from token_service.entities import ClientType

BAD = (400, "invalid_grant")


@pytest.fixture
def radio(world: World) -> World:
    """A world with a public client called Radio."""
    add_client(world)
    return world


def test_a_code_buys_a_token_for_what_was_granted(radio: World) -> None:
    response = exchange(radio, get_code(radio, scope="read post"))

    assert response.status_code == 200
    assert response.json()["scope"] == "read post"
    claims = radio.claims(response)
    assert (claims["sub"], claims["client_id"]) == (alice(radio).subject, "radio")
    assert (claims["scope"], claims["aud"]) == ("read post", AUDIENCE)
    assert refresh(radio, response).status_code == 200


def test_a_client_without_refresh_gets_no_refresh_token(world: World) -> None:
    add_client(world, grants=("authorization_code",))

    assert "refresh_token" not in exchange(world, get_code(world)).json()


@pytest.mark.parametrize(
    "change",
    [
        {"code_verifier": ""},
        {"code_verifier": VERIFIER[:-1] + "l"},
        {"code_verifier": VERIFIER.lower()},
        {"code_verifier": VERIFIER + "="},
        {"code_verifier": "x" * 42},
        {"code_verifier": "x" * 129},
        {"code_verifier": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
        {"redirect_uri": ""},
        {"redirect_uri": f"{URI}/"},
        {"redirect_uri": "https://evil.example/"},
        {"code": "made-up"},
        {"code": "ü"},
    ],
    ids=[
        "no verifier",
        "wrong verifier",
        "verifier in another case",
        "verifier beyond its letters",
        "short verifier",
        "long verifier",
        "the challenge itself",
        "no redirect URI",
        "redirect URI with a slash",
        "another redirect URI",
        "made-up code",
        "no ASCII",
    ],
)
def test_t29_what_does_not_fit_buys_nothing_and_spends_nothing(
    radio: World, change: dict[str, str]
) -> None:
    code = get_code(radio)

    assert outcome(exchange(radio, code, headers=None, **change)) == BAD
    assert exchange(radio, code).status_code == 200


def test_t3_an_exchange_without_a_code_is_invalid_request(radio: World) -> None:
    assert outcome(exchange(radio, "")) == (400, "invalid_request")


def test_an_address_that_was_not_sent_need_not_be_repeated(radio: World) -> None:
    code = get_code(radio, redirect_uri="")

    assert exchange(radio, code, redirect_uri="").status_code == 200


def test_t12_the_port_of_a_loopback_address_is_bound_too(world: World) -> None:
    add_client(world, uris=("http://127.0.0.1/cb",))
    code = get_code(world, redirect_uri="http://127.0.0.1:4001/cb")

    assert outcome(exchange(world, code, redirect_uri="http://127.0.0.1:4002/cb")) == BAD
    assert exchange(world, code, redirect_uri="http://127.0.0.1:4001/cb").status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (60, 400)])
def test_t12_a_code_lives_for_a_minute(radio: World, seconds: int, status: int) -> None:
    code = get_code(radio)

    radio.clock.now += seconds

    assert exchange(radio, code).status_code == status


def test_t12_another_client_can_neither_use_nor_end_a_code(radio: World) -> None:
    add_client(radio, "other")
    code = get_code(radio)

    assert outcome(exchange(radio, code, client_id="other")) == BAD
    bought = exchange(radio, code)
    assert outcome(exchange(radio, code, client_id="other")) == BAD
    assert refresh(radio, bought).status_code == 200


def test_a_confidential_client_has_to_prove_itself(world: World) -> None:
    secret = str(add_client(world, type=ClientType.CONFIDENTIAL).secret)
    code = get_code(world)

    assert outcome(exchange(world, code)) == (401, "invalid_client")
    assert outcome(exchange(world, code, headers=basic("radio", "wrong"))) == (
        401,
        "invalid_client",
    )
    assert exchange(world, code, headers=basic("radio", secret)).status_code == 200


def test_a_client_that_lost_the_grant_is_unauthorized(radio: World) -> None:
    add_client(radio, "other", grants=("refresh_token",))

    answer = outcome(exchange(radio, get_code(radio), client_id="other"))

    assert answer == (400, "unauthorized_client")


def test_a_token_gives_what_can_still_be_given(radio: World) -> None:
    code = get_code(radio, scope="read post")
    radio.service.administration.set_group_scopes("everyone", "post")

    assert exchange(radio, code).json()["scope"] == "post"


@pytest.mark.parametrize("gone", ["declared", "ceiling", "user", "password", "client"])
def test_a_code_that_could_give_nothing_any_more_gives_nothing(radio: World, gone: str) -> None:
    code, admin = get_code(radio, scope="read"), radio.service.administration
    match gone:
        case "declared":
            radio.document.by_grant["authorization_code"] = frozenset({"post"})
        case "ceiling":
            admin.set_group_scopes("everyone", "post")
        case "user":
            admin.set_user_active(alice(radio).id, active=False)
        case "password":
            admin.set_password(alice(radio).id, "another-password")
        case _:
            admin.set_client_active("radio", active=False)

    expected = (401, "invalid_client") if gone == "client" else BAD
    assert outcome(exchange(radio, code)) == expected


def with_resource(world: World) -> str:
    add_client(world, "library", type=ClientType.CONFIDENTIAL, resource="https://library.example")
    return "https://library.example"


def test_t52_a_token_is_for_the_resource_that_was_asked_for(radio: World) -> None:
    library = with_resource(radio)

    page = signed_in(radio).get(address(resource=library))
    bought = exchange(radio, get_code(radio, resource=library))

    assert library in page.text
    assert radio.token_claims(bought.json()["access_token"], audience=library)["aud"] == library


@pytest.mark.parametrize(
    ("at_first", "at_exchange", "passes"),
    [
        ("library", "library", True),
        ("library", "", True),
        ("own", "own", True),
        ("", "own", True),
        ("", "library", False),
        ("own", "library", False),
        ("library", "own", False),
        ("library", "unknown", False),
    ],
)
def test_t52_the_exchange_may_repeat_the_resource_and_no_more(
    radio: World, at_first: str, at_exchange: str, passes: bool
) -> None:
    named = {"": "", "own": AUDIENCE, "library": with_resource(radio), "unknown": "https://x"}
    code = get_code(radio, resource=named[at_first])

    response = exchange(radio, code, resource=named[at_exchange])

    assert outcome(response) == ((200, None) if passes else (400, "invalid_target"))


def test_two_resources_at_the_token_endpoint_are_an_invalid_target(radio: World) -> None:
    body = b"grant_type=authorization_code&code=x&client_id=radio&resource=a&resource=b"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    response = radio.send("POST", "/o/token/", headers=headers, content=body)

    assert outcome(response) == (400, "invalid_target")


def test_a_code_is_nowhere_in_the_database(radio: World) -> None:
    code = get_code(radio)

    file = str(radio.engine.url.database).removeprefix("file:")
    with open(file, "rb") as database, open(f"{file}-wal", "rb") as journal:  # noqa: PTH123
        content = database.read() + journal.read()

    assert code.encode() not in content
    assert b"radio" in content


def test_signing_in_anew_does_not_carry_a_code_to_someone_else(radio: World) -> None:
    radio.service.administration.create_user("bob", PASSWORD)
    form = consent_form(signed_in(radio).get(address()))

    foreign = signed_in(radio, "bob").submit(form, button=ALLOW)
    own = signed_in(radio, "bob")
    _, answer = led_to(own.submit(consent_form(own.get(address())), button=ALLOW))

    assert foreign.status_code == 403
    assert radio.claims(exchange(radio, answer["code"]))["sub"] != alice(radio).subject
