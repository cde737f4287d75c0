"""Checks a whole document: against our rules, then against the schema of its OAS version."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.errors import Fault
from gateway.spec.build import Source
from gateway.spec.dialect import dialect_warnings
from gateway.spec.fields import DOCUMENT
from gateway.spec.grammar import walk
from gateway.spec.limits import MAX_FAULTS
from gateway.spec.mend import is_annotation, mend
from gateway.spec.names import component_name_faults
from gateway.spec.node import MappingNode
from gateway.spec.paths import (
    method_faults,
    operation_id_faults,
    path_faults,
    path_warnings,
    shared_paths,
)
from gateway.spec.reach import operation_faults
from gateway.spec.schemes import declared_schemes, with_known_types
from gateway.spec.security import security_faults
from gateway.spec.servers import server_faults, server_warnings
from gateway.spec.sharing import plain_shared
from gateway.spec.validate import RULE, Flaw, validate
from gateway.spec.whole import Whole

#: how often what a mending brought to light is mended too
_ROUNDS = 8
#: flaws that are looked at where they may be tolerated
_MANY = 10_000

#: sections of components whose names decide who may call what
_DECIDING = frozenset({"securitySchemes"})


@dataclass(frozen=True, slots=True)
class Checked:
    """A document that has been looked at, mended if that was asked for."""

    whole: Whole
    root: MappingNode
    document: Any
    #: any of them keeps it from loading
    faults: tuple[Fault, ...]
    tolerated: tuple[Fault, ...]
    spoilt: Mapping[int, Fault]
    #: what was left out because it describes and decides nothing
    notes: tuple[Fault, ...] = ()

    def source(self, file: str) -> Source:
        """Return what a description of a document without faults is built from."""
        version = self.whole.version
        return Source(
            file=file,
            version=version,
            root=self.root,
            document=self.document,
            warnings=tuple(_warnings(self)),
            tolerated=self.tolerated,
            operation_faults=operation_faults(self.root, self.spoilt, grammar=version.grammar),
        )


def check(whole: Whole, *, schema: Any, tolerate: bool) -> Checked:
    """Find all that is wrong with a document; mend what annotates, and with `tolerate` more."""
    checked = Checked(
        whole=whole,
        root=whole.root,
        document=plain_shared(whole.root),
        faults=(),
        tolerated=whole.tolerated,
        spoilt=whole.spoilt,
    )
    for _ in range(_ROUNDS):
        flaws = validate(
            with_known_types(checked.document),
            root=checked.root,
            version=whole.version,
            schema=schema,
            max_faults=_MANY if tolerate else MAX_FAULTS,
        )
        if not flaws:
            break
        checked = _mended(checked, flaws, tolerate=tolerate)
        if checked.faults:
            break
    else:
        checked = replace(checked, faults=tuple(flaw.fault for flaw in flaws))
    shared = tuple(shared_paths(whole.root, whole.version.grammar))
    parted = tuple(path.fault for path in shared if tolerate and path.is_parted)
    clashes = (path.fault for path in shared if path.fault not in parted)
    faults = [*whole.faults, *_own_faults(whole), *clashes, *checked.faults]
    sections = whole.version.grammar.sections.keys() - _DECIDING
    names = tuple(component_name_faults(whole.root, sections))
    if not tolerate:
        return replace(checked, faults=tuple(_most_telling([*faults, *names])))
    tolerated = (*checked.tolerated, *names, *parted)
    return replace(checked, faults=tuple(_most_telling(faults)), tolerated=tolerated)


def _mended(checked: Checked, flaws: Sequence[Flaw], *, tolerate: bool) -> Checked:
    """Return the document without its flaws; `faults` are those that stay."""
    grammar = checked.whole.version.grammar
    told = {flaw.fault: None for flaw in flaws if is_annotation(flaw.complaint.path, grammar)}
    graver = tuple(flaw.fault for flaw in flaws if flaw.fault not in told)
    if graver and not tolerate:
        return replace(checked, faults=graver)
    mended = mend(checked.root, flaws, grammar=grammar)
    tolerated = (fault for fault in mended.tolerated if fault not in told)
    return replace(
        checked,
        root=mended.root,
        document=plain_shared(mended.root),
        faults=mended.refused,
        notes=tuple(dict.fromkeys((*checked.notes, *told))),
        tolerated=tuple(dict.fromkeys((*checked.tolerated, *tolerated))),
        spoilt={**checked.spoilt, **mended.spoilt},
    )


def _own_faults(whole: Whole) -> Iterator[Fault]:
    root, grammar = whole.root, whole.version.grammar
    objects = list(walk(grammar, root, DOCUMENT))
    declared = declared_schemes(root)
    schemes = declared.entries.keys() if declared is not None else frozenset()
    yield from security_faults(objects, schemes=schemes | whole.scheme_references)
    yield from operation_id_faults(root, objects, grammar)
    yield from path_faults(root)
    yield from method_faults(objects, grammar)
    yield from component_name_faults(root, _DECIDING)
    yield from server_faults(root)


def _warnings(checked: Checked) -> Iterator[Fault]:
    version = checked.whole.version
    yield from checked.whole.warnings
    yield from checked.notes
    yield from dialect_warnings(checked.root, version)
    yield from server_warnings(checked.root, version.grammar)
    yield from path_warnings(checked.root, version.grammar)


def _most_telling(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Leave out what the OAS schema says about a place of which a rule of ours says more."""
    faults = list(dict.fromkeys(faults))
    told = {fault.origin for fault in faults if fault.rule != RULE}
    return (fault for fault in faults if fault.rule != RULE or fault.origin not in told)
