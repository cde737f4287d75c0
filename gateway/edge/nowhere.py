"""What answers where no operation of a document is served: 404 for every path."""

from starlette.types import Receive, Scope, Send

from gateway.edge.problem import send_problem
from gateway.edge.routing_middleware import path_missing


async def nowhere(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer that the path is not there."""
    await send_problem(path_missing(), send)
