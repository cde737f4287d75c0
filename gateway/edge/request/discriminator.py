"""What a discriminator says: the values of one property that choose the branches of a union."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.edge.request.pointers import Document, resolve

_CHOICES = frozenset({"enum", "const"})


@dataclass(frozen=True, slots=True)
class Discriminator:
    """A Discriminator object of OAS, for one union."""

    property_name: str
    #: for each branch the values that choose it; None: the branch says that itself
    values: tuple[tuple[str, ...] | None, ...]
    #: the place among the branches of the one for all other values, and for none (OAS 3.2)
    default: int | None = None

    def tag(self, branches: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The branches, each fitting only what was meant for it."""
        return [
            branch if values is None else {"allOf": [branch, self._chosen(place, values)]}
            for place, (branch, values) in enumerate(zip(branches, self.values, strict=True))
        ]

    def having_any(self) -> dict[str, Any]:
        """What every value of the union fits: so that one with no branch is told which there are.

        Empty where a branch says for itself what chooses it.
        """
        named = [value for values in self.values for value in values or ()]
        is_open = None in self.values or self.default is not None
        return {} if is_open else self._having(named)

    def _chosen(self, place: int, values: Iterable[str]) -> dict[str, Any]:
        """What chooses a branch: its values, or, for the default, none of the others'."""
        if place != self.default:
            return self._having(values)
        others = [v for i, vs in enumerate(self.values) if i != place for v in vs or ()]
        return {"not": self._having(others)}

    def _having(self, values: Iterable[str]) -> dict[str, Any]:
        property_ = {self.property_name: {"enum": list(values)}}
        return {"properties": property_, "required": [self.property_name]}


def discriminator_of(
    schema: Mapping[str, Any], branches: Iterable[Any], document: Document
) -> Discriminator | None:
    """The discriminator of a union; None where there is none, or it does not name its branches.

    A branch whose own property lists its values needs no help, and many documents that do so name
    others than the mapping.
    """
    written = schema.get("discriminator")
    if not isinstance(written, Mapping) or "propertyName" not in written:
        return None
    references = [_reference(branch) for branch in branches]
    mapping = {value: _target(name) for value, name in (written.get("mapping") or {}).items()}
    if None in references or not set(mapping.values()) <= set(references):
        return None
    name = written["propertyName"]
    default = _target(str(written.get("defaultMapping", "")))
    return Discriminator(
        name,
        tuple(
            None if _lists(document, reference, name) else _values(reference, mapping)
            for reference in references
            if reference is not None
        ),
        default=references.index(default) if default in references else None,
    )


def _reference(branch: Any) -> str | None:
    reference = branch.get("$ref") if isinstance(branch, Mapping) else None
    return reference if isinstance(reference, str) else None


def _target(name: str) -> str:
    """What a mapping leads to: a reference, or the name of a schema."""
    return name if "#" in name or "/" in name else f"#/components/schemas/{name}"


def _values(reference: str, mapping: Mapping[str, str]) -> tuple[str, ...]:
    """The names that choose a branch: those mapped to it, and its own unless it means another."""
    own = reference.rpartition("/")[2]
    mapped = [value for value, target in mapping.items() if target == reference]
    return tuple(dict.fromkeys(mapped if own in mapping else [*mapped, own]))


def _lists(
    document: Document, reference: str, name: str, seen: frozenset[str] = frozenset()
) -> bool:
    """Whether a schema, or what it is made of, lists the values of a property."""
    if reference in seen:
        return False
    schema = resolve(document, reference)
    parts = [schema, *schema.get("allOf", ())] if isinstance(schema, Mapping) else []
    return any(
        _is_choice(document, part.get("properties", {}).get(name))
        or ("$ref" in part and _lists(document, part["$ref"], name, seen | {reference}))
        for part in parts
        if isinstance(part, Mapping)
    )


def _is_choice(document: Document, schema: Any) -> bool:
    for _ in range(10):
        if not isinstance(schema, Mapping) or "$ref" not in schema:
            break
        schema = resolve(document, schema["$ref"])
    return isinstance(schema, Mapping) and not _CHOICES.isdisjoint(schema)
