"""In front of a backend for a long time: what many requests cost in memory that stays."""

import http.client
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from tests.e2e.backend import Backend
from tests.e2e.fronts import Front
from tests.e2e.memory import memory
from tests.e2e.real_backends import on_uvicorn
from tests.e2e.servers import Server

pytestmark = pytest.mark.proof

_CLIENTS = 8
_WARM_UP = 4_000
_REQUESTS = 10_000
_SECONDS = 60.0
#: 10,000 requests that each left 100 octets behind would leave twice that; 150 is usual
_MOST_GROWTH_KIB = 512


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, and how it is answered."""

    method: str
    target: str
    status: int
    token: str = ""
    body: bytes = b""


@pytest.fixture(scope="module")
def shared_backend() -> Iterator[Backend]:
    with on_uvicorn() as backend:
        yield backend


@pytest.fixture
def gateway(front: Front) -> Server:
    return front("-q")


def test_memory_is_flat_over_10_000_requests(gateway: Server) -> None:
    tokens = {scope: gateway.token(scope) for scope in ("read", "write")}
    asks = [_ask(number, tokens) for number in range(_WARM_UP + _REQUESTS)]
    _send(asks[:_WARM_UP], gateway)
    before = memory(gateway)

    answered = _send(asks[_WARM_UP:], gateway)

    grown = memory(gateway) - before
    assert answered == Counter(ask.status for ask in asks[_WARM_UP:])
    assert sum(answered.values()) == _REQUESTS
    assert grown < _MOST_GROWTH_KIB


def _ask(number: int, tokens: dict[str, str]) -> Ask:
    """Of each five: a path of its own, one denied, one that does not fit, two that pass."""
    match number % 5:
        case 0:
            return Ask("GET", f"/v2/open/{number}?page={number}", 200)
        case 1:
            return Ask("GET", "/v2/songs", 403, tokens["write"])
        case 2:
            return Ask("POST", "/v2/songs", 400, tokens["write"], b'{"name": %d}' % number)
        case 3:
            return Ask("POST", "/v2/songs", 200, tokens["write"], b'{"title": "%d"}' % number)
        case _:
            return Ask("GET", "/v2/songs", 200, tokens["read"])


def _send(asks: Sequence[Ask], gateway: Server) -> Counter[int]:
    """Send all of them from several clients at once, each on one connection; the statuses."""
    shares = [asks[first::_CLIENTS] for first in range(_CLIENTS)]
    with ThreadPoolExecutor(_CLIENTS) as clients:
        counts = clients.map(lambda share: _send_share(share, gateway), shares)
        return sum(counts, Counter[int]())


def _send_share(asks: Sequence[Ask], gateway: Server) -> Counter[int]:
    statuses = Counter[int]()
    client = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=_SECONDS)
    client.connect()
    first = client.sock
    for ask in asks:
        headers = {"Authorization": f"Bearer {ask.token}"} if ask.token else {}
        if ask.body:
            headers["Content-Type"] = "application/json"
        client.request(ask.method, ask.target, ask.body or None, headers)
        answer = client.getresponse()
        assert json.loads(answer.read())
        statuses[answer.status] += 1
    assert client.sock is first
    client.close()
    return statuses
