"""Whatever is broken in a document, reading it ends in a description or in faults with a place."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.errors import DocumentError, Fault
from gateway.spec.files import parse_text
from gateway.spec.limits import DEFAULT_LIMITS
from gateway.spec.model import ApiDescription
from gateway.spec.node import plain
from gateway.spec.read import read_description
from tests.unit.spec.test_shapes import SHAPES

_JUNK: tuple[Any, ...] = (
    *(None, 5, -1, 1.5, True, "", "x", [], [1], ["x", "x"], {}, {"a": 1}, {"": {}}, {"not": {}}),
    *({"$ref": target} for target in ("#/nope", "#", 5, "x.yaml", "#/components/schemas/Item")),
)
_FIELDS = (
    *("security", "$ref", "$id", "$anchor", "$dynamicRef", "zzz", "required", "type", "examples"),
    *("parameters", "schema", "additionalOperations", "webhooks", "get", "", "a/b", "x-y"),
)
_NAMES = ("events.yaml", "generated.json", "methods.yaml", "payments.yaml", "typebox.yaml")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each element below the root."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for step, child in entries:
        yield (*path, step)
        if isinstance(child, dict | list):
            yield from places(child, (*path, step))


def broken(document: Any, chance: random.Random) -> Any:
    """Return a copy in which something is replaced, taken away or added."""
    *above, last = chance.choice(list(places(document)))
    result = copy.deepcopy(document)
    holder = result
    for step in above:
        holder = holder[step]
    match chance.randrange(4):
        case 0:
            del holder[last]
        case 1 if isinstance(holder, dict):
            holder[chance.choice(_FIELDS)] = copy.deepcopy(chance.choice(_JUNK))
        case _:
            holder[last] = copy.deepcopy(chance.choice(_JUNK))
    return result


def read(text: bytes, *, tolerate: bool) -> ApiDescription | tuple[Fault, ...]:
    try:
        return read_description("-", stdin=lambda: text, tolerate=tolerate)
    except DocumentError as error:
        return error.faults


@pytest.mark.parametrize("name", _NAMES)
def test_a_broken_document_is_read_or_refused_and_tolerance_refuses_less(name: str) -> None:
    text = (SHAPES / name).read_text(encoding="utf-8")
    document = plain(parse_text(text, file=name, limits=DEFAULT_LIMITS))
    chance = random.Random(name)

    for _ in range(25):
        written = json.dumps(broken(broken(document, chance), chance)).encode()
        strict, tolerant = read(written, tolerate=False), read(written, tolerate=True)

        if isinstance(strict, ApiDescription):
            assert strict == tolerant
        elif isinstance(tolerant, ApiDescription):
            assert tolerant.tolerated
        else:
            assert tolerant
            assert all(fault.origin.line > 0 and fault.message for fault in tolerant)
