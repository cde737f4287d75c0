"""What one request carries from room to room inside the ASGI scope."""

from collections.abc import Mapping
from time import perf_counter
from types import MappingProxyType

from starlette.types import Scope

from gateway.edge.problem import new_request_id
from gateway.edge.request_ids import RequestIds
from gateway.edge.trusted_peer import address_of, peer_of
from gateway.edge.verdict import Verdict
from gateway.guard import Ruleset
from gateway.model import Decision
from gateway.routing.path import Segments
from gateway.spec.model import OperationKey
from gateway.tokens.peer import Peer

_KEY = "scopegate.request"
_NOTHING: Mapping[str, str] = MappingProxyType({})


class RequestState:
    """Filled in as the request goes inwards; each room reads what the rooms before it wrote."""

    __slots__ = (
        "_address",
        "_ids",
        "_request_id",
        "began",
        "operation",
        "path_parameters",
        "ruleset",
        "scope",
        "segments",
        "verdict",
    )

    def __init__(
        self,
        ruleset: Ruleset,
        scope: Scope,
        *,
        segments: Segments | None = None,
        operation: OperationKey | None = None,
        ids: RequestIds | None = None,
    ) -> None:
        #: the ruleset that rules this request from its first to its last step
        self.ruleset = ruleset
        #: the request as it came
        self.scope = scope
        #: the path, cut; None where it was found without
        self.segments = segments
        self.operation = operation
        self.path_parameters: Mapping[str, str] = _NOTHING
        self.verdict: Verdict | None = None
        self.began = perf_counter()
        self._request_id: str | None = None
        self._address: str | None = None
        self._ids = ids

    @property
    def request_id(self) -> str:
        """The id of this request, as its problem and its log lines have it; made when asked for."""
        if self._request_id is None:
            self._request_id = new_request_id() if self._ids is None else self._ids.new()
        return self._request_id

    @property
    def peer(self) -> Peer:
        """Who sent it."""
        return peer_of(self.scope)

    @property
    def address(self) -> str:
        """Where it comes from; "" if nobody knows."""
        if self._address is None:
            self._address = address_of(self.scope)
        return self._address

    @property
    def decision(self) -> Decision | None:
        """How it was decided; None until then."""
        return None if self.verdict is None else self.verdict.decision

    @property
    def seconds(self) -> float:
        """How long ago it came."""
        return perf_counter() - self.began


def with_state(scope: Scope, state: RequestState) -> Scope:
    """Begin a request: a scope of its own, for a server may share its extensions among requests."""
    return {**scope, "extensions": {**scope.get("extensions", {})}, _KEY: state}


def segments_of(state: RequestState) -> Segments:
    """The path of a request that is to be routed by it."""
    if state.segments is None:
        raise RuntimeError("a request is to be routed whose path was not cut")
    return state.segments


def state_of(scope: Scope) -> RequestState:
    """The state of a request that the entry let in."""
    state: RequestState = scope[_KEY]
    return state
