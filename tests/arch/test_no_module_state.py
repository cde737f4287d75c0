"""Modules hold constants, and importing one of ours does nothing."""

import ast
from collections.abc import Iterator

import pytest

from tests.arch.sources import FunctionNode, Module, modules

#: names the language asks for; commands, loggers and SQLAlchemy's tables, all set once
_ALLOWED_NAMES = frozenset({"__all__", "__version__", "app", "_log", "user_groups"})
_CHANGERS = frozenset(
    {
        "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem",
        "popleft", "remove", "setdefault", "update",
    }
)  # fmt: skip
_CACHES = frozenset({"cache", "lru_cache"})

_OURS = [module for module in modules() if not module.is_revision]


@pytest.mark.parametrize("module", _OURS, ids=lambda module: module.name)
def test_a_module_holds_constants_and_does_nothing_when_imported(module: Module) -> None:
    assert list(_state(module)) == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        pytest.param("count = 0\n", "`count` is not named as a constant", id="variable"),
        pytest.param("_SEEN = {}\ndef f(x): _SEEN[x] = 1\n", "`_SEEN` is changed", id="item"),
        pytest.param("SEEN = []\ndef f(x): SEEN.append(x)\n", "`SEEN` is changed", id="method"),
        pytest.param("N = 0\ndef f():\n    global N\n    N = 1\n", "`global N`", id="global"),
        pytest.param("print('hello')\n", "something happens at import", id="call"),
        pytest.param("@lru_cache\ndef f(): ...\n", "`f` keeps its results", id="cache"),
    ],
)
def test_state_is_found(text: str, finding: str) -> None:
    found = list(_findings(ast.parse(text)))

    assert any(finding in line for line in found)


def test_a_constant_is_no_state() -> None:
    text = '"""A docstring."""\nLIMIT = 3\n_TABLE: Mapping[str, int] = {"a": 1}\nScope = str\n'

    assert list(_findings(ast.parse(text))) == []


def _state(module: Module) -> Iterator[str]:
    for finding in _findings(module.tree):
        yield f"{module.name}:{finding}"


def _findings(tree: ast.Module) -> Iterator[str]:
    names = {name for statement in tree.body for name in _assigned(statement)}
    for name in sorted(names):
        if name not in _ALLOWED_NAMES and name.lstrip("_")[:1].islower():
            yield f" `{name}` is not named as a constant"
    for statement in tree.body:
        if isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Constant):
            yield f"{statement.lineno} something happens at import"
        if isinstance(statement, FunctionNode) and _is_cached(statement):
            yield f"{statement.lineno} `{statement.name}` keeps its results"
    for node in ast.walk(tree):
        if isinstance(node, FunctionNode):
            yield from _changes(node, names)


def _assigned(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _is_cached(function: FunctionNode) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id in _CACHES)
        or (isinstance(node, ast.Attribute) and node.attr in _CACHES)
        for decorator in function.decorator_list
        for node in ast.walk(decorator)
    )


def _changes(function: FunctionNode, names: set[str]) -> Iterator[str]:
    """Where a function changes what a name of its module holds; its own names hide those."""
    own = {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
    own |= {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for node in ast.walk(function):
        match node:
            case ast.Global(names=told):
                yield f"{node.lineno} `global {', '.join(told)}`"
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                if name in names - own:
                    yield f"{node.lineno} `{name}` is changed"
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
                if name in names - own and method in _CHANGERS:
                    yield f"{node.lineno} `{name}` is changed"
