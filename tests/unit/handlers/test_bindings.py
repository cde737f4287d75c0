"""The handlers and the document: whether each operation has one, and can be given what it takes."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

import pytest

import handlers
from gateway.handler import MARK
from tests.unit.documents import API, Declared, operations_of, resolve

MODULES = [getattr(handlers, name) for name in handlers.__all__]
RESOURCES = {"store", "accounts", "caller"}
DECLARED = {operation.operation_id: operation for operation in operations_of(API)}


def handlers_in(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    for value in vars(module).values():
        for name in getattr(value, MARK, ()):
            yield name, value


BOUND = [bound for module in MODULES for bound in handlers_in(module)]


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def declared_parameters(operation: Declared) -> Mapping[str, Any]:
    found = (resolve(API, parameter) for parameter in operation.parameters)
    return {snake(parameter["name"]): parameter for parameter in found}


def test_every_operation_has_one_handler_and_no_handler_is_left_over() -> None:
    assert sorted(name for name, _ in BOUND) == sorted(DECLARED)


@pytest.mark.parametrize(("name", "handler"), BOUND, ids=[name for name, _ in BOUND])
def test_a_handler_takes_exactly_what_its_operation_declares(
    name: str, handler: Callable[..., Any]
) -> None:
    operation = DECLARED[name]

    taken = set(inspect.signature(handler).parameters) - RESOURCES

    body = {"body"} if operation.has_body else set()
    assert taken == set(declared_parameters(operation)) | body


@pytest.mark.parametrize(("name", "handler"), BOUND, ids=[name for name, _ in BOUND])
def test_a_handlers_defaults_are_the_documents(name: str, handler: Callable[..., Any]) -> None:
    declared = {
        name: parameter["schema"]["default"]
        for name, parameter in declared_parameters(DECLARED[name]).items()
        if "default" in parameter["schema"]
    }

    signature = inspect.signature(handler).parameters.values()

    assert {p.name: p.default for p in signature if p.default is not p.empty} == declared
