"""What one request carries from room to room inside the ASGI scope."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import Scope

from gateway.edge.problem import new_request_id
from gateway.guard import Ruleset
from gateway.model import Decision
from gateway.routing.path import Segments
from gateway.spec.model import OperationKey

_KEY = "scopegate"


@dataclass(slots=True)
class RequestState:
    """Filled in as the request goes inwards; each room reads what the rooms before it wrote."""

    segments: Segments
    #: the ruleset that rules this request from its first to its last step
    ruleset: Ruleset
    operation: OperationKey | None = None
    path_parameters: Mapping[str, str] | None = None
    decision: Decision | None = None
    #: made when somebody asks for it
    _request_id: str | None = None

    @property
    def request_id(self) -> str:
        """The id of this request, as its problem and its log lines have it."""
        if self._request_id is None:
            self._request_id = new_request_id()
        return self._request_id


def with_state(scope: Scope, state: RequestState) -> Scope:
    """Begin a request: a scope of its own, for a server may share its extensions among requests."""
    return {**scope, "extensions": {**scope.get("extensions", {}), _KEY: state}}


def state_of(scope: Scope) -> RequestState:
    """The state of a request that the entry let in."""
    state: RequestState = scope["extensions"][_KEY]
    return state
