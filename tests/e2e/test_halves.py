"""The gateway and the token service, each in a process of its own, on one home."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.servers import SONGS, Server, serving

#: where both are for the world; nobody listens there
PUBLIC = "http://localhost:18999"
#: within which a token that was taken back counts for nothing
_SECONDS = 10.0
SHARED = {"SCOPEGATE_ISSUER": f"{PUBLIC}/o", "SCOPEGATE_AUDIENCE": PUBLIC}


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    folder: Path = tmp_path_factory.mktemp("halves")
    home = folder / "home"
    with (
        serving(SONGS, "--only", "tokens", folder=folder, home=home, environment=SHARED) as tokens,
        serving(
            SONGS, "--only", "gateway", "--mock", folder=folder, home=home, environment=SHARED
        ) as gateway,
    ):
        yield tokens, gateway


def test_a_token_of_the_one_half_opens_the_other(halves: tuple[Server, Server]) -> None:
    tokens, gateway = halves

    token = tokens.token("read")

    assert gateway.call("GET", "/songs", token=token).status == 200
    assert gateway.call("POST", "/songs", token=token).status == 403
    assert gateway.call("GET", "/songs").status == 401


def test_the_token_service_alone_serves_no_operation(halves: tuple[Server, Server]) -> None:
    tokens, _ = halves

    assert tokens.call("GET", "/songs", token=tokens.token("read")).status == 404
    assert tokens.call("GET", "/o/.well-known/jwks.json").status == 200
    assert tokens.call("GET", "/-/health").status == 200


@pytest.mark.parametrize("path", ["/o/.well-known/jwks.json", "/accounts/login/", "/admin/"])
def test_the_gateway_alone_serves_nothing_of_the_token_service(
    halves: tuple[Server, Server], path: str
) -> None:
    _, gateway = halves

    assert gateway.call("GET", path).status == 404


def test_a_token_that_is_taken_back_at_the_one_is_refused_by_the_other(
    halves: tuple[Server, Server],
) -> None:
    tokens, gateway = halves
    token = tokens.token("update")

    revoked = tokens.call("POST", "/o/revoke_token/", form={"token": token, **tokens.client})

    assert revoked.status == 200
    end = time.monotonic() + _SECONDS
    while gateway.call("PUT", "/songs", token=token).status != 401:
        assert time.monotonic() < end
