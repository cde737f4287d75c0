"""What a permitted request comes to: something that makes a reply, or an application."""

from typing import Protocol, runtime_checkable

from starlette.types import ASGIApp, Receive, Scope

from gateway.edge.reply import LaterReply, Reply
from gateway.edge.state import RequestState


@runtime_checkable
class Answering(Protocol):
    """Answers a permitted request with one reply."""

    async def answer(self, state: RequestState, scope: Scope, receive: Receive) -> Reply | None:
        """The reply; None if the client went away."""
        ...


@runtime_checkable
class Beginning(Answering, Protocol):
    """Can begin to answer before there is a task for the request, and mostly ends there, too."""

    @property
    def begins_at_once(self) -> bool:
        """Whether that is worth while."""
        ...

    @property
    def takes_body(self) -> bool:
        """Whether the body is read."""
        ...

    def begin(self, state: RequestState, scope: Scope, body: bytes) -> Reply | LaterReply:
        """The reply to a request that came with its whole body, or what it becomes one by."""
        ...


#: the second streams its answer; it finds its state by `state_of`
Endpoint = Answering | ASGIApp
