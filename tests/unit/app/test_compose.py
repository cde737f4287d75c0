"""One application put together, or the reason why it is not."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.app.compose import Application, compose
from gateway.app.composition import Composition
from gateway.app.handlers import handler_module
from gateway.edge.cors import Cors
from gateway.errors import HandlerError, UsageError
from gateway.load import load_document
from gateway.spec.read import read_description
from tests.edge.gateway.world import document, operation, read
from tests.unit.app.homes import settings_in
from tests.unit.documents import FOLDER
from token_service.store.engine import Engine

SMALL = document({"/a": {"get": operation(operationId="getA")}})
HANDLER = "from scopegate import operation\n\n\n@operation('getA')\ndef get_a():\n    return 1\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A current folder of the test's own, from which nothing stays imported."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        del sys.modules[name]


def composed(
    home: Path, engine: Engine, composition: Composition | None = None, **flags: str
) -> Application:
    settings = settings_in(home, **flags)
    return compose(load_document(read(SMALL), settings), settings, engine, composition=composition)


def test_an_application_needs_nobody_to_answer(home: Path, engine: Engine) -> None:
    application = composed(home, engine)

    assert application.handled == frozenset()
    assert application.served is application.asgi
    assert set(application.document.policy.rules) == {"GET /a"}


def test_cors_stands_around_the_entry_only_where_origins_are_configured(
    home: Path, engine: Engine
) -> None:
    application = composed(home, engine, cors_origins="https://a.example")

    assert isinstance(application.served, Cors)
    assert application.served.app is application.asgi


def test_an_upstream_answers_what_no_handler_does(home: Path, engine: Engine) -> None:
    application = composed(home, engine, None, upstream="http://127.0.0.1:1")

    assert application.handled == frozenset(application.document.policy.rules)


def test_an_upstream_and_examples_cannot_both_answer(home: Path, engine: Engine) -> None:
    mocking = Composition(mocks=True)

    with pytest.raises(UsageError, match="--mock and --upstream"):
        composed(home, engine, mocking, upstream="http://127.0.0.1:1")


def test_the_demos_handlers_answer_every_operation_of_the_demos_document(
    home: Path, engine: Engine
) -> None:
    settings = settings_in(home)
    loaded = load_document(read_description(str(FOLDER / "openapi.yaml")), settings)

    application = compose(
        loaded, settings, engine, composition=Composition(with_demo_handlers=True)
    )

    assert application.handled == set(loaded.policy.rules)


def test_the_demos_handlers_do_not_fit_another_document(home: Path, engine: Engine) -> None:
    with pytest.raises(HandlerError, match="the document has no operation"):
        composed(home, engine, Composition(with_demo_handlers=True))


def test_handlers_come_from_a_module_of_the_current_folder(
    home: Path, engine: Engine, folder: Path
) -> None:
    (folder / "my_handlers_of_a_test.py").write_text(HANDLER)

    application = composed(home, engine, Composition(handlers="my_handlers_of_a_test"))

    assert application.handled == {"GET /a"}


def test_a_module_without_a_marked_function_stops_the_start(
    home: Path, engine: Engine, folder: Path
) -> None:
    (folder / "my_unmarked_handlers.py").write_text("def get_a(): ...\n")

    with pytest.raises(HandlerError, match="--handlers my_unmarked_handlers: no function"):
        composed(home, engine, Composition(handlers="my_unmarked_handlers"))


def test_a_module_that_is_not_there_stops_the_start(
    home: Path, engine: Engine, folder: Path
) -> None:
    with pytest.raises(HandlerError, match=r"^--handlers no_such_module_here: "):
        composed(home, engine, Composition(handlers="no_such_module_here"))


def test_a_module_that_imports_what_is_missing_stops_the_start(folder: Path) -> None:
    (folder / "my_broken_handlers.py").write_text("import no_such_module_here\n")

    with pytest.raises(HandlerError, match="no_such_module_here"):
        handler_module("my_broken_handlers")


def test_a_folder_is_put_on_the_path_once(folder: Path) -> None:
    handler_module("json")
    handler_module("json")

    assert sys.path.count(str(folder)) == 1


def test_a_handler_that_asks_for_what_is_not_there_stops_the_start(
    home: Path, engine: Engine, folder: Path
) -> None:
    (folder / "my_greedy_handlers.py").write_text(HANDLER.replace("get_a()", "get_a(store)"))

    with pytest.raises(HandlerError, match="nothing fills `store`"):
        composed(home, engine, Composition(handlers="my_greedy_handlers"))
