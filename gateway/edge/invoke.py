"""A handler bound to its operation at start: what it is called with is settled before a request."""

import difflib
import functools
import inspect
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from types import CoroutineType
from typing import Any

from gateway.edge.registry import Handler, where
from gateway.edge.request.reader import Arguments
from gateway.edge.threads import HandlerThreads
from gateway.errors import HandlerError
from gateway.handler import Caller
from gateway.spec.model import Operation

Call = Callable[[Arguments, Caller], Coroutine[Any, Any, Any]]

_BODY, _CALLER = "body", "caller"
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a handler's arguments come about."""

    #: argument, name of the OAS parameter
    parameters: tuple[tuple[str, str], ...]
    #: arguments that the handler has no default for, so that None stands for "not sent"
    without_default: frozenset[str]
    wants_body: bool
    wants_caller: bool
    #: arguments that the application offers
    resources: tuple[str, ...]


Plans = dict[_Plan, _Plan]


def bind_handler(
    handler: Handler,
    operation: Operation,
    resources: Mapping[str, Any],
    *,
    threads: HandlerThreads,
    plans: Plans | None = None,
) -> Call:
    """Settle the arguments of a handler; raises HandlerError if one of them comes from nowhere.

    Handlers that are called alike share how, if they are bound with the same `plans`.

    A handler that is no coroutine function runs in one of the `threads`.

    Parameters arrive under their OAS name or its snake_case, the body as `body`, the caller as
    `caller`, and what the application offers by its name in `resources`.
    """
    found = _plan(handler, operation, resources)
    plan = found if plans is None else plans.setdefault(found, found)
    if inspect.iscoroutinefunction(handler):
        return functools.partial(_call, handler, plan, resources)
    return functools.partial(_call_in_thread, threads, handler, plan, resources)


def _call(
    handler: Handler,
    plan: _Plan,
    resources: Mapping[str, Any],
    arguments: Arguments,
    caller: Caller,
) -> Coroutine[Any, Any, Any]:
    began = handler(**_arguments(plan, resources, arguments, caller))
    return began if type(began) is CoroutineType else _until_done(began)


async def _until_done(began: Awaitable[Any]) -> Any:
    """What only says of itself that it is a coroutine function may return any awaitable."""
    return await began


async def _call_in_thread(
    threads: HandlerThreads,
    handler: Handler,
    plan: _Plan,
    resources: Mapping[str, Any],
    arguments: Arguments,
    caller: Caller,
) -> Any:
    bound = functools.partial(handler, **_arguments(plan, resources, arguments, caller))
    result = await threads.run(bound)
    return await result if inspect.isawaitable(result) else result


def snake_case(name: str) -> str:
    """A parameter's name as Python writes names: `songId` is `song_id`, `X-Trace` is `x_trace`."""
    return re.sub(r"\W+", "_", _WORD_START.sub("_", name)).strip("_").lower()


def _plan(handler: Handler, operation: Operation, resources: Mapping[str, Any]) -> _Plan:
    declared = {str(parameter["name"]) for parameter in operation.parameters}
    offered = {snake_case(name): name for name in declared} | {name: name for name in declared}
    clash = sorted({_BODY, _CALLER, *resources} & set(offered))
    parameters: dict[str, str] = {}
    without_default: set[str] = set()
    wanted: set[str] = set()
    for name, parameter in inspect.signature(handler).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            parameters |= {n: n for n in declared if n.isidentifier()}
            wanted.add(_BODY)
            if _BODY in declared:
                raise HandlerError(_clashes(handler, _BODY))
            continue
        if parameter.kind in {parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL}:
            raise HandlerError(f"{where(handler)}: `{name}` must be possible to pass by name")
        if name in {_BODY, _CALLER} or name in resources:
            wanted.add(name)
            if name in clash:
                raise HandlerError(_clashes(handler, name))
        elif name in offered:
            parameters[name] = offered[name]
            if parameter.default is parameter.empty:
                without_default.add(name)
        elif parameter.default is parameter.empty:
            raise HandlerError(_from_nowhere(handler, operation, name, sorted(offered)))
    return _Plan(
        parameters=tuple(parameters.items()),
        without_default=frozenset(without_default),
        wants_body=_BODY in wanted,
        wants_caller=_CALLER in wanted,
        resources=tuple(name for name in resources if name in wanted),
    )


def _arguments(
    plan: _Plan, resources: Mapping[str, Any], arguments: Arguments, caller: Caller
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in plan.resources:
        values[name] = resources[name]
    for argument, name in plan.parameters:
        if name in arguments.parameters:
            values[argument] = arguments.parameters[name]
        elif argument in plan.without_default:
            values[argument] = None
    if plan.wants_body:
        values[_BODY] = arguments.body
    if plan.wants_caller:
        values[_CALLER] = caller
    return values


def _clashes(handler: Handler, name: str) -> str:
    return f"{where(handler)}: `{name}` is also a parameter of the document"


def _from_nowhere(handler: Handler, operation: Operation, name: str, offered: list[str]) -> str:
    known = [*offered, _BODY, _CALLER]
    near = difflib.get_close_matches(name, known, 1, 0.0)[0]
    return (
        f"{where(handler)}: nothing fills `{name}`: `{operation.key}` at {operation.origin} has no "
        f"such parameter; did you mean `{near}`?"
    )
