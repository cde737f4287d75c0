"""API keys, basic users and certificates of a real installation, over HTTP, behind a proxy."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from gateway.app.composition import Composition
from gateway.settings import load_settings
from tests.corpus.server import DocumentServer, HttpAnswer, serve_document
from token_service.app import TokenService
from token_service.sessions import csrf_token

PASSWORD = "correct:horse ü9"
PERMITTED = 501
OK = {"responses": {"200": {"description": "ok"}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/key": {"get": {"security": [{"key": ["reader"]}], **OK}},
        "/query": {"get": {"security": [{"query": ["reader"]}], **OK}},
        "/cookie": {
            "get": {"security": [{"cookie": []}], **OK},
            "post": {"security": [{"cookie": []}], **OK},
        },
        "/basic": {"get": {"security": [{"basic": ["editors"]}], **OK}},
        "/certificate": {"get": {"security": [{"certificate": ["batch"]}], **OK}},
        "/optional": {"get": {"security": [{"certificate": []}, {}], **OK}},
        "/both": {"get": {"security": [{"basic": [], "key": []}], **OK}},
    },
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            "query": {"type": "apiKey", "in": "query", "name": "api_key"},
            "cookie": {"type": "apiKey", "in": "cookie", "name": "kc"},
            "basic": {"type": "http", "scheme": "basic"},
            "certificate": {"type": "mutualTLS"},
        }
    },
}
SCHEMES = {
    "key": {"keys": "local"},
    "query": {"keys": "local"},
    "cookie": {"keys": "local"},
    "basic": {"users": "local"},
    "certificate": {
        "certificate_header": "X-Client-DN",
        "verified_header": "X-Client-Verify",
        "subjects": {"CN=batch": ["batch"], "CN=other": []},
    },
}


@dataclass(frozen=True, slots=True)
class Installation:
    """A served document, and the token service behind it."""

    server: DocumentServer

    @property
    def tokens(self) -> TokenService:
        """Where keys and users are made."""
        return self.server.application.tokens

    def get(self, target: str, *headers: tuple[str, str], method: str = "GET") -> HttpAnswer:
        """Send a request."""
        return self.server.send(method, target, list(headers))

    def key(self, scheme: str, *roles: str, user: str | None = None) -> str:
        """The text of a new key."""
        owner = None if user is None else self.tokens.administration.find_user_by_name(user)
        return self.tokens.api_keys.create(scheme, roles=roles, user=owner).text


@pytest.fixture(scope="module")
def behind_a_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The loopback, which the tests come from, is a trusted proxy."""
    yield from installed(tmp_path_factory.mktemp("trusted"), proxies="127.0.0.1")


@pytest.fixture(scope="module")
def behind_another(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A proxy is trusted, but it is not where the tests come from."""
    yield from installed(tmp_path_factory.mktemp("untrusted"), proxies="192.0.2.1")


def installed(folder: Path, *, proxies: str) -> Iterator[Installation]:
    document = folder / "openapi.json"
    document.write_text(json.dumps(DOCUMENT))
    settings = load_settings(
        flags={"home": str(folder / "home"), "trusted_proxies": proxies},
        environment={},
        file={"schemes": SCHEMES},
    )
    with serve_document(document, replace(settings, port=0), Composition()) as (server, _):
        people = server.application.tokens.administration
        people.create_group("editors")
        people.create_user("alice", PASSWORD)
        people.create_user("bob", PASSWORD, groups=["editors"])
        yield Installation(server)


def basic(name: str, password: str) -> tuple[str, str]:
    return "Authorization", f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


def test_a_key_opens_what_its_roles_open(behind_a_proxy: Installation) -> None:
    reader, stranger = behind_a_proxy.key("key", "reader"), behind_a_proxy.key("key")

    assert behind_a_proxy.get("/key", ("X-API-Key", reader)).status == PERMITTED
    assert behind_a_proxy.get("/key", ("x-api-key", reader)).status == PERMITTED
    refused = behind_a_proxy.get("/key", ("X-API-Key", stranger))
    assert (refused.status, refused.json()["missing"]) == (403, [["reader"]])


def test_a_key_of_nobody_is_challenged_with_its_place(behind_a_proxy: Installation) -> None:
    refused = behind_a_proxy.get("/key", ("X-API-Key", "sgk_" + "A" * 43))

    assert refused.status == 401
    assert refused.all("www-authenticate") == ['ApiKey realm="key", in="header", name="X-API-Key"']
    assert refused.json()["reason"] == "unknown_credential"


def test_a_key_opens_its_own_scheme_alone(behind_a_proxy: Installation) -> None:
    text = behind_a_proxy.key("query", "reader")

    assert behind_a_proxy.get(f"/query?api_key={text}").status == PERMITTED
    assert behind_a_proxy.get("/key", ("X-API-Key", text)).status == 401
    assert behind_a_proxy.get("/query", ("api_key", text)).status == 401


def test_a_key_in_a_cookie_reads_and_alone_changes_nothing(behind_a_proxy: Installation) -> None:
    text = behind_a_proxy.key("cookie")
    cookie, token = ("Cookie", f"kc={text}"), ("X-CSRF-Token", csrf_token(text))

    assert behind_a_proxy.get("/cookie", cookie).status == PERMITTED
    assert behind_a_proxy.get("/cookie", cookie, method="POST").status == 403
    assert behind_a_proxy.get("/cookie", cookie, token, method="POST").status == PERMITTED


def test_a_user_opens_what_his_groups_open(behind_a_proxy: Installation) -> None:
    assert behind_a_proxy.get("/basic", basic("bob", PASSWORD)).status == PERMITTED
    assert behind_a_proxy.get("/basic", basic("alice", PASSWORD)).status == 403
    assert behind_a_proxy.get("/basic", basic("bob", "correct")).status == 401


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("Basic " + base64.b64encode(b"bob").decode(), id="no-colon"),
        pytest.param("Basic !!!", id="no-base64"),
        pytest.param("Basic " + base64.b64encode(b"bob:\xfc").decode(), id="latin-1"),
        pytest.param("Basic " + base64.b64encode(b"bob:a\nb").decode(), id="control"),
    ],
)
def test_basic_that_cannot_be_read_is_invalid(behind_a_proxy: Installation, value: str) -> None:
    refused = behind_a_proxy.get("/basic", ("Authorization", value))

    assert (refused.status, refused.json()["reason"]) == (401, "malformed")
    assert refused.all("www-authenticate")[0].startswith('Basic realm="basic"')


def test_one_user_may_prove_himself_twice_and_two_may_not(behind_a_proxy: Installation) -> None:
    of_alice = ("X-API-Key", behind_a_proxy.key("key", user="alice"))

    assert behind_a_proxy.get("/both", basic("alice", PASSWORD), of_alice).status == PERMITTED
    assert behind_a_proxy.get("/both", basic("bob", PASSWORD), of_alice).status == 403


CERTIFICATE = (("X-Client-DN", "CN=batch"), ("X-Client-Verify", "SUCCESS"))


def test_a_certificate_opens_what_the_map_gives_its_subject(behind_a_proxy: Installation) -> None:
    assert behind_a_proxy.get("/certificate", *CERTIFICATE).status == PERMITTED
    other = ("X-Client-DN", "CN=other")
    assert behind_a_proxy.get("/certificate", other, CERTIFICATE[1]).status == 403


def test_a_certificate_that_is_no_good_is_challenged(behind_a_proxy: Installation) -> None:
    refused = behind_a_proxy.get("/certificate", CERTIFICATE[0], ("X-Client-Verify", "FAILED:x"))

    assert (refused.status, refused.json()["reason"]) == (401, "signature")
    assert refused.all("www-authenticate") == ['MutualTLS realm="certificate"']


def test_a_bad_certificate_is_not_passed_over_where_nothing_is_needed(
    behind_a_proxy: Installation,
) -> None:
    assert behind_a_proxy.get("/optional").status == PERMITTED
    assert behind_a_proxy.get("/optional", CERTIFICATE[0]).status == 401


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param((), id="plainly"),
        pytest.param((("X-Forwarded-For", "192.0.2.1"),), id="as-if-from-the-proxy"),
        pytest.param((("Forwarded", "for=192.0.2.1"),), id="as-if-forwarded"),
    ],
)
def test_headers_of_a_stranger_are_as_if_absent(
    behind_another: Installation, forged: tuple[tuple[str, str], ...]
) -> None:
    assert behind_another.get("/certificate", *CERTIFICATE, *forged).status == 401
    answer = behind_another.get("/optional", CERTIFICATE[0], *forged)
    assert answer.status == PERMITTED


def test_answers_vary_by_the_header_that_tells_of_the_certificate(
    behind_a_proxy: Installation,
) -> None:
    answer = behind_a_proxy.get("/certificate", *CERTIFICATE)

    assert answer.all("vary") == ["x-client-dn"]


def test_guesses_are_counted_by_the_address_that_the_proxy_tells(
    behind_a_proxy: Installation,
) -> None:
    guesser, bystander = ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-For", "203.0.113.8")

    answers = [behind_a_proxy.get("/basic", basic("carol", "guess"), guesser) for _ in range(14)]

    assert {answer.status for answer in answers[:9]} == {401}
    waiting = [answer for answer in answers if answer.status == 503]
    assert all(int(answer.all("retry-after")[0]) >= 1 for answer in waiting)
    assert waiting
    assert behind_a_proxy.get("/basic", basic("carol", "guess"), bystander).status == 401


def test_a_stranger_cannot_choose_the_address_he_is_counted_by(
    behind_another: Installation,
) -> None:
    invented = [("X-Forwarded-For", f"203.0.113.{number}") for number in range(14)]

    answers = [behind_another.get("/basic", basic("carol", "guess"), each) for each in invented]

    assert 503 in {answer.status for answer in answers}
