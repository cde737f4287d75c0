"""Every case of the corpus before an application that is guarded: the same answers."""

import asyncio
from collections.abc import Iterator

import pytest
from starlette.types import Receive, Scope, Send

from gateway.edge.guarded import GuardedApplication, Judging
from gateway.edge.trusted_peer import TrustedPeer
from gateway.edge.verdict import Settle
from tests.corpus.cases import Case, Door, cases_for
from tests.corpus.server import HttpAnswer, Servers
from tests.corpus.test_http import compare
from tests.edge.gateway.wire import call

#: what the application behind answers to whatever reaches it
_LET_IN = 207


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    opened = Servers.open(tmp_path_factory.mktemp("corpus") / "home")
    yield opened
    opened.stop()


async def inner(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": _LET_IN, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("case", cases_for(Door.HTTP))
def test_the_guard_lets_in_as_the_corpus_says(servers: Servers, case: Case) -> None:
    target, headers = servers.request(case)
    application = servers.of(case.setup).application
    judging = Judging(application.asgi.served.ruleset, application.serving.guard, Settle())
    guarded = TrustedPeer(GuardedApplication(inner, judging, own={}), ["127.0.0.1/32"])

    reply = asyncio.run(call(guarded, case.method, target, [("host", "localhost"), *headers]))

    answer = HttpAnswer(reply.status, tuple(reply.headers), reply.body)
    assert answer.status == (_LET_IN if case.expect.status == 200 else case.expect.status)
    compare(answer, case.expect)
