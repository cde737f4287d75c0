"""What the connections of one server have in common."""

import asyncio

from uvicorn.server import ServerState

from gateway.edge.wire.at_once import AtOnce
from gateway.edge.wire.outbox import Outbox

#: where uvicorn's server keeps it for us
_KEY = "scopegate_shared"


class Shared:
    """Takes first steps, and writes answers together."""

    __slots__ = ("first_steps", "outbox")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.first_steps = AtOnce(loop)
        self.outbox = Outbox(loop)


def shared_by(state: ServerState, loop: asyncio.AbstractEventLoop) -> Shared:
    """What is shared by the connections of a server; made with the first of them."""
    if _KEY not in vars(state):
        setattr(state, _KEY, Shared(loop))
    shared: Shared = vars(state)[_KEY]
    return shared
