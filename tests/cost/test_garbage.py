"""A request leaves nothing behind that only a search for cycles would find."""

import gc
from collections import Counter

import pytest

from tests.cost.line import Line
from tests.cost.test_cost import BODY, entry, request

REQUESTS = {
    "a list from memory": request("GET", "/songs", "read"),
    "an object by its id": request("GET", "/songs/1", "read"),
    "a body that is checked": request("POST", "/songs", "write", BODY),
    "a body that is refused": request("POST", "/songs", "write", b"{}"),
    "no token": request("GET", "/songs", None),
    "a scope too few": request("GET", "/songs", "other"),
    "no such path": request("GET", "/nothing", "read"),
}


@pytest.mark.parametrize("octets", REQUESTS.values(), ids=REQUESTS)
def test_no_request_leaves_a_cycle_behind(octets: bytes) -> None:
    with Line(entry()) as line:
        for _ in range(10):
            line.ask(octets)
        gc.collect()
        gc.disable()
        try:
            for _ in range(200):
                line.ask(octets)
            gc.set_debug(gc.DEBUG_SAVEALL)
            gc.collect()
            left = Counter(type(one).__name__ for one in gc.garbage)
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()
    assert left.total() < 200, left
