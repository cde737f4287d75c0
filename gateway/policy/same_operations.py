"""Which operations of two documents are compared with which."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.policy.codec import nameless
from gateway.spec.model import ApiDescription, Operation, OperationKey

#: operation of one document -> the operation of the other that answers such a request
Answers = Mapping[OperationKey, OperationKey]


@dataclass(frozen=True, slots=True)
class Pair:
    """An operation as two documents have it; None: that one does not have it."""

    old: OperationKey | None
    new: OperationKey | None
    #: it moved to another path under the same operationId
    is_renamed: bool = False


def match_operations(old: ApiDescription, new: ApiDescription) -> tuple[Pair, ...]:
    """Match operations by method and path, whatever its parameters are called, then by operationId.

    The path is the one that clients send. What is left over is matched without the base path, for
    a document that moved as a whole. In the order of the new document; those it has no more last.
    """
    return tuple(_pairs(old, new))


def shapes_of(description: ApiDescription) -> Mapping[str, Operation]:
    """Each operation under its method and the path that clients send, without names."""
    return {
        _shape(operation, description.base_path): operation for operation in description.operations
    }


def _pairs(old: ApiDescription, new: ApiDescription) -> Iterator[Pair]:
    same = _same(old, new)
    matched = {operation.key for operation in same.values()}
    gone = [operation for operation in old.operations if operation.key not in matched]
    by_name = {(o.method, o.operation_id): o.key for o in gone if o.operation_id}
    left = {operation.key for operation in gone}
    for operation in new.operations:
        renamed = by_name.get((operation.method, operation.operation_id or ""))
        if operation.key in same:
            yield Pair(same[operation.key].key, operation.key)
        elif renamed is not None:
            left.discard(renamed)
            yield Pair(renamed, operation.key, is_renamed=True)
        else:
            yield Pair(None, operation.key)
    yield from (Pair(operation.key, None) for operation in gone if operation.key in left)


def _same(old: ApiDescription, new: ApiDescription) -> Mapping[OperationKey, Operation]:
    """For operations of the new document the one of the old that answered such a request."""
    by_path = shapes_of(old)
    same = {
        operation.key: by_path[shape]
        for shape, operation in shapes_of(new).items()
        if shape in by_path
    }
    taken = {operation.key for operation in same.values()}
    bare = {_shape(o): o for o in old.operations if o.key not in taken}
    moved = {
        operation.key: bare[_shape(operation)]
        for operation in new.operations
        if operation.key not in same and _shape(operation) in bare
    }
    return {**same, **moved}


def _shape(operation: Operation, base_path: str = "") -> str:
    return nameless(f"{operation.method} {base_path}{operation.path}")
