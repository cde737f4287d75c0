"""Octets that are no request, or a twisted one, over a socket: never a 500, never a hang."""

import re
from collections.abc import Callable

import pytest

from tests.fuzz.budget import requests_of
from tests.fuzz.doors import send_octets
from tests.fuzz.judge import Verdict
from tests.fuzz.ledger import Finding, Kind, Ledger
from tests.fuzz.messages import Answer, Silence
from tests.fuzz.octets import draw_octets
from tests.fuzz.paths import begins_like_an_operation
from tests.fuzz.scope_sets import minimal_sets
from tests.fuzz.world import DOCUMENT, TOKEN_SERVICE, World, read_raw

RAW = read_raw(DOCUMENT)
PATHS = [*RAW["paths"], *read_raw(TOKEN_SERVICE)["paths"], "/", "/openapi.yaml", "/-/health", "*"]
PARTS = 4
#: of all requests
SHARE = 0.06
_LEAST = 60
_STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3}) ", re.MULTILINE)
_REQUEST_LINE = re.compile(rb"^(\S+) (\S+) HTTP/", re.MULTILINE)
#: of OAS, and CONNECT; 501 is the answer to a method that nobody knows (RFC 9110 s9.1)
_KNOWN = frozenset(b"GET PUT POST DELETE OPTIONS HEAD PATCH TRACE QUERY CONNECT".split())


@pytest.mark.parametrize("part", range(PARTS))
def test_octets_that_are_no_request_do_no_harm(
    part: int, world: World, settle: Callable[[Ledger], None]
) -> None:
    ledger = Ledger()
    count = requests_of(SHARE, units=PARTS, least=_LEAST)

    for octets in draw_octets(PATHS, count, unit=f"octets {part}"):
        received = send_octets(world.port, octets)
        ledger.count(_first(received), door="HTTP", document="octets")
        verdict = judge_octets(octets, received)
        if verdict is not None:
            kind, answered = verdict
            shown = f"printf {octets[:400]!r} | nc -N localhost 8000"
            ledger.findings.append(
                Finding(kind, "HTTP", "octets", shown, "no token", "no permit", answered)
            )

    settle(ledger)
    assert b" 401 " in _alive(world)


def test_no_operation_of_the_demo_is_open_to_all() -> None:
    open_to_all = [
        (method, template)
        for template, item in RAW["paths"].items()
        for method in item
        if method != "parameters" and minimal_sets(RAW, method.upper(), template) == [frozenset()]
    ]

    assert open_to_all == []


@pytest.mark.parametrize(
    ("octets", "received", "kind"),
    [
        pytest.param(b"GET /songs HTTP/1.1", b"HTTP/1.1 500 x\r\n\r\n", Kind.FAULT, id="fault"),
        pytest.param(b"PUT /songs HTTP/1.1", b"HTTP/1.1 501 x\r\n\r\n", Kind.FAULT, id="known"),
        pytest.param(b"BREW /songs HTTP/1.1", b"HTTP/1.1 501 x\r\n\r\n", None, id="unknown"),
        pytest.param(b"GET /songs HTTP/1.1", b"HTTP/1.1 200 x\r\n\r\n", Kind.WRONG, id="permit"),
        pytest.param(b"GET //SONGS HTTP/1.1", b"HTTP/1.1 200 x\r\n\r\n", Kind.WRONG, id="twisted"),
        pytest.param(b"GET / HTTP/1.1", b"HTTP/1.1 200 x\r\n\r\n", None, id="page"),
        pytest.param(b"GET /songs HTTP/1.1", b"HTTP/1.1 401 x\r\n\r\n", None, id="denial"),
        pytest.param(b"noise", b"", None, id="closed"),
        pytest.param(b"noise", Silence("late"), Kind.HANG, id="hang"),
    ],
)
def test_harm_is_seen(octets: bytes, received: bytes | Silence, kind: Kind | None) -> None:
    verdict = judge_octets(octets, received)

    assert (verdict and verdict[0]) == kind


def judge_octets(octets: bytes, received: bytes | Silence) -> Verdict:
    """No fault, no hang, and, as no token was sent, nothing of an operation."""
    if isinstance(received, Silence):
        return Kind.HANG, received.reason
    statuses = [int(status) for status in _STATUS.findall(received)]
    asks_unknown = any(method not in _KNOWN for method, _ in _REQUEST_LINE.findall(octets))
    if any(status >= 500 and not (status == 501 and asks_unknown) for status in statuses):
        return Kind.FAULT, f"{statuses}"
    asked = _REQUEST_LINE.search(octets)
    if asked is None or asked[1] == b"OPTIONS":
        return None
    target = asked[2].decode("latin-1").removeprefix("http://localhost")
    if any(200 <= status < 300 for status in statuses) and begins_like_an_operation(RAW, target):
        return Kind.WRONG, f"{statuses}"
    return None


def _first(received: bytes | Silence) -> Answer | Silence:
    """The first answer; a connection that is closed without one is an answer to noise."""
    if isinstance(received, Silence):
        return received
    status = _STATUS.search(received)
    return Answer(int(status[1]), (), b"") if status else Silence("closed")


def _alive(world: World) -> bytes:
    received = send_octets(
        world.port, b"GET /songs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    assert isinstance(received, bytes)
    return received
