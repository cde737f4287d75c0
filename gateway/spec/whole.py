"""Makes one tree of all files of a description, or says which references stand in the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.errors import Fault
from gateway.spec.cost import cost_faults
from gateway.spec.harmless import DATA
from gateway.spec.join import join, needs_joining
from gateway.spec.limits import MAX_FAULTS, Limits
from gateway.spec.node import Document, MappingNode
from gateway.spec.references import Broken, OpenFile, References
from gateway.spec.refs import find_references
from gateway.spec.stand_in import has_stand_in, stand_in
from gateway.spec.version import Version

#: broken references that are too many to be slips
_MANY = 10_000


@dataclass(frozen=True, slots=True)
class Whole:
    """One tree for all files; if there are `faults`, the entry document as it was."""

    version: Version
    root: MappingNode
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    tolerated: tuple[Fault, ...] = ()
    #: what requirements call schemes that have not been brought into the document
    scheme_references: frozenset[str] = frozenset()
    #: by the identity of a stand-in: the fault it stands for
    spoilt: Mapping[int, Fault] = field(default_factory=dict)


def make_whole(
    entry: Document, *, open_file: OpenFile, version: Version, limits: Limits, tolerate: bool
) -> Whole:
    """Return the tree in which nothing refers to another file, and no path item to another one."""
    root = entry.root
    if not isinstance(root, MappingNode):
        raise AssertionError("only an object gets past the check of its version")
    references = find_references(
        entry,
        open_file,
        grammar=version.grammar,
        max_faults=_MANY if tolerate else MAX_FAULTS,
    )
    let_pass = [broken for broken in references.broken if tolerate and has_stand_in(broken.kind)]
    refused = [broken.fault for broken in references.broken if broken not in let_pass]
    faults = (*references.faults, *dict.fromkeys(refused))
    if faults:
        return Whole(
            version,
            root,
            faults,
            tuple(references.warnings),
            scheme_references=frozenset(name for _, name in references.requirements),
        )
    return _joined(references, root, let_pass, version=version, limits=limits)


def _joined(
    references: References,
    root: MappingNode,
    let_pass: list[Broken],
    *,
    version: Version,
    limits: Limits,
) -> Whole:
    stand_ins = {id(broken.node): stand_in(broken.kind, broken.node.place) for broken in let_pass}
    if stand_ins or needs_joining(references):
        joined = join(references, grammar=version.grammar, stand_ins=stand_ins)
        faults = tuple(cost_faults(joined, limits))
        root = root if faults else joined
    else:
        faults = ()
    return Whole(
        version,
        root,
        faults,
        tuple(references.warnings),
        tolerated=tuple(broken.fault for broken in let_pass),
        spoilt={
            id(stand_ins[id(broken.node)]): broken.fault
            for broken in let_pass
            if broken.kind not in DATA
        },
    )
