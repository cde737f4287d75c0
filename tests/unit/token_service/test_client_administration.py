"""Clients after they were made: changed, given a secret, listed with their owners."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from token_service.admin import Administration
from token_service.entities import Client, ClientType, GrantType
from token_service.errors import InvalidValueError, UnknownNameError
from token_service.store.clients import find_application, list_applications

PASSWORD = "long-enough-for-anyone"


def change(administration: Administration, client_id: str, **instead: object) -> None:
    values: dict[str, object] = {
        "name": "Radio",
        "grants": ["authorization_code"],
        "scopes": ["read"],
        "redirect_uris": ["https://radio.example/cb"],
    }
    administration.change_client(client_id, **{**values, **instead})  # type: ignore[arg-type] # table


def found(administration: Administration, client_id: str) -> Client:
    client = administration.find_client(client_id)
    assert client is not None
    return client


def test_a_client_is_changed_and_keeps_its_secret(anywhere: Administration) -> None:
    before = anywhere.create_client("shop").client

    change(anywhere, before.client_id)

    after = found(anywhere, before.client_id)
    assert after.name == "Radio"
    assert after.grants == {GrantType.AUTHORIZATION_CODE}
    assert str(after.ceiling) == "read"
    assert after.redirect_uris == ("https://radio.example/cb",)
    assert after.secret_hash == before.secret_hash


@pytest.mark.parametrize(
    ("instead", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "left \u202e right"}, "name"),
        ({"name": "one\u2028two"}, "name"),
        ({"grants": ["implicit"]}, "grants"),
        ({"scopes": "a  b"}, "scopes"),
        ({"redirect_uris": ["http://radio.example/"]}, "redirect_uris"),
    ],
)
def test_what_cannot_be_stored_changes_nothing(
    administration: Administration, instead: dict[str, object], field: str
) -> None:
    before = administration.create_client("shop").client

    with pytest.raises(InvalidValueError) as caught:
        change(administration, before.client_id, **instead)

    assert caught.value.field == field
    assert found(administration, before.client_id) == before


def test_an_unknown_client_cannot_be_changed(anywhere: Administration) -> None:
    with pytest.raises(UnknownNameError):
        change(anywhere, "nobody")


def test_a_new_secret_takes_the_place_of_the_one_that_is_known(anywhere: Administration) -> None:
    first = anywhere.create_client("shop")

    secret = anywhere.change_secret(first.client)

    after = found(anywhere, first.client.client_id)
    assert secret != first.secret
    assert anywhere.hasher.matches(after.secret_hash, secret)
    assert not anywhere.hasher.matches(after.secret_hash, str(first.secret))


def test_of_eight_new_secrets_at_once_one_is_made(anywhere: Administration) -> None:
    client = anywhere.create_client("shop").client

    def attempt(_number: int) -> str | None:
        try:
            return anywhere.change_secret(client)
        except InvalidValueError:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [secret for secret in pool.map(attempt, range(8)) if secret]

    assert len(made) == 1
    assert anywhere.hasher.matches(found(anywhere, client.client_id).secret_hash, made[0])


def test_a_public_client_is_given_no_secret(anywhere: Administration) -> None:
    public = anywhere.create_client("app", type=ClientType.PUBLIC).client

    with pytest.raises(InvalidValueError):
        anywhere.change_secret(public)
    with pytest.raises(InvalidValueError):
        anywhere.change_secret(replace(public, secret_hash="made-up"))

    assert found(anywhere, public.client_id).secret_hash is None


def test_a_users_clients_are_listed_with_his_name_the_newest_first(
    anywhere: Administration,
) -> None:
    bob, ann = (anywhere.create_user(name, PASSWORD) for name in ("bob", "ann"))
    for name, owner in (("one", bob), ("two", ann), ("three", bob), ("four", None)):
        anywhere.create_client(name, client_id=name, owner=owner)

    own = list_applications(anywhere.engine, owner=bob.id, limit=10, offset=0)
    of_all = list_applications(anywhere.engine, owner=None, limit=2, offset=1)

    assert [(each.client.name, each.owner_name) for each in own] == [
        ("three", "bob"),
        ("one", "bob"),
    ]
    assert [(each.client.name, each.owner_name) for each in of_all] == [
        ("three", "bob"),
        ("two", "ann"),
    ]


def test_a_client_outlives_its_owner(anywhere: Administration) -> None:
    bob = anywhere.create_user("bob", PASSWORD)
    client = anywhere.create_client("one", owner=bob).client
    assert client.owner == bob.id

    anywhere.delete_user(bob.id)

    left = find_application(anywhere.engine, client.client_id)
    assert left is not None
    assert (left.client.owner, left.owner_name) == (None, None)
    assert find_application(anywhere.engine, "nobody") is None


def test_each_change_has_its_audit_line_and_no_secret(
    administration: Administration, caplog: pytest.LogCaptureFixture
) -> None:
    bob = administration.create_user("bob", PASSWORD)
    caplog.set_level(logging.DEBUG)

    made = administration.create_client("one", client_id="c", scopes=["read"], owner=bob)
    change(administration, "c", by=bob, scopes="*")
    secret = administration.change_secret(made.client, by=bob)
    administration.delete_client("c")

    lines = [json.loads(r.getMessage()) for r in caplog.records if r.name == "scopegate.audit"]
    assert [(line["event"], line.get("subject"), line.get("scope")) for line in lines] == [
        ("client.registered", bob.subject, "read"),
        ("client.changed", bob.subject, "*"),
        ("client.secret_changed", bob.subject, None),
        ("client.deleted", None, None),
    ]
    assert {line["client_id"] for line in lines} == {"c"}
    assert secret not in caplog.text
    assert str(made.secret) not in caplog.text


def test_what_is_refused_has_no_audit_line(
    administration: Administration, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="scopegate.audit")

    with pytest.raises(UnknownNameError):
        change(administration, "nobody")
    with pytest.raises(UnknownNameError):
        administration.delete_client("nobody")

    assert caplog.records == []


GOOD_URIS = [
    "https://radio.example/cb",
    "https://radio.example:8443/cb?a=b&c=%20",
    "https://[2001:db8::1]/",
    "http://localhost/",
    "http://localhost:9999/cb",
    "http://127.0.0.1:1/cb",
    "http://[::1]:9999/cb",
    "com.example.radio:/cb",
    "com.example.radio://cb",
]
BAD_URIS = [
    "",
    "/cb",
    "cb",
    "//radio.example/cb",
    "https:",
    "https:///cb",
    "https:radio.example",
    "https://radio.example/#x",
    "https://radio.example/#",
    "https://user:pw@radio.example/",
    "https://good.example\\@radio.example/",
    "https://radio.example/a b",
    "https://radio.example/\ncb",
    "https://rädio.example/",
    'https://radio.example/"><img>',
    "https://" + "x" * 2000,
    "http://radio.example/cb",
    "http://127.0.0.2/cb",
    "http://0.0.0.0/cb",
    "http://localhost.radio.example/",
    "http://localhost@radio.example/",
    "HTTP://radio.example/",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("uri", GOOD_URIS)
def test_a_redirect_uri_that_can_be_registered(administration: Administration, uri: str) -> None:
    made = administration.create_client("shop", redirect_uris=[uri])

    assert made.client.redirect_uris == (uri,)


@pytest.mark.parametrize("uri", BAD_URIS)
def test_a_redirect_uri_that_cannot_be_registered(administration: Administration, uri: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        administration.create_client("shop", redirect_uris=["https://good.example/", uri])

    assert caught.value.field == "redirect_uris"
    assert administration.list_clients() == ()


def test_plain_http_to_others_is_for_those_who_set_it(administration: Administration) -> None:
    lenient = replace(administration, insecure_http=True)

    made = lenient.create_client("shop", redirect_uris=["http://radio.example/cb"])

    assert made.client.redirect_uris == ("http://radio.example/cb",)
    with pytest.raises(InvalidValueError):
        lenient.create_client("shop", redirect_uris=["javascript:alert(1)"])
