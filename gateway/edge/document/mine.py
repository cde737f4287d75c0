"""A document with the operations that somebody may call, and none besides."""

from collections.abc import Collection, Mapping
from typing import Any

from gateway.edge.document.used import only_used

#: an operation as a document names it: its path, and its method in upper case or as it is written
Call = tuple[str, str]

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"})
_ADDITIONAL = "additionalOperations"
_REFERENCE = "$ref"


def own_document(document: Mapping[str, Any], open_: Collection[Call]) -> dict[str, Any]:
    """The document with only these operations, and the components that these lead to.

    A path item that is a reference is written out, so that each path has its own operations; one
    that cannot be followed is left out.
    """
    paths = document.get("paths")
    items = paths.items() if isinstance(paths, Mapping) else ()
    kept = {path: _kept(path, _item(document, item), open_) for path, item in items}
    left = {path: item for path, item in kept.items() if item is not None}
    return only_used({**document, "paths": left})


def _kept(path: str, item: Mapping[str, Any], open_: Collection[Call]) -> dict[str, Any] | None:
    own = {
        name: value
        for name, value in item.items()
        if name not in _METHODS or (path, name.upper()) in open_
    }
    more = item.get(_ADDITIONAL)
    if isinstance(more, Mapping):
        own[_ADDITIONAL] = {name: value for name, value in more.items() if (path, name) in open_}
        if not own[_ADDITIONAL]:
            del own[_ADDITIONAL]
    has_any = _ADDITIONAL in own or not _METHODS.isdisjoint(own)
    return own if has_any else None


def _item(document: Mapping[str, Any], item: Any) -> Mapping[str, Any]:
    """A path item, its references followed; what stands beside a reference goes before."""
    beside: dict[str, Any] = {}
    seen: set[str] = set()
    while isinstance(item, Mapping):
        beside = {**item, **beside}
        target = beside.pop(_REFERENCE, None)
        if not isinstance(target, str) or target in seen:
            return beside
        seen.add(target)
        item = _at(document, target)
    return {}


def _at(document: Mapping[str, Any], reference: str) -> Any:
    """What a local reference points to (RFC 6901); None: nothing is there."""
    found: Any = document
    for piece in reference.removeprefix("#").split("/")[1:]:
        name = piece.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
