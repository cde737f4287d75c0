"""How clients prove themselves: the lines T4 to T6 of RFC 6749, and who may use what."""

import base64

import pytest

from tests.edge.token_service.world import PASSWORD, World, basic, outcome
from token_service.entities import ClientType

ALICE = {"grant_type": "password", "username": "alice", "password": PASSWORD}


def raw_basic(pair: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def test_a_client_may_present_its_secret_in_the_body(world: World) -> None:
    form = {**ALICE, "client_id": world.client_id, "client_secret": world.client_secret}

    assert world.token(form, headers={}).status_code == 200


def test_the_basic_scheme_is_named_in_any_case(world: World) -> None:
    header = world.basic["Authorization"].replace("Basic", "bAsIc")

    assert world.token(ALICE, headers={"Authorization": header}).status_code == 200


def test_t4_header_and_body_together_are_invalid_request(world: World) -> None:
    form = {**ALICE, "client_id": world.client_id, "client_secret": world.client_secret}

    assert outcome(world.token(form)) == (400, "invalid_request")


@pytest.mark.parametrize("way", ["client_secret", "client_assertion"])
def test_t4_two_ways_are_refused_even_if_one_is_wrong(world: World, way: str) -> None:
    form = {**ALICE, "client_id": world.client_id, way: "wrong"}

    assert outcome(world.token(form)) == (400, "invalid_request")


def test_t4_the_body_may_repeat_the_client_of_the_header(world: World) -> None:
    assert world.token({**ALICE, "client_id": world.client_id}).status_code == 200


def test_t4_the_body_may_not_name_another_client_than_the_header(world: World) -> None:
    assert outcome(world.token({**ALICE, "client_id": "other"})) == (400, "invalid_request")


def test_t5_the_parts_of_basic_are_form_decoded(world: World) -> None:
    secret = "a+b%c:d/e=f&g"
    world.service.administration.create_client(
        "odd", grants=["client_credentials"], client_id="odd", secret=secret
    )
    form = {"grant_type": "client_credentials"}

    assert world.token(form, headers=basic("odd", secret)).status_code == 200
    assert outcome(world.token(form, headers=raw_basic(f"odd:{secret}")))[0] == 401


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"id:%zz").decode(),
        "Basic " + base64.b64encode(b"id:\xff").decode(),
        "Basic " + base64.b64encode(b"id:a\nb").decode(),
        "Basic " + base64.b64encode(b":").decode(),
        "Bearer abc",
    ],
)
def test_t6_a_header_that_proves_nothing_is_401_with_a_challenge(world: World, header: str) -> None:
    response = world.token(ALICE, headers={"Authorization": header})

    assert outcome(response) == (401, "invalid_client")
    assert response.headers["WWW-Authenticate"].startswith("Basic realm=")


@pytest.mark.parametrize("client_id", ["", "unknown"])
@pytest.mark.parametrize("in_header", [True, False])
def test_t6_a_wrong_secret_or_client_is_401_with_a_challenge(
    world: World, client_id: str, in_header: bool
) -> None:
    client_id = client_id or world.client_id
    body = {} if in_header else {"client_id": client_id, "client_secret": "wrong"}
    headers = basic(client_id, "wrong") if in_header else {}

    response = world.token({**ALICE, **body}, headers=headers)

    assert outcome(response) == (401, "invalid_client")
    assert response.headers["WWW-Authenticate"].startswith("Basic realm=")


@pytest.mark.parametrize(
    "named",
    [{}, {"client_id": "walk"}, {"client_id": "walk", "client_assertion": "x"}],
    ids=["nobody", "a confidential client without its secret", "an assertion"],
)
def test_t6_a_client_that_does_not_prove_itself_is_invalid_client(
    world: World, named: dict[str, str]
) -> None:
    world.service.administration.create_client("walk", grants=["password"], client_id="walk")

    assert outcome(world.token({**ALICE, **named}, headers={})) == (401, "invalid_client")


def test_a_secret_without_a_client_id_is_invalid_request(world: World) -> None:
    form = {**ALICE, "client_secret": world.client_secret}

    assert outcome(world.token(form, headers={})) == (400, "invalid_request")


def test_a_disabled_client_is_unknown_to_password_and_client_credentials(world: World) -> None:
    world.service.administration.set_client_active(world.client_id, active=False)

    assert outcome(world.password()) == (401, "invalid_client")
    assert outcome(world.token({"grant_type": "client_credentials"})) == (401, "invalid_client")


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
@pytest.mark.parametrize("kind", [ClientType.PUBLIC, ClientType.CONFIDENTIAL])
def test_unauthorized_client_comes_before_any_look_at_the_password(
    world: World, kind: ClientType, password: str
) -> None:
    created = world.service.administration.create_client(
        "other",
        type=kind,
        grants=["password"] if kind is ClientType.PUBLIC else ["client_credentials"],
    )
    client = {"client_id": created.client.client_id}
    if created.secret:
        client["client_secret"] = created.secret

    response = world.token({**ALICE, "password": password, **client}, headers={})

    assert outcome(response) == (400, "unauthorized_client")


@pytest.mark.parametrize("grant_type", ["implicit", "Password", 'a"b\\c', "ü", "password "])
def test_t7_grants_that_are_not_answered_are_unsupported_grant_type(
    world: World, grant_type: str
) -> None:
    response = world.token({"grant_type": grant_type})

    assert outcome(response) == (400, "unsupported_grant_type")
    description = response.json()["error_description"]
    assert description.isascii()
    assert not set('"\\') & set(description)
