"""What scopes mean, in the document's words: the port `OperationsOpenedBy` of the consent page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gateway.load import LoadedDocument
from gateway.policy.rules import Alternative
from gateway.spec.model import Operation, Scope
from token_service.ports import OpenedOperation


@dataclass(frozen=True, slots=True)
class DocumentWords:
    """Asks for the document of the moment at each question."""

    document: Callable[[], LoadedDocument]

    @property
    def title(self) -> str:
        """The title of the API."""
        return self.document().description.title

    def description(self, scope: str) -> str:
        """The words of the first scheme of ours that describes the scope."""
        loaded = self.document()
        for name in loaded.trusts.embedded:
            for flow in loaded.description.schemes[name].flows:
                if words := flow.scopes.get(Scope(scope)):
                    return words
        return ""

    def opened_by(self, scopes: frozenset[str]) -> Mapping[str, Sequence[OpenedOperation]]:
        """For each scope the operations that it has a part in opening, all of them held."""
        loaded = self.document()
        opened: dict[str, list[OpenedOperation]] = {scope: [] for scope in scopes}
        for operation in loaded.description.operations:
            for scope, others in _parts(loaded, operation, scopes).items():
                opened[scope].append(_opened(loaded, operation, others))
        return opened


def _parts(
    loaded: LoadedDocument, operation: Operation, scopes: frozenset[str]
) -> Mapping[str, tuple[str, ...]]:
    """The scopes that have a part in opening an operation, each with the others it takes.

    Of several alternatives that a scope has a part in, the one that takes the fewest others.
    """
    parts: dict[str, tuple[str, ...]] = {}
    for alternative in loaded.policy.rules[operation.key].alternatives:
        if not _opens(loaded, alternative, scopes):
            continue
        for scope in alternative.scopes:
            others = tuple(other for other in alternative.scopes if other != scope)
            if scope not in parts or len(others) < len(parts[scope]):
                parts[scope] = others
    return parts


def _opens(loaded: LoadedDocument, alternative: Alternative, scopes: frozenset[str]) -> bool:
    ours = all(need.scheme in loaded.trusts.embedded for need in alternative.needs)
    return (
        ours
        and alternative.opens_by_scopes
        and alternative.can_be_met
        and scopes.issuperset(alternative.scopes)
    )


def _opened(
    loaded: LoadedDocument, operation: Operation, others: tuple[str, ...]
) -> OpenedOperation:
    path = loaded.description.base_path + operation.path
    return OpenedOperation(operation.method, path, operation.summary, others)
