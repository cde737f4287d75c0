"""What a second reading found where handlers are bound, called and mocked."""

import asyncio
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import connexion
import jsonschema_rs
import pytest

from gateway.app.handlers import handler_module
from gateway.edge.mock import value_from_schema
from gateway.edge.pages import document_pages
from gateway.edge.registry import marked_functions, match_handlers
from gateway.edge.responses import as_answer
from gateway.errors import HandlerError
from gateway.handler import Answer
from gateway.handler import operation as handles
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import document, gateway, operation, read

TEXT = document({"/a": {"get": operation(operationId="getA")}})


def answer(text: Mapping[str, Any], *handlers: Callable[..., Any], **more: Any) -> Reply:
    """The answer to `GET /a`."""
    return asyncio.run(call(gateway(text, *handlers, **more).app, "GET", "/a"))


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        pytest.param([1, 2], Answer([1, 2]), id="a list of two"),
        pytest.param(["x", 201], Answer(["x", 201]), id="a list that looks like body and status"),
        pytest.param(("x", 201), Answer("x", 201), id="a tuple"),
        pytest.param(("x", True), Answer(("x", True)), id="true is no status"),
    ],
)
def test_only_a_tuple_is_a_body_with_a_status(result: object, expected: Answer) -> None:
    assert as_answer(result) == expected


def test_a_proxy_in_a_module_of_handlers_is_no_handler() -> None:
    module = ModuleType("api")

    @handles("getA")
    def handler() -> None: ...

    vars(module).update(request=connexion.request, handler=handler)

    assert marked_functions(module) == [handler]


def test_one_function_marked_twice_for_one_operation_is_one_handler() -> None:
    @handles("getA")
    @handles("GET /a")
    def function() -> None: ...

    assert match_handlers([function], read(TEXT).operations) == {"GET /a": function}


def test_an_operation_id_is_never_another_operations_key() -> None:
    text = document({"/a": {"get": operation(operationId="GET /b")}, "/b": {"get": operation()}})
    function = handles("GET /b")(lambda: "b")

    assert match_handlers([function], read(text).operations) == {"GET /b": function}
    assert answer(text, function).status == 501


def taking_all(**rest: object) -> object:
    return rest


@pytest.mark.parametrize(
    ("name", "fits"), [pytest.param("body", False, id="ours"), pytest.param("text", True, id="own")]
)
def test_a_handler_of_anything_takes_no_parameter_for_the_body(name: str, fits: bool) -> None:
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}}]
    text = document({"/a": {"get": operation(parameters=parameters)}})

    if fits:
        assert answer(text, handles("GET /a")(taking_all)).status == 200
        return
    with pytest.raises(HandlerError, match=name):
        gateway(text, handles("GET /a")(taking_all))


def test_a_coroutine_that_a_function_returns_is_awaited() -> None:
    async def handler() -> dict[str, str]:
        return {"a": "b"}

    reply = answer(TEXT, handles("GET /a")(lambda: handler()))

    assert (reply.status, reply.json()) == (200, {"a": "b"})


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        pytest.param("application/json; charset=utf-8", b'"x"', id="json"),
        pytest.param("application/hal+json;q=1", b'"x"', id="a dialect of json"),
        pytest.param("text/plain; charset=utf-8", b"x", id="text"),
    ],
)
def test_parameters_of_a_media_type_do_not_change_what_it_is(media_type: str, body: bytes) -> None:
    responses = {"200": {"description": "", "content": {media_type: {}}}}
    text = document({"/a": {"get": operation(responses=responses)}})

    assert answer(text, handles("GET /a")(lambda: "x")).body == body


def test_a_timeout_of_the_handlers_own_is_a_fault_and_not_ours() -> None:
    def handler() -> None:
        raise TimeoutError("a socket")

    assert answer(TEXT, handles("GET /a")(handler)).problem() == (500, "internal-error")


@pytest.mark.parametrize(
    "name", [pytest.param(".api", id="relative"), pytest.param("", id="empty")]
)
def test_a_name_of_no_module_stops_the_start_in_words(name: str) -> None:
    with pytest.raises(HandlerError, match="--handlers"):
        handler_module(name)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        pytest.param("unparsable_handlers", "def f(:", id="syntax"),
        pytest.param("raising_handlers", "raise RuntimeError('x')", id="raises"),
    ],
)
def test_a_module_that_fails_while_it_is_imported_stops_the_start_in_words(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, module: str, source: str
) -> None:
    (tmp_path / f"{module}.py").write_text(source, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(HandlerError, match=module):
        handler_module(module)


SELF = {"$ref": "#/components/schemas/Self"}


def made(schema: Mapping[str, Any]) -> Any:
    """The value of a schema named `Self`, which may hold itself."""
    return value_from_schema(SELF, {"components": {"schemas": {"Self": schema}}})


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"oneOf": [SELF, {"type": "string"}]}, id="oneOf"),
        pytest.param({"anyOf": [SELF, {"type": "string"}]}, id="anyOf"),
        pytest.param({"allOf": [SELF]}, id="allOf"),
        pytest.param({"type": "array", "items": SELF}, id="items"),
        pytest.param({"type": "array", "items": SELF, "minItems": 2}, id="two items"),
        # an answer in time, though each of its levels would have twelve times as many members
        pytest.param({"properties": {f"p{n}": SELF for n in range(12)}}, id="many properties"),
    ],
)
def test_a_mock_of_a_schema_that_holds_itself_ends_soon_and_small(
    schema: Mapping[str, Any],
) -> None:
    assert len(str(made(schema))) < 100_000


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"type": "array", "maxItems": 0, "items": {}}, id="no items"),
        pytest.param(
            {"type": "array", "minItems": 20, "items": {"type": "integer"}}, id="many items"
        ),
        pytest.param({"type": "integer", "minimum": 0.5}, id="a bound that is no integer"),
        pytest.param({"type": "integer", "maximum": -0.5}, id="an upper one"),
    ],
)
def test_a_mock_fits_its_bounds(schema: dict[str, Any]) -> None:
    jsonschema_rs.validate(schema, made(schema))


def test_a_mock_lies_below_an_exclusive_bound() -> None:
    schema = {"type": "integer", "maximum": 0, "exclusiveMaximum": True}

    assert made(schema) < 0


def test_a_mock_follows_a_pointer_that_is_escaped_and_leads_through_a_list() -> None:
    number = {"type": "integer"}
    parameters = [{"name": "id", "in": "path", "required": True, "schema": number}]
    pointer = {"$ref": "#/paths/~1b~1%7Bid%7D/get/parameters/0/schema"}
    content = {"application/json": {"schema": pointer}}
    text = document(
        {
            "/b/{id}": {"get": operation(parameters=parameters)},
            "/a": {"get": operation(responses={"200": {"description": "", "content": content}})},
        }
    )

    assert answer(text, mocks=True).json() == 0


def test_a_number_beyond_64_bits_in_the_document_does_not_stop_the_start() -> None:
    schema = {"type": "integer", "maximum": 2**70}
    parameters = [{"name": "q", "in": "query", "schema": schema}]
    text = document({"/a": {"get": operation(parameters=parameters)}})

    pages = document_pages(read(text).document)

    assert all(shown.rendered() for shown in pages.values())
