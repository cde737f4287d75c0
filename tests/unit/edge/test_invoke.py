"""How a handler's arguments come about: settled at start, filled at each request."""

import asyncio
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gateway.edge.invoke import bind_handler, snake_case
from gateway.edge.request.reader import Arguments
from gateway.edge.threads import HandlerThreads
from gateway.errors import HandlerError
from gateway.handler import Caller
from gateway.spec.model import Operation
from tests.edge.gateway.world import document, read
from tests.edge.gateway.world import operation as element

ALICE = Caller("user:alice", "user:alice", "client-1", scopes=frozenset({"read"}), matched=1)
NOBODY = Caller(None, None, None, scopes=frozenset(), matched=None)


def declared(*names: str) -> Operation:
    """An operation with query parameters of these names."""
    parameters = [{"name": n, "in": "query", "schema": {"type": "string"}} for n in names]
    return read(document({"/a": {"get": element(parameters=parameters)}})).operations[0]


def invoke(
    handler: Callable[..., Any],
    values: Mapping[str, Any] | None = None,
    *,
    names: tuple[str, ...] = ("songId", "limit", "X-Trace"),
    body: Any = None,
    caller: Caller = NOBODY,
    resources: Mapping[str, Any] | None = None,
) -> Any:
    """Bind a handler and call it once."""

    async def run() -> Any:
        threads = HandlerThreads(1, waiting=1)
        call = bind_handler(handler, declared(*names), resources or {}, threads=threads)
        return await call(Arguments(values or {}, body, has_body=body is not None), caller)

    return asyncio.run(run())


def refusal(handler: Callable[..., Any], *names: str, **resources: Any) -> str:
    with pytest.raises(HandlerError) as caught:
        bind_handler(handler, declared(*names), resources, threads=HandlerThreads(1, waiting=1))
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("songId", "song_id"),
        ("X-Trace-ID", "x_trace_id"),
        ("already_snake", "already_snake"),
        ("HTTPStatus", "http_status"),
        ("filter[name]", "filter_name"),
        ("page2Size", "page2_size"),
        ("ID", "id"),
        ("-x-", "x"),
    ],
)
def test_a_name_of_the_document_reads_as_python_writes_names(name: str, expected: str) -> None:
    assert snake_case(name) == expected


def test_parameters_arrive_under_their_name_or_its_snake_case() -> None:
    def handler(songId: str, x_trace: str) -> list[str]:  # noqa: N803 -- as the document has it
        return [songId, x_trace]

    def pythonic(song_id: str) -> str:
        return song_id

    assert invoke(handler, {"songId": "5", "X-Trace": "t"}) == ["5", "t"]
    assert invoke(pythonic, {"songId": "5"}) == "5"


def test_a_name_as_written_goes_before_the_snake_case_of_another() -> None:
    def handler(song_id: str) -> str:
        return song_id

    found = invoke(handler, {"songId": "a", "song_id": "b"}, names=("songId", "song_id"))

    assert found == "b"


def test_what_was_not_sent_is_the_default_or_none() -> None:
    def handler(song_id: str | None, limit: int = 20) -> list[object]:
        return [song_id, limit]

    assert invoke(handler) == [None, 20]
    assert invoke(handler, {"songId": "5", "limit": 3}) == ["5", 3]


def test_body_and_caller_arrive_if_they_are_asked_for() -> None:
    def handler(body: object, caller: Caller) -> list[object]:
        return [body, caller]

    def neither() -> str:
        return "called"

    assert invoke(handler, body={"x": 1}, caller=ALICE) == [{"x": 1}, ALICE]
    assert invoke(neither, {"songId": "5"}, body={"x": 1}, caller=ALICE) == "called"


def test_a_handler_gets_the_resources_it_names_and_no_others() -> None:
    def handler(store: str) -> str:
        return store

    assert invoke(handler, resources={"store": "a store", "accounts": "unused"}) == "a store"


def test_a_handler_that_takes_anything_gets_what_was_sent_and_the_body() -> None:
    def handler(**rest: object) -> dict[str, object]:
        return rest

    found = invoke(handler, {"songId": "5", "X-Trace": "t"}, body=[1], resources={"store": 1})

    assert found == {"songId": "5", "body": [1]}


def test_an_argument_with_a_default_that_nothing_fills_keeps_it() -> None:
    def handler(cache: str = "its own") -> str:
        return cache

    assert invoke(handler) == "its own"


def test_a_coroutine_function_runs_on_the_event_loop_and_any_other_in_a_thread() -> None:
    async def on_the_loop() -> int:
        return threading.get_ident()

    def in_a_thread() -> int:
        return threading.get_ident()

    assert invoke(on_the_loop) == threading.get_ident()
    assert invoke(in_a_thread) != threading.get_ident()


def test_what_a_handler_raises_comes_through() -> None:
    def handler() -> None:
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        invoke(handler)


def test_an_argument_that_nothing_fills_stops_the_start_with_the_nearest_name() -> None:
    def handler(song_ids: str) -> None: ...

    said = refusal(handler, "songId", "limit")

    assert re.search(r"nothing fills `song_ids`: `GET /a` at -:1:\d+ has no such parameter", said)
    assert said.endswith("did you mean `song_id`?")


@pytest.mark.parametrize(
    ("handler", "near"), [(lambda bodys: bodys, "body"), (lambda callers: callers, "caller")]
)
def test_the_nearest_name_may_be_one_of_ours(handler: Callable[..., Any], near: str) -> None:
    assert refusal(handler).endswith(f"did you mean `{near}`?")


def test_an_argument_that_cannot_be_passed_by_name_stops_the_start() -> None:
    def positional(limit: str, /) -> None: ...

    def variable(*limit: str) -> None: ...

    assert refusal(positional, "limit").endswith("`limit` must be possible to pass by name")
    assert refusal(variable, "limit").endswith("`limit` must be possible to pass by name")


@pytest.mark.parametrize(
    ("handler", "name"), [(lambda body: None, "body"), (lambda caller: None, "caller")]
)
def test_a_name_of_ours_that_is_a_parameter_too_stops_the_start(
    handler: Callable[..., Any], name: str
) -> None:
    assert refusal(handler, name).endswith(f"`{name}` is also a parameter of the document")
    assert invoke(handler, names=()) is None


def test_a_resource_that_is_a_parameter_too_stops_the_start() -> None:
    def handler(store: str) -> None: ...

    assert "also a parameter" in refusal(handler, "store", store=1)


def test_a_clash_that_the_handler_does_not_name_is_none() -> None:
    def handler(limit: str) -> str:
        return limit

    assert invoke(handler, {"limit": "1"}, names=("limit", "body", "store")) == "1"
