"""Marked functions matched with operations; a document's names never choose code."""

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from gateway.edge.registry import marked_functions, match_handlers, where
from gateway.errors import HandlerError
from gateway.handler import operation
from tests.edge.gateway.world import document, read
from tests.edge.gateway.world import operation as element

OPERATIONS = read(
    document(
        {
            "/songs": {
                "get": element(operationId="listSongs"),
                "post": element(operationId="addSong"),
            },
            "/plain": {"get": element()},
        }
    )
).operations


def marked(*names: str) -> Callable[..., Any]:
    def handler() -> None: ...

    for name in names:
        operation(name)(handler)
    return handler


def module(name: str, **members: Any) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(members)
    return made


def test_the_marked_functions_of_a_module_are_found_and_no_others() -> None:
    handler = marked("listSongs")

    def plain() -> None: ...

    found = marked_functions(module("api", handler=handler, plain=plain, constant=3))

    assert found == [handler]


def test_a_function_with_two_names_is_found_once() -> None:
    handler = marked("listSongs")

    assert marked_functions(module("api", one=handler, other=handler)) == [handler]


def test_functions_in_modules_of_the_package_are_found() -> None:
    inside, outside = marked("listSongs"), marked("addSong")

    package = module(
        "api",
        songs=module("api.songs", handler=inside),
        other=module("apiary", handler=outside),
    )

    assert marked_functions(package) == [inside]


def test_a_mark_names_an_operation_by_its_id_or_by_method_and_path() -> None:
    by_id, by_key, plain = marked("listSongs"), marked("POST /songs"), marked("GET /plain")

    assert match_handlers([by_id, by_key, plain], OPERATIONS) == {
        "GET /songs": by_id,
        "POST /songs": by_key,
        "GET /plain": plain,
    }


def test_one_function_may_handle_several_operations() -> None:
    both = marked("listSongs", "addSong")

    assert match_handlers([both], OPERATIONS) == {"GET /songs": both, "POST /songs": both}


def test_operations_without_a_handler_are_left_out() -> None:
    assert match_handlers([], OPERATIONS) == {}


@pytest.mark.parametrize(
    ("mark", "near"),
    [
        pytest.param("listSong", "listSongs", id="id"),
        pytest.param("listsongs", "listSongs", id="case"),
        pytest.param("POST /song", "POST /songs", id="path"),
    ],
)
def test_a_mark_that_names_nothing_gets_the_nearest_name(mark: str, near: str) -> None:
    said = re.escape(f"the document has no operation `{mark}`; did you mean `{near}`?")

    with pytest.raises(HandlerError, match=said):
        match_handlers([marked(mark)], OPERATIONS)


def test_a_mark_on_an_empty_document_says_so() -> None:
    with pytest.raises(HandlerError, match=r"; the document has no operation$"):
        match_handlers([marked("listSongs")], [])


@pytest.mark.parametrize("name", ["addSong", "POST /songs"])
def test_two_handlers_for_one_operation_are_named_with_their_places(name: str) -> None:
    first, second = marked("POST /songs"), marked(name)

    with pytest.raises(HandlerError) as caught:
        match_handlers([first, second], OPERATIONS)

    assert str(caught.value).startswith("`POST /songs` has two handlers: ")
    assert str(caught.value).count(f"{__file__}:") == 2


def test_where_names_a_function_behind_its_decorators() -> None:
    handler = marked()

    def wrapper() -> None: ...

    wrapper.__wrapped__ = handler  # type: ignore[attr-defined]  # as functools.wraps leaves it

    assert where(wrapper) == where(handler)
    assert where(handler).endswith(f"{__file__}:{handler.__code__.co_firstlineno})")


def test_where_names_what_has_no_code() -> None:
    class Callable_:  # noqa: N801 -- a name to find again
        def __call__(self) -> None: ...

        def __repr__(self) -> str:
            return "an object"

    assert where(Callable_()) == "an object"
    assert where(len) == "len"
