"""Which operations a command is about: by name, or by tag, path, method and scope."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from gateway.cli.nearest import nearest
from gateway.errors import UsageError
from gateway.load import LoadedDocument
from gateway.routing.tree import Routed
from gateway.spec.model import Operation, OperationKey


@dataclass(frozen=True, slots=True)
class Selection:
    """The filters of a call: one value of each kind that is given must fit."""

    tags: Sequence[str] = ()
    paths: Sequence[str] = ()
    methods: Sequence[str] = ()
    scopes: Sequence[str] = ()


def select(loaded: LoadedDocument, selection: Selection) -> tuple[Operation, ...]:
    """The operations that fit, in the order written; a value that fits none is a misspelling."""
    base = loaded.description.base_path
    operations = loaded.description.operations
    scopes = [scope for text in selection.scopes for scope in text.split(" ") if scope]
    methods = [method.upper() for method in selection.methods]
    filters: list[tuple[str, Sequence[str], Callable[[Operation], Iterable[str]]]] = [
        ("operation has the tag", selection.tags, lambda o: o.tags),
        ("operation has the method", methods, lambda o: (o.method.upper(),)),
        ("operation names the scope", scopes, lambda o: _scopes(loaded, o)),
    ]
    for what, wanted, has in filters:
        known = {value for o in loaded.description.operations for value in has(o)}
        _refuse_misspelt(what, wanted, known)
        operations = tuple(o for o in operations if not wanted or set(wanted) & set(has(o)))
    return _at_paths(loaded, operations, selection.paths, base)


def _at_paths(
    loaded: LoadedDocument, operations: Sequence[Operation], globs: Sequence[str], base: str
) -> tuple[Operation, ...]:
    """The operations whose path fits one of the globs, with or without the base path."""
    paths = {operation.path for operation in loaded.description.operations}
    for glob in globs:
        if not any(_fits(path, glob, base) for path in paths):
            raise UsageError(f"no path fits `{glob}`{nearest(glob, [*paths, *_with(base, paths)])}")
    return tuple(o for o in operations if not globs or any(_fits(o.path, g, base) for g in globs))


def find_operations(loaded: LoadedDocument, names: Iterable[str]) -> tuple[OperationKey, ...]:
    """The operations that some names mean: an operationId, or method and path as in `GET /songs`.

    The path may be the template, with or without the base path, or one that a client sends.
    """
    by_name: dict[str, OperationKey] = {}
    base = loaded.description.base_path
    for operation in loaded.description.operations:
        by_name.setdefault(operation.key, operation.key)
        by_name.setdefault(f"{operation.method} {base}{operation.path}", operation.key)
    for operation in loaded.description.operations:
        if operation.operation_id is not None:
            by_name[operation.operation_id] = operation.key
    return tuple(dict.fromkeys(_found(loaded, by_name, name) for name in names))


def _found(loaded: LoadedDocument, by_name: dict[str, OperationKey], name: str) -> OperationKey:
    method, blank, path = name.strip().partition(" ")
    for spelling in (name, f"{method}{blank}{path.strip()}", f"{method.upper()} {path.strip()}"):
        if spelling in by_name:
            return by_name[spelling]
    route = loaded.table.route(method.upper(), path.strip().encode()) if blank else None
    if isinstance(route, Routed):
        return route.operation
    raise UsageError(f"the document has no operation `{name}`{nearest(name, by_name)}")


def _refuse_misspelt(what: str, wanted: Iterable[str], known: set[str]) -> None:
    for value in wanted:
        if value not in known:
            raise UsageError(f"no {what} `{value}`{nearest(value, sorted(known))}")


def _scopes(loaded: LoadedDocument, operation: Operation) -> Iterable[str]:
    rule = loaded.policy.rules[operation.key]
    return [scope for alternative in rule.alternatives for scope in alternative.scopes]


def _fits(path: str, glob: str, base: str) -> bool:
    return fnmatchcase(path, glob) or fnmatchcase(base + path, glob)


def _with(base: str, paths: Iterable[str]) -> list[str]:
    return [base + path for path in sorted(paths)]
