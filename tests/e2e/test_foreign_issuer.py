"""Tokens of an authorization server that no one here wrote, in front of a live gateway."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.issuers import Issuer, running_issuer
from tests.e2e.servers import Server, run, serving

pytestmark = [pytest.mark.proof, pytest.mark.service("node")]

ORDERS, OTHER, OPAQUE = (f"https://{name}.example" for name in ("orders", "other", "opaque"))
_SECONDS = 15.0
SCOPES = {"orders:read": "see", "orders:write": "change"}
FLOW = {"clientCredentials": {"tokenUrl": "https://nobody.example/token", "scopes": SCOPES}}
OK = {"200": {"description": "ok", "content": {"application/json": {"example": {"orders": []}}}}}


def operation(scheme: str, scope: str) -> dict[str, object]:
    return {"security": [{scheme: [scope]}], "responses": OK}


def path(scheme: str) -> dict[str, object]:
    return {"get": operation(scheme, "orders:read"), "put": operation(scheme, "orders:write")}


DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Orders", "version": "1"},
    "servers": [{"url": "https://api.example/v1"}],
    "paths": {"/orders": path("jwt"), "/asked": path("asked")},
    "components": {
        "securitySchemes": {
            "jwt": {"type": "oauth2", "flows": FLOW},
            "asked": {"type": "oauth2", "flows": FLOW},
        }
    },
}


@dataclass(frozen=True, slots=True)
class World:
    """A gateway, and the issuer that it trusts."""

    server: Server
    issuer: Issuer

    def status(self, method: str, path: str, token: str | None = None) -> int:
        return self.server.call(method, f"/v2{path}", token=token).status


@pytest.fixture(scope="module")
def world(node: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("foreign")
    spec = folder / "openapi.json"
    spec.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    with ExitStack() as stack:
        issuer = stack.enter_context(running_issuer(node))
        (folder / "scopegate.toml").write_text(
            f"""
            [schemes.asked]
            issuer = "{issuer.url}"
            audience = "{OPAQUE}"
            introspection_url = "{issuer.url}/token/introspection"
            client_id = "api: orders"
            client_secret = "api: orders:secret%"
            """,
            encoding="utf-8",
        )
        told = ("--issuer", issuer.url, "--audience", ORDERS, "--base-path", "/v2", "--mock")
        server = stack.enter_context(serving(spec, *told, folder=folder))
        yield World(server, issuer)


def test_the_start_names_the_issuer_its_keys_and_its_profile(world: World) -> None:
    assert f"  issuer {world.issuer.url}  1 key  profile rfc9068 (detected)\n" in world.server.said
    assert f"asked at {world.issuer.url}/token/introspection" in world.server.said
    assert "   token service: off\n" in world.server.said
    assert "embedded token service" not in world.server.said


def test_a_token_of_the_issuer_opens_what_its_scope_opens(world: World) -> None:
    token = world.issuer.token(ORDERS)

    assert world.status("GET", "/orders", token) == 200
    assert world.status("PUT", "/orders", token) == 403


def test_a_token_for_another_audience_is_refused(world: World) -> None:
    answer = world.server.call("GET", "/v2/orders", token=world.issuer.token(OTHER))

    assert (answer.status, answer.json()["reason"]) == (401, "audience")


def test_an_id_token_is_refused_though_its_audience_is_ours(world: World) -> None:
    answer = world.server.call("GET", "/v2/orders", token=world.issuer.id_token())

    assert (answer.status, answer.json()["reason"]) == (401, "type")


def test_a_token_that_only_the_issuer_can_read_is_asked_about(world: World) -> None:
    token = world.issuer.token(OPAQUE)

    assert world.status("GET", "/asked", token) == 200
    assert world.status("PUT", "/asked", token) == 403
    assert world.status("GET", "/orders", token) == 401


def test_a_token_that_nobody_issued_is_refused_by_its_issuer(world: World) -> None:
    assert world.status("GET", "/asked", "x" * 43) == 401


def test_the_secrets_are_in_no_line_that_the_server_wrote(world: World) -> None:
    token = world.issuer.token(OPAQUE)

    world.status("GET", "/asked", token)

    written = world.server.said + world.server.complaints
    assert token not in written
    assert "secret%" not in written


@pytest.mark.parametrize("path", ["/o/token/", "/accounts/login/", "/admin/"])
def test_the_token_service_is_not_there(world: World, path: str) -> None:
    assert world.server.call("GET", path).status == 404


def test_the_path_of_the_document_is_not_served_under_another_base(world: World) -> None:
    assert world.server.call("GET", "/v1/orders").status == 404


def test_an_issuer_without_an_audience_does_not_start(tmp_path: Path) -> None:
    done = run("serve", "x.json", "--issuer", "https://kc.example", folder=tmp_path)

    assert done.returncode == 2
    assert done.stderr == (
        "error: --issuer: also needs the audience that its tokens name; add --audience, or set "
        "SCOPEGATE_TRUSTED_AUDIENCE\n"
    )


def test_while_the_issuer_is_away_nobody_knows_and_the_start_says_so(tmp_path: Path) -> None:
    spec = tmp_path / "openapi.json"
    spec.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    told = ("--issuer", "http://127.0.0.1:9", "--audience", ORDERS, "--mock")

    with serving(spec, *told, folder=tmp_path) as server:
        token = f"{'.'.join(['eyJhbGciOiJSUzI1NiIsImtpZCI6ImEiLCJ0eXAiOiJhdCtqd3QifQ', 'e30'])}.AA"
        answer = server.call("GET", "/v1/orders", token=token)

        assert "keys not read yet (the issuer `http://127.0.0.1:9` has no metadata" in server.said
        assert answer.status == 503
        assert int(answer.header("retry-after")) > 0
        assert server.call("GET", "/v1/orders").status == 401


def test_keys_change_at_the_issuer_and_its_next_token_is_accepted(world: World) -> None:
    before = world.issuer.token(ORDERS)
    world.status("GET", "/orders", before)
    world.issuer.rotate()
    token = world.issuer.token(ORDERS)
    end = time.monotonic() + _SECONDS

    statuses = {world.status("GET", "/orders", token)}
    while 200 not in statuses and time.monotonic() < end:
        statuses.add(world.status("GET", "/orders", token))

    assert 200 in statuses
    assert statuses <= {200, 401}
    assert world.status("GET", "/orders", before) == 401
