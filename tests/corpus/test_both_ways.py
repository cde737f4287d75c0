"""Every case of the corpus by a plan and through all of Connexion's rooms: equal answers."""

import asyncio
from collections.abc import Iterator
from functools import partial

import pytest

from gateway.edge.trusted_peer import TrustedPeer
from tests.corpus.cases import Case, Door, cases_for
from tests.corpus.server import Servers
from tests.edge.gateway.ways import ask_both_ways, both_ways


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    opened = Servers.open(tmp_path_factory.mktemp("corpus") / "home")
    yield opened
    opened.stop()


@pytest.mark.parametrize("case", cases_for(Door.HTTP))
def test_both_ways_answer_alike(servers: Servers, case: Case) -> None:
    entry = servers.of(case.setup).application.asgi
    trusting = partial(TrustedPeer, networks=("127.0.0.1",))
    target, headers = servers.request(case)

    long, short = asyncio.run(
        ask_both_ways(both_ways(entry, trusting), case.method, target, headers)
    )

    assert short == [long] * len(short)
