"""Handlers whose first step has no task made for it do not see a difference."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

import anyio
import connexion
import pytest

from gateway.handler import operation as handles
from tests.edge.connected import Connected
from tests.edge.gateway.world import OK, document, gateway

Handler = Callable[..., Awaitable[Any]]


def ask(
    *requests: bytes,
    handlers: list[Handler],
    seconds: float = 0.05,
    then: Callable[[Connected], None] | None = None,
) -> bytes:
    """What is answered to requests that arrive as a transport hands them over: in no task."""
    paths: dict[str, Any] = {}
    for handler in handlers:
        name = handler.__name__
        paths[f"/{name}"] = {
            method: {"operationId": f"{name}_{method}", "security": [], "responses": OK}
            for method in ("get", "delete")
        }
        handles(f"{name}_get")(handler)
        handles(f"{name}_delete")(handler)

    async def talk() -> bytes:
        app = gateway(document(paths), *handlers, timeout=0.5).app
        connected = Connected.to(app)
        await connected.settle()
        for request in requests:
            asyncio.get_running_loop().call_soon(connected.protocol.data_received, request)
            await connected.settle()
        await asyncio.sleep(seconds)
        if then is not None:
            then(connected)
        connected.protocol.connection_lost(None)
        return bytes(connected.wire.written)

    return asyncio.run(talk())


def sent(path: bytes, method: bytes = b"GET", more: bytes = b"", body: bytes = b"") -> bytes:
    return method + b" /" + path + b" HTTP/1.1\r\nHost: a\r\n" + more + b"\r\n" + body


@pytest.mark.parametrize(
    ("request_", "octets"),
    [
        (sent(b"reads"), b"0"),
        (sent(b"reads", b"DELETE", b"Content-Length: 3\r\n", b"abc"), b"3"),
    ],
)
def test_a_handler_may_read_a_body_that_the_gateway_did_not(request_: bytes, octets: bytes) -> None:
    async def reads() -> dict[str, int]:
        return {"body": len(await connexion.request.body())}

    assert b'{"body":' + octets + b"}" in ask(request_, handlers=[reads])


def test_what_is_kept_by_the_task_is_one_requests_alone() -> None:
    by_task: WeakKeyDictionary[Any, list[str]] = WeakKeyDictionary()
    held: dict[Any, list[str]] = {}

    async def scoped() -> dict[str, int]:
        task = asyncio.current_task()
        weakly, firmly = by_task.setdefault(task, []), held.setdefault(task, [])
        weakly.append("of who called first")
        firmly.append("of who called first")
        return {"n": max(len(weakly), len(firmly))}

    assert ask(*[sent(b"scoped")] * 3, handlers=[scoped]).count(b'{"n":1}') == 3


def test_a_name_that_a_handler_gives_its_task_is_gone_with_it() -> None:
    async def names() -> dict[str, str]:
        task = asyncio.current_task()
        assert task is not None
        before = task.get_name()
        task.set_name("a caller's")
        return {"was": before}

    assert b"a caller" not in ask(*[sent(b"names")] * 3, handlers=[names])


def test_who_waits_for_the_end_of_the_task_is_told() -> None:
    done: list[Any] = []

    async def cleans() -> dict[str, int]:
        task = asyncio.current_task()
        assert task is not None
        task.add_done_callback(done.append)
        return {}

    def look(_: Connected) -> None:
        assert len(done) == 1

    ask(sent(b"cleans"), handlers=[cleans], then=look)


def test_a_timeout_cancels_what_is_waited_for() -> None:
    ran_on: list[int] = []

    async def inner() -> None:
        await asyncio.sleep(0.01)
        ran_on.append(1)

    async def late() -> dict[str, bool]:
        task = asyncio.create_task(inner())
        try:
            async with asyncio.timeout(0):
                await task
        except TimeoutError:
            return {"cancelled": True}
        return {"cancelled": False}

    assert b'{"cancelled":true}' in ask(sent(b"late"), handlers=[late])
    assert not ran_on


async def _poison() -> dict[str, int]:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    task.uncancel()
    return {}


async def _waits() -> dict[str, int]:
    await asyncio.sleep(0.001)
    return {"waited": 1}


@pytest.mark.parametrize("together", [False, True])
def test_a_cancellation_taken_back_meets_no_other_request(together: bool) -> None:
    requests = [sent(b"_poison"), sent(b"_waits")]

    def look(connected: Connected) -> None:
        assert not connected.state.tasks

    octets = [b"".join(requests)] if together else requests
    written = ask(*octets, handlers=[_poison, _waits], then=look)

    assert written.count(b"HTTP/1.1 200 ") == 2
    assert b"waited" in written


def test_an_expired_scope_of_anyio_lets_nothing_through() -> None:
    async def late() -> dict[str, bool]:
        queue: asyncio.Queue[int] = asyncio.Queue()
        with anyio.move_on_after(0) as scope:
            asyncio.get_running_loop().call_soon(queue.put_nowait, 1)
            await queue.get()
        return {"cut": scope.cancelled_caught}

    assert b'{"cut":true}' in ask(sent(b"late"), handlers=[late])


def test_no_part_of_a_scope_is_shared_by_requests() -> None:
    parts = ("asgi", "headers", "state", "extensions")
    kept: list[list[Any]] = []

    async def keeps() -> dict[str, int]:
        kept.append([connexion.request.scope[part] for part in parts])
        return {}

    ask(*[sent(b"keeps")] * 3, handlers=[keeps])

    assert len({id(part) for seen in kept for part in seen}) == 3 * len(parts)


def test_a_handler_cannot_change_the_verdict_that_is_kept() -> None:
    async def tries(caller: Any) -> dict[str, Any]:
        verdict = connexion.request.scope["scopegate.request"].verdict
        with pytest.raises(AttributeError):
            verdict.caller = None
        with pytest.raises(AttributeError):
            caller.subject = "admin"
        return {"was": caller.subject}

    assert ask(*[sent(b"tries")] * 2, handlers=[tries]).count(b'{"was":null}') == 2
