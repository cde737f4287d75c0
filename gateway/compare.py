"""Two loaded documents compared: which schemes trust the same, and which operation answers what."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from gateway.load import LoadedDocument, load_document
from gateway.policy.codec import nameless
from gateway.policy.diff import AccessDiff, diff
from gateway.policy.rules import Binding
from gateway.policy.same_operations import shapes_of
from gateway.policy.same_schemes import SchemePair, match_schemes
from gateway.policy.ways import side_of
from gateway.routing.tree import MethodMissing, Routed
from gateway.settings import Settings
from gateway.spec.model import ApiDescription, OperationKey, SchemeName

_PARAMETER = re.compile(r"\{[^{}]*\}")
#: a value of a parameter that no concrete path has
_ANY_VALUE = "any-value-of-this-parameter"


@dataclass(frozen=True, slots=True)
class Covered:
    """A request at a path of one document for which the other one has only a template."""

    #: method and path, as the document with the path writes it
    request: str
    #: what answers it in the document without
    operation: OperationKey


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two documents, and what the change from one to the other means."""

    old: LoadedDocument
    new: LoadedDocument
    access: AccessDiff
    renamed_schemes: tuple[SchemePair, ...]
    #: requests that had no method at their path, and are answered by a template now
    uncovered: tuple[Covered, ...] = ()
    #: requests that a template answered, and that have no method at their path now
    covered: tuple[Covered, ...] = ()

    @property
    def has_moved(self) -> bool:
        """Whether all paths changed with the base path."""
        old, new = self.old.description, self.new.description
        is_apart = shapes_of(old).keys().isdisjoint(shapes_of(new))
        return old.base_path != new.base_path and is_apart


def compare(old: ApiDescription, new: ApiDescription, settings: Settings) -> Comparison:
    """Load both documents under the same settings and compare who may call what.

    Every scheme of a kind that is supported counts as bound. Raises as `load_document` does.
    """
    loaded_old = _load(old, settings, unsuited=[*_of_another_kind(old, new), *_only_in(new, old)])
    loaded_new = _load(new, settings, unsuited=_only_in(old, new))
    old_foreign, new_foreign = _foreign(loaded_old), _foreign(loaded_new)
    schemes = match_schemes(old, new, old_foreign=old_foreign, new_foreign=new_foreign)
    access = diff(
        side_of(old, loaded_old.policy, credentials=schemes.old, foreign=old_foreign),
        side_of(new, loaded_new.policy, credentials=schemes.new, foreign=new_foreign),
        old_answers=dict(_answers(loaded_old, asked=loaded_new)),
        new_answers=dict(_answers(loaded_new, asked=loaded_old)),
    )
    return Comparison(
        loaded_old,
        loaded_new,
        access,
        schemes.renamed,
        uncovered=tuple(_covered(by=loaded_old, answered_in=loaded_new)),
        covered=tuple(_covered(by=loaded_new, answered_in=loaded_old)),
    )


def _load(
    description: ApiDescription, settings: Settings, *, unsuited: Collection[SchemeName]
) -> LoadedDocument:
    """Load one document, without the tables that were written for the other one."""
    tables = {name: table for name, table in settings.schemes.items() if name not in unsuited}
    own = replace(settings, schemes=tables)
    return load_document(description, own, taken_as_bound=description.schemes)


def _only_in(description: ApiDescription, other: ApiDescription) -> Collection[SchemeName]:
    return description.schemes.keys() - other.schemes.keys()


def _of_another_kind(old: ApiDescription, new: ApiDescription) -> Iterator[SchemeName]:
    """The schemes whose table suits the new document, and cannot suit the old one."""
    for name, scheme in old.schemes.items():
        now = new.schemes.get(name, scheme)
        if (now.kind, now.place) != (scheme.kind, scheme.place):
            yield name


def _foreign(loaded: LoadedDocument) -> Mapping[SchemeName, Binding]:
    """The bearer schemes that do not trust the embedded token service."""
    bearers = loaded.trusts.bearers.keys() - loaded.trusts.embedded
    return {name: loaded.policy.bindings[name] for name in bearers}


def _answers(
    loaded: LoadedDocument, *, asked: LoadedDocument
) -> Iterator[tuple[OperationKey, OperationKey]]:
    """Which operation a document has for those of the other one that it does not have itself."""
    has_moved = shapes_of(loaded.description).keys().isdisjoint(shapes_of(asked.description))
    base = (loaded if has_moved else asked).description.base_path
    own = {nameless(key) for key in loaded.policy.rules} if has_moved else set()
    known = shapes_of(loaded.description)
    for shape, operation in shapes_of(asked.description).items():
        if shape in known or nameless(operation.key) in own:
            continue
        route = loaded.table.route(operation.method, _sample(base + operation.path))
        if isinstance(route, Routed):
            yield operation.key, route.operation


def _sample(template: str) -> bytes:
    """A path of a request that a template matches, and no concrete path."""
    return _PARAMETER.sub(_ANY_VALUE, template).encode(errors="surrogateescape")


def _covered(*, by: LoadedDocument, answered_in: LoadedDocument) -> Iterator[Covered]:
    """The methods that a path of one document lacks, and a template of the other one has there.

    The whole path item is chosen before the method: such a request is a 405 in the one document.
    """
    known = shapes_of(answered_in.description)
    methods = sorted({operation.method for operation in answered_in.description.operations})
    base = by.description.base_path
    for path in dict.fromkeys(operation.path for operation in by.description.operations):
        sample = _sample(base + path)
        for method in methods:
            if not isinstance(by.table.route(method, sample), MethodMissing):
                continue
            route = answered_in.table.route(method, sample)
            is_own = nameless(f"{method} {base}{path}") in known
            if isinstance(route, Routed) and not is_own:
                yield Covered(f"{method} {path}", route.operation)
