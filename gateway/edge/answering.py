"""What a permitted request comes to: something that makes a reply, or an application."""

from typing import Protocol, runtime_checkable

from starlette.types import ASGIApp, Receive, Scope

from gateway.edge.reply import Reply
from gateway.edge.state import RequestState


@runtime_checkable
class Answering(Protocol):
    """Answers a permitted request with one reply."""

    async def answer(self, state: RequestState, scope: Scope, receive: Receive) -> Reply | None:
        """The reply; None if the client went away."""
        ...


#: the second streams its answer; it finds its state by `state_of`
Endpoint = Answering | ASGIApp
