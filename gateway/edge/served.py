"""One document as it is served: what rules, what answers, and where its requests come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from starlette.types import ASGIApp

from gateway.edge.connexion_app import Endpoints, build_frame
from gateway.edge.elsewhere import Elsewhere
from gateway.edge.pages import AnyPage, OwnPages
from gateway.edge.planned import PlannedRequests
from gateway.edge.plans import Plans
from gateway.edge.verdict import Settle
from gateway.guard import Guard, Ruleset
from gateway.routing.path import Segments
from gateway.routing.reserved import is_reserved
from gateway.routing.tree import RouteTable
from gateway.spec.model import OperationKey


@dataclass(frozen=True, slots=True)
class Served:
    """INVARIANT: replaced whole or not at all, by one assignment; a request sees one of them."""

    ruleset: Ruleset
    #: serves the requests of operations by their plans
    planned: PlannedRequests
    #: all of Connexion's rooms, one after the other: the same answers, more slowly
    frame: ASGIApp
    #: pages that give way to an operation of the document
    pages: Mapping[str, AnyPage] = field(default_factory=dict)
    own: ASGIApp = field(default_factory=OwnPages)
    #: requests go through all of Connexion's rooms
    through_frame: bool = False
    #: while looking on: takes what no operation is declared for
    elsewhere: Elsewhere | None = None
    #: first segments of the paths that are ours, by the first of these
    _reserved: Mapping[str, Sequence[tuple[str, ...]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Sort the paths that are ours, so that any other costs one look."""
        reserved: dict[str, list[tuple[str, ...]]] = {}
        for own in self.ruleset.document.reserved:
            reserved.setdefault(own[0], []).append(own)
        object.__setattr__(self, "_reserved", reserved)

    def plain_operation(self, method: str, raw: bytes) -> OperationKey | None:
        """The operation of a path without parameters that is spelled in the usual way."""
        return None if self.through_frame else self.ruleset.table.plain(method, raw)

    def is_ours(self, segments: Segments) -> bool:
        """Whether a path is one of ours; a template of the document never sees it."""
        candidates = self._reserved.get(segments.values[0])
        return candidates is not None and is_reserved(segments, candidates)


def serve_nothing(ruleset: Ruleset, *, guard: Guard, own: ASGIApp | None = None) -> Served:
    """A document of which no operation is served: its scopes are, at the token service."""
    unrouted = replace(ruleset, document=replace(ruleset.document, table=RouteTable(())))
    return serve_document(unrouted, {}, guard=guard, settle=Settle(), own=own)


def serve_document(
    ruleset: Ruleset,
    endpoints: Endpoints,
    *,
    guard: Guard,
    settle: Settle,
    pages: Mapping[str, AnyPage] | None = None,
    own: ASGIApp | None = None,
    through_frame: bool = False,
    elsewhere: Elsewhere | None = None,
) -> Served:
    """Put together what serves a document; what is wrong with it raises here."""
    frame = build_frame(ruleset, endpoints, guard=guard, settle=settle)
    plans = Plans(ruleset, frame, guard=guard, settle=settle)
    return Served(
        ruleset,
        PlannedRequests(ruleset.table, plans, frame),
        frame.asgi,
        pages or {},
        own or OwnPages(),
        through_frame=through_frame,
        elsewhere=elsewhere,
    )
