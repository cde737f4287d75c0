"""Which operations of two documents are compared with which."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateway.spec.model import ApiDescription, Operation, OperationKey

_PARAMETER = re.compile(r"\{[^{}]*\}")
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

    In the order of the new document; those it has no more are last.
    """
    return tuple(_pairs(old.operations, new.operations))


def _pairs(old: Sequence[Operation], new: Sequence[Operation]) -> Iterator[Pair]:
    by_shape = {_shape(operation): operation.key for operation in old}
    shapes = {_shape(operation) for operation in new}
    gone = [operation for operation in old if _shape(operation) not in shapes]
    by_name = {(o.method, o.operation_id): o.key for o in gone if o.operation_id}
    left = {operation.key for operation in gone}
    for operation in new:
        same = by_shape.get(_shape(operation))
        renamed = by_name.get((operation.method, operation.operation_id or ""))
        if same is not None:
            yield Pair(same, operation.key)
        elif renamed is not None:
            left.discard(renamed)
            yield Pair(renamed, operation.key, is_renamed=True)
        else:
            yield Pair(None, operation.key)
    yield from (Pair(operation.key, None) for operation in gone if operation.key in left)


def _shape(operation: Operation) -> str:
    return _PARAMETER.sub("{}", operation.key)
