"""Schemas that name themselves (`$id`, `$anchor`, `$dynamicAnchor`), and references by such names.

Nothing is fetched: an address is a name, and only what the document holds can have it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urldefrag, urljoin

from gateway.edge.request.dialects import is_version_30
from gateway.edge.request.keywords import LITERAL, NAMED
from gateway.edge.request.pointers import Document, resolve
from gateway.spec.model import ApiDescription, Operation
from gateway.spec.pointer import format_pointer

#: name of a dynamic anchor -> the reference that leads to it
Anchors = Mapping[str, str]

_NAMING = frozenset({"$id", "$anchor", "$dynamicAnchor", "$self"})
_REFERRING = frozenset({"$ref", "$dynamicRef"})
#: stands for the address of a document that does not name its own
_DOCUMENT = "http://document.invalid/"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the document a value stands."""

    steps: tuple[str, ...]
    #: the address that references at this place are relative to, and the steps of its resource
    address: str
    resource: tuple[str, ...]

    def below(self, step: str) -> "_Place":
        return _Place((*self.steps, step), self.address, self.resource)

    def within(self, schema: Mapping[str, Any]) -> "_Place":
        """The place of what stands in a schema, which may be a resource of its own."""
        name = schema.get("$id")
        if not isinstance(name, str) or name.startswith("#"):
            return self
        return _Place(self.steps, urljoin(self.address, urldefrag(name)[0]), self.steps)


@dataclass(frozen=True, slots=True)
class _Names:
    """What the schemas of a document call themselves: each name with the reference to its place."""

    addresses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    anchors: dict[tuple[str, str], str] = field(default_factory=dict)
    #: steps of a schema resource -> its dynamic anchors
    dynamic: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)


def dynamic_anchors(document: Document) -> Mapping[int, Anchors]:
    """The dynamic anchors of each schema resource that has some, by the identity of its schema."""
    if not _has(document, frozenset({"$dynamicAnchor"})):
        return {}
    names = _names_of(document)
    return {
        id(resolve(document, format_pointer(steps))): anchors
        for steps, anchors in names.dynamic.items()
    }


def with_local_references(description: ApiDescription) -> ApiDescription:
    """The description with each reference by a name made one by its place, as all others are.

    What has no place in the document is left as written, for whoever needs it to complain.
    """
    document = description.document
    if is_version_30(document) or not _has(document, _NAMING):
        return description
    writer = _Writer(document, _names_of(document))
    made = writer.write(document, _root(document))
    return replace(
        description,
        document=made,
        operations=tuple(writer.operation(operation) for operation in description.operations),
    )


class _Writer:
    """Copies a document, and knows of each of its objects the copy."""

    def __init__(self, document: Document, names: _Names) -> None:
        self._document = document
        self._names = names
        self._copies: dict[int, Any] = {}

    def write(self, part: Any, place: _Place) -> Any:
        if isinstance(part, list):
            return [self.write(item, place.below(str(i))) for i, item in enumerate(part)]
        if not isinstance(part, Mapping):
            return part
        inner = place.within(part)
        self._copies[id(part)] = copy = {
            key: self._member(key, value, inner) for key, value in part.items()
        }
        return copy

    def operation(self, operation: Operation) -> Operation:
        """The operation, made of the copies of its parts."""
        body = operation.request_body
        return replace(
            operation,
            parameters=tuple(self._copy(parameter) for parameter in operation.parameters),
            request_body=None if body is None else self._copy(body),
            responses={status: self._copy(one) for status, one in operation.responses.items()},
        )

    def _copy(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        found: Mapping[str, Any] | None = self._copies.get(id(part))
        return self.write(part, _root(self._document)) if found is None else found

    def _member(self, key: str, value: Any, place: _Place) -> Any:
        if key in LITERAL:
            return value
        if key in _REFERRING and isinstance(value, str):
            return self._local(value, place)
        if key == "discriminator" and isinstance(value, Mapping):
            return self._discriminator(value, place)
        below = place.below(key)
        if key in NAMED and isinstance(value, Mapping):
            return {name: self.write(item, below.below(name)) for name, item in value.items()}
        return self.write(value, below)

    def _discriminator(self, written: Mapping[str, Any], place: _Place) -> dict[str, Any]:
        mapping = written.get("mapping")
        if not isinstance(mapping, Mapping):
            return dict(written)
        local = {value: self._local(str(name), place) for value, name in mapping.items()}
        return {**written, "mapping": local}

    def _local(self, reference: str, place: _Place) -> str:
        base = place.address
        address = base + reference if reference.startswith("#") else urljoin(base, reference)
        address, fragment = urldefrag(address)
        anchor = self._names.anchors.get((address, fragment))
        if anchor is not None:
            return anchor
        steps = self._names.addresses.get(address)
        if steps is None or (fragment and not fragment.startswith("/")):
            return reference
        local = format_pointer(steps) + fragment
        # A pointer that leads nowhere in its own schema may be one from the top, as many write it.
        return local if self._leads(local) or not reference.startswith("#") else reference

    def _leads(self, reference: str) -> bool:
        try:
            resolve(self._document, reference)
        except ValueError:
            return False
        return True


def _has(document: Document, keys: frozenset[str]) -> bool:
    """Whether any object has one of the keys; a glance, for hardly any document does."""
    waiting: list[Any] = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if not keys.isdisjoint(part):
                return True
            waiting.extend(v for v in part.values() if type(v) is dict or type(v) is list)
        else:
            waiting.extend(v for v in part if type(v) is dict or type(v) is list)
    return False


def _root(document: Document) -> _Place:
    own = document.get("$self")
    address = urljoin(_DOCUMENT, own) if isinstance(own, str) else _DOCUMENT
    return _Place((), urldefrag(address)[0], ())


def _names_of(document: Document) -> _Names:
    names = _Names()
    root = _root(document)
    names.addresses[root.address] = ()
    for schema, place in _objects(document, root):
        reference = format_pointer(place.steps)
        names.addresses.setdefault(place.address, place.resource)
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(schema.get(keyword), str):
                names.anchors.setdefault((place.address, schema[keyword]), reference)
        if isinstance(schema.get("$dynamicAnchor"), str):
            anchors = names.dynamic.setdefault(place.resource, {})
            anchors.setdefault(schema["$dynamicAnchor"], reference)
        if isinstance(schema.get("$id"), str) and schema["$id"].startswith("#"):
            names.anchors.setdefault((place.address, schema["$id"][1:]), reference)
    return names


def _objects(part: Any, place: _Place) -> Iterator[tuple[Mapping[str, Any], _Place]]:
    """Yield each object that may be a schema, with the place of what stands in it."""
    if isinstance(part, list):
        for count, item in enumerate(part):
            yield from _objects(item, place.below(str(count)))
    if not isinstance(part, Mapping):
        return
    inner = place.within(part)
    yield part, inner
    for key, value in part.items():
        if key in LITERAL:
            continue
        below = inner.below(key)
        if key in NAMED and isinstance(value, Mapping):
            for name, item in value.items():
                yield from _objects(item, below.below(name))
        else:
            yield from _objects(value, below)
