"""Handlers that raise, hang and return rubbish, each behind a real server."""

import asyncio
import math
import re
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import ModuleType
from typing import Any

import pytest
from connexion.exceptions import ProblemException
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from gateway.app.composition import Composition
from gateway.edge.endpoints import THREADS
from gateway.settings import load_settings
from scopegate import Answer, Refusal, Unavailable, operation
from tests.advisories.test_attacks import OK, written
from tests.corpus.server import DocumentServer, HttpAnswer, serve_document

MODULE = "misbehaving_handlers"
#: what handlers have and nobody may be told
SECRET = "s3cr3t-of-the-handler"
RELEASED = threading.Event()
Handler = Callable[[], Any]


class StopEverythingError(BaseException):
    """No Exception, and none of Python's own."""


class MuteError(Exception):
    """Cannot even be printed."""

    def __str__(self) -> str:
        raise RuntimeError(SECRET)


class Success(Refusal):
    """A refusal with the status of a success."""

    status = 200


class Spelled(Refusal):
    """A refusal whose status is a text."""

    status = "404"  # type: ignore[assignment]  # that is what is wrong with it


class Splitting(Unavailable):
    """A refusal that would write a header of its own."""

    retry_after = "1\r\nSet-Cookie: a=b"  # type: ignore[assignment]  # that is what is wrong with it


def deep() -> Any:
    return deep()


def raising(error: BaseException) -> tuple[Handler, Handler]:
    async def coroutine() -> None:
        raise error

    def function() -> None:
        raise error

    return coroutine, function


def returning(value: Any) -> tuple[Handler, Handler]:
    async def coroutine() -> Any:
        return value

    return coroutine, lambda: value


def generator() -> Iterator[int]:
    RELEASED.wait()
    yield 1


async def async_generator() -> Any:
    await asyncio.Event().wait()
    yield 1


async def forgotten() -> None:
    """Never awaited."""


FORGOTTEN = forgotten()
ERRORS: dict[str, BaseException] = {
    "error": RuntimeError(SECRET),
    "mute": MuteError(),
    "exit": SystemExit(3),
    "interrupt": KeyboardInterrupt(),
    "cancelled": asyncio.CancelledError(),
    "generatorexit": GeneratorExit(),
    "ownbase": StopEverythingError(SECRET),
    "group": BaseExceptionGroup(SECRET, [KeyboardInterrupt(), ValueError()]),
    "stop": StopIteration(SECRET),
    "asyncstop": StopAsyncIteration(SECRET),
    "timeout": TimeoutError(SECRET),
    "memory": MemoryError(),
    "disconnect": ClientDisconnect(),
    "starlettes": HTTPException(418, SECRET),
    "connexions": ProblemException(status=418, title=SECRET, detail=SECRET),
    "refusalofsuccess": Success(SECRET),
    "spelledrefusal": Spelled(SECRET),
    "mumbledrefusal": Refusal({SECRET}),  # type: ignore[arg-type]  # no text
    "splittingrefusal": Splitting(SECRET),
}
RUBBISH: dict[str, Any] = {
    "set": {SECRET},
    "object": object(),
    "class": StopEverythingError,
    "function": deep,
    "returnederror": ValueError(SECRET),
    "nan": math.nan,
    "infinity": [SECRET, {"a": -math.inf}],
    "bytesinside": {"a": b"x"},
    "bigint": 2**64,
    "numbersasnames": {1: SECRET},
    "textstatus": Answer({}, status="200"),  # type: ignore[arg-type]  # no number
    "halfstatus": Answer({}, status=200.5),  # type: ignore[arg-type]  # no whole one
    "wholefloat": Answer({}, status=200.0),  # type: ignore[arg-type]  # no int
    "truestatus": Answer({}, status=True),
    "continue": Answer({}, status=100),
    "numberheader": Answer({}, headers={"X-A": 1}),  # type: ignore[dict-item]  # no text
    "octetheader": Answer({}, headers={b"X-A": b"1"}),  # type: ignore[dict-item]  # no text
    "listofheaders": Answer({}, headers=[("X-A", "1")]),  # type: ignore[arg-type]  # no mapping
    "splitheader": Answer({}, headers={"X-A": "a\r\nSet-Cookie: b=c"}),
    "euroheader": Answer({}, headers={"X-A": "\u20ac"}),
}
BAD: dict[str, Handler] = {
    **{f"raise{n}{k}": h for n, e in ERRORS.items() for k, h in zip("ab", raising(e), strict=True)},
    **{
        f"get{n}{k}": h for n, v in RUBBISH.items() for k, h in zip("ab", returning(v), strict=True)
    },
    "coroutine": returning(FORGOTTEN)[0],
    "generator": generator,
    "asyncgenerator": async_generator,
    "recursion": deep,
}


async def hang() -> None:
    await asyncio.Event().wait()


async def hang_and_hush() -> str:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        return SECRET
    return ""


async def hang_and_complain() -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError as error:
        raise RuntimeError(SECRET) from error


def hang_in_a_thread() -> None:
    RELEASED.wait()


HANGING: dict[str, Handler] = {
    "hang": hang,
    "hush": hang_and_hush,
    "complain": hang_and_complain,
    "thread": hang_in_a_thread,
    "promise": lambda: hang(),
}
GOOD: dict[str, Handler] = {
    "good": returning({"a": 1})[0],
    "goodthread": returning({"a": 1})[1],
    "giga": returning(Answer({"a": 1}, headers={"Content-Length": str(1 << 30)}))[0],
    "negative": returning(Answer({"a": 1}, headers={"content-LENGTH": "-1"}))[0],
    "chunked": returning(Answer({"a": 1}, headers={"Transfer-Encoding": "chunked"}))[0],
}
HUGE = tuple(range(300_000))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentServer]:
    """Serves every handler of the tables under its own name, for a second at most."""
    folder = tmp_path_factory.mktemp("misbehaving")
    named = {**BAD, **HANGING, **GOOD, "huge": lambda: HUGE}
    paths = {f"/{name}": {"get": {"security": [], "responses": OK}} for name in named}
    module = ModuleType(MODULE)
    for name, handler in named.items():
        vars(module)[name] = operation(f"GET /{name}")(handler)
    flags = {"home": str(folder / "home"), "handler_timeout_seconds": "1"}
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, MODULE, module)
        stack.callback(FORGOTTEN.close)
        stack.callback(RELEASED.set)
        settings = load_settings(flags=flags, environment={}, file={})
        served = serve_document(written(folder, paths), settings, Composition(handlers=MODULE))
        yield stack.enter_context(served)[0]


def assert_is_problem(answer: HttpAnswer, status: int, slug: str) -> None:
    """It has a request id, and not a word of why."""
    told = answer.json()
    assert (answer.status, told["status"], told["type"]) == (status, status, f"/-/problems/{slug}")
    assert answer.all("content-type") == ["application/problem+json"]
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", told["instance"])
    assert set(told) == {"type", "title", "status", "detail", "instance"}
    assert answer.all("set-cookie") == []
    for word in (SECRET, "Traceback", "Error", ".py"):
        assert word.encode() not in answer.body


@pytest.mark.parametrize("name", BAD)
def test_a_handler_that_misbehaves_is_a_500_that_says_no_more(
    server: DocumentServer, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = server.send("GET", f"/{name}", [])

    assert_is_problem(answer, 500, "internal-error")
    (record,) = [record for record in caplog.records if record.name == "scopegate.edge"]
    assert record.getMessage() == f"{answer.json()['instance']}: GET /{name} failed"
    assert record.exc_info


@pytest.mark.parametrize("name", GOOD)
def test_the_nearest_handler_that_behaves_is_answered_whole(
    server: DocumentServer, name: str
) -> None:
    answer = server.send("GET", f"/{name}", [])

    assert (answer.status, answer.body) == (200, b'{"a":1}')
    assert answer.all("content-length") == ["7"]
    assert answer.all("transfer-encoding") == []


def test_a_huge_tuple_is_an_array_and_not_a_status(server: DocumentServer) -> None:
    answer = server.send("GET", "/huge", [])

    assert (answer.status, len(answer.json())) == (200, len(HUGE))


@pytest.mark.parametrize("name", HANGING)
def test_a_handler_that_hangs_is_a_504(server: DocumentServer, name: str) -> None:
    assert_is_problem(server.send("GET", f"/{name}", []), 504, "handler-timeout")
    assert server.send("GET", "/good", []).status == 200


def test_more_handlers_that_hang_than_there_are_threads_starve_no_others(
    server: DocumentServer,
) -> None:
    with ThreadPoolExecutor(THREADS * 2) as callers:
        hung = list(callers.map(lambda _: server.send("GET", "/thread", []), range(THREADS * 2)))

    assert [answer.status for answer in hung] == [504] * len(hung)
    assert server.send("GET", "/goodthread", []).status == 200
