"""What the rules look at: a loaded document, and each `security` list of it once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gateway.errors import Origin
from gateway.load import LoadedDocument
from gateway.policy.compile import compile_rules
from gateway.policy.rules import Alternative, Binding, Rule
from gateway.spec.model import Operation, OperationKey, SecurityRequirement, SecuritySource

_NAMED = 2


@dataclass(frozen=True, slots=True)
class Listing:
    """One `security` list as written, with the operations for which it counts."""

    #: of the first of its operations
    rule: Rule
    #: the same, were every scheme bound that can be
    supposed: Rule
    requirements: tuple[SecurityRequirement, ...]
    operations: tuple[Operation, ...]

    @property
    def origin(self) -> Origin:
        """Where its `security` stands."""
        return self.rule.origin

    @property
    def owner(self) -> str:
        """How to speak of what it belongs to: an operation, or the root."""
        if self.rule.source is SecuritySource.ROOT:
            return "the root list"
        more = f" and {len(self.operations) - 1} more" if len(self.operations) > 1 else ""
        return f"{self.operations[0].key}{more}"

    def pairs(self) -> Iterator[tuple[Alternative, SecurityRequirement]]:
        """Each alternative with the requirement it was compiled from."""
        return zip(self.rule.alternatives, self.requirements, strict=True)


@dataclass(frozen=True, slots=True)
class Subject:
    """A loaded document as the rules see it."""

    loaded: LoadedDocument
    #: the lists that count for some operation, in the order met
    listings: tuple[Listing, ...]
    #: the operations for which there is no list at all
    undeclared: tuple[Operation, ...]
    #: each operation's rule, were every scheme bound that can be: what the document means
    #: wherever it is served
    supposed: Mapping[OperationKey, Rule]


def subject_of(loaded: LoadedDocument) -> Subject:
    """Gather the lists: one that several operations share, by alias or from the root, is one."""
    supposed = _all_bound(loaded)
    shared: dict[object, list[Operation]] = {}
    undeclared = []
    for operation in loaded.description.operations:
        declaration = operation.security
        if declaration.source is SecuritySource.ABSENT:
            undeclared.append(operation)
            continue
        places = tuple(origin for _, origin in declaration.each())
        is_root = declaration.source is SecuritySource.ROOT
        shared.setdefault((is_root, places or declaration.origin), []).append(operation)
    listings = tuple(
        Listing(
            loaded.policy.rules[operations[0].key],
            supposed[operations[0].key],
            operations[0].security.requirements,
            tuple(operations),
        )
        for operations in shared.values()
    )
    return Subject(loaded, listings, tuple(undeclared), supposed)


def _all_bound(loaded: LoadedDocument) -> Mapping[OperationKey, Rule]:
    bindings = {name: Binding(issuer=name, audience="") for name in loaded.policy.schemes}
    return compile_rules(loaded.description, bindings | dict(loaded.policy.bindings))


def few(operations: Iterable[Operation]) -> str:
    """The first operations by name, and how many more there are."""
    keys = [str(operation.key) for operation in operations]
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return ", ".join(keys[:_NAMED]) + more
