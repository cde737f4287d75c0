"""Marked functions matched with the operations of a document."""

import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any

from gateway.errors import HandlerError
from gateway.handler import MARK
from gateway.spec.model import Operation, OperationKey

Handler = Callable[..., Any]


def marked_functions(module: ModuleType) -> list[Handler]:
    """The functions of a module, and of the modules of its package it holds, that carry a mark."""
    found: dict[int, Handler] = {}
    for part in (module, *_parts(module)):
        for value in vars(part).values():
            if inspect.isroutine(value) and hasattr(value, MARK):
                found[id(value)] = value
    return list(found.values())


def match_handlers(
    functions: Iterable[Handler], operations: Sequence[Operation]
) -> Mapping[OperationKey, Handler]:
    """Give each mark its operation, by operationId or by `"POST /songs"`.

    Raises HandlerError for a mark that names nothing, with the nearest name, and for two
    functions that claim one operation.
    """
    names: dict[str, OperationKey] = {o.operation_id: o.key for o in operations if o.operation_id}
    names |= {o.key: o.key for o in operations}  # an operationId never stands for another's key
    matched: dict[OperationKey, Handler] = {}
    for function in functions:
        for mark in getattr(function, MARK):
            key = names.get(mark)
            if key is None:
                raise HandlerError(_unknown(mark, function, list(names)))
            if matched.get(key, function) is not function:
                raise HandlerError(
                    f"`{key}` has two handlers: {where(matched[key])} and {where(function)}"
                )
            matched[key] = function
    return matched


def where(function: Handler) -> str:
    """Where a handler stands, for messages."""
    source = inspect.unwrap(function)
    code = getattr(source, "__code__", None)
    name = getattr(source, "__qualname__", repr(source))
    return f"{name} ({code.co_filename}:{code.co_firstlineno})" if code else name


def _parts(module: ModuleType) -> list[ModuleType]:
    prefix = f"{module.__name__}."
    values = (value for value in vars(module).values() if isinstance(value, ModuleType))
    return [value for value in values if value.__name__.startswith(prefix)]


def _unknown(mark: str, function: Handler, names: list[str]) -> str:
    near = difflib.get_close_matches(mark, names, 1, 0.0)
    hint = f"; did you mean `{near[0]}`?" if near else "; the document has no operation"
    return f"{where(function)}: the document has no operation `{mark}`{hint}"
