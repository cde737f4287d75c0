"""A revocation reaches every worker and every machine on the database within two seconds."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import Serve
from tests.e2e.servers import Server, serving
from tests.unit.token_service.waiting import until

pytestmark = pytest.mark.proof

DOCUMENT = """\
openapi: 3.0.3
info: {title: revocation, version: "1"}
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows: {password: {tokenUrl: /o/token/, scopes: {read: see}}}
paths:
  /open: {get: {security: [], responses: &responses {"200": {description: ok}}}}
  /kept: {get: {security: [{oauth: [read]}], responses: *responses}}
"""
#: what all machines of one installation agree on; keys of ES256 are made at once
SHARED = {
    "SCOPEGATE_ISSUER": "http://localhost:1/o",
    "SCOPEGATE_AUDIENCE": "http://localhost:1",
    "SCOPEGATE_SIGNING_ALG": "ES256",
}
SECONDS = 2
PASSWORD = "a-password-for-carol"
ACCESS, REFRESH = "access_token", "refresh_token"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A document with an operation that needs a token, and one that is public."""
    file = tmp_path / "revocation.yaml"
    file.write_text(DOCUMENT, encoding="utf-8")
    return file


@pytest.fixture
def machines(spec: Path, tmp_path: Path, postgresql_url: str) -> Iterator[tuple[Server, Server]]:
    """Two servers on one PostgreSQL schema, with the same keys."""
    environment = {"SCOPEGATE_DATABASE_URL": postgresql_url, **SHARED}
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(serving(spec, "--mock", folder=tmp_path, environment=environment))
            for _ in range(2)
        )
        yield one, other


@dataclass(frozen=True, slots=True)
class Caller:
    """Carol, and a client that knows her password."""

    credentials: Mapping[str, str]

    def grant(self, server: Server) -> Mapping[str, str]:
        """A new grant of hers: an access token and a refresh token."""
        form = {"grant_type": "password", "username": "carol", "password": PASSWORD}
        answer = server.call("POST", "/o/token/", form={**form, **self.credentials})
        assert answer.status == 200, answer.body
        told: Mapping[str, str] = answer.json()
        return told

    def hand_back(self, server: Server, token: str) -> None:
        """Revoke a token."""
        form = {"token": token, **self.credentials}
        answer = server.call("POST", "/o/revoke_token", form=form)
        assert answer.status == 200, answer.body


def caller(server: Server) -> Caller:
    server.run("user", "create", "carol", "--password-stdin", stdin=f"{PASSWORD}\n")
    options = ("--grant", "password", "--grant", "refresh_token", "--scope", "*")
    created = server.run("client", "create", "--name", "Tests", *options, "--format", "json")
    told = json.loads(created.stdout)
    return Caller({name: told[name] for name in ("client_id", "client_secret")})


def statuses(server: Server, token: str) -> set[int]:
    """What a token meets; connections are new, so that any of several workers may answer."""
    return {server.call("GET", "/kept", token=token).status for _ in range(8)}


def seconds_to_refusal(server: Server, token: str) -> float:
    """How long it takes until every worker refuses a token."""
    return until(lambda: statuses(server, token) == {401})


@pytest.mark.service("postgresql")
def test_what_one_machine_is_handed_back_another_refuses(
    machines: tuple[Server, Server],
) -> None:
    one, other = machines
    carol = caller(one)
    alone, family, kept = (carol.grant(one) for _ in range(3))
    assert {
        status for grant in (alone, family, kept) for status in statuses(other, grant[ACCESS])
    } == {200}

    carol.hand_back(one, alone[ACCESS])
    assert seconds_to_refusal(other, alone[ACCESS]) < SECONDS
    carol.hand_back(other, family[REFRESH])
    assert seconds_to_refusal(one, family[ACCESS]) < SECONDS
    assert statuses(one, kept[ACCESS]) == statuses(other, kept[ACCESS]) == {200}

    one.run("user", "delete", "carol")
    assert seconds_to_refusal(other, kept[ACCESS]) < SECONDS


def test_every_worker_refuses_what_one_of_them_or_a_command_revokes(
    spec: Path, tmp_path: Path
) -> None:
    arguments = ("--mock", "--workers", "2")
    with serving(spec, *arguments, folder=tmp_path, environment=SHARED) as server:
        carol = caller(server)
        alone, family, by_command, by_client = (carol.grant(server) for _ in range(4))
        assert statuses(server, alone[ACCESS]) == {200}

        carol.hand_back(server, alone[ACCESS])
        assert seconds_to_refusal(server, alone[ACCESS]) < SECONDS
        carol.hand_back(server, family[REFRESH])
        assert seconds_to_refusal(server, family[ACCESS]) < SECONDS
        server.run("token", "revoke", "-", stdin=by_command[REFRESH])
        assert seconds_to_refusal(server, by_command[ACCESS]) < SECONDS
        assert statuses(server, by_client[ACCESS]) == {200}
        server.run("client", "delete", carol.credentials["client_id"])
        assert seconds_to_refusal(server, by_client[ACCESS]) < SECONDS


def test_who_hands_a_token_back_finds_it_refused_at_once(serve: Serve, spec: Path) -> None:
    server = serve(spec, "--mock", environment=SHARED)
    carol = caller(server)

    for kind in (ACCESS, REFRESH):
        grant = carol.grant(server)
        assert server.call("GET", "/kept", token=grant[ACCESS]).status == 200
        carol.hand_back(server, grant[kind])
        assert server.call("GET", "/kept", token=grant[ACCESS]).status == 401


def test_what_is_revoked_stays_so_when_the_server_starts_again(serve: Serve, spec: Path) -> None:
    first = serve(spec, "--mock", environment=SHARED)
    token, kept = first.mint("read"), first.mint("read")
    first.run("token", "revoke", "-", stdin=token)
    first.stop()

    second = serve(spec, "--mock", environment=SHARED)

    assert (statuses(second, token), statuses(second, kept)) == ({401}, {200})


def test_without_its_store_tokens_wait_and_the_public_is_served(serve: Serve, spec: Path) -> None:
    environment = {"SCOPEGATE_REVOCATION_STALENESS_SECONDS": "1", **SHARED}
    server = serve(spec, "--mock", environment=environment)
    token = server.mint("read")
    assert statuses(server, token) == {200}
    file, aside = server.home / "scopegate.db", server.home / "aside.db"

    file.rename(aside)
    until(lambda: statuses(server, token) == {503})
    refused = server.call("GET", "/kept", token=token)
    public = server.call("GET", "/open")
    anonymous = server.call("GET", "/kept")
    aside.rename(file)

    assert refused.status == 503
    assert int(refused.header("retry-after")) > 0
    assert (public.status, anonymous.status) == (200, 401)
    until(lambda: statuses(server, token) == {200})
