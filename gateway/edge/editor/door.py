"""The door before the editor: for local requests, like the others, but for two that name Origin."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.doors import Doors
from gateway.edge.editor.statics import FRAME_FILES
from gateway.edge.problem import problem_reply
from gateway.edge.reply import send_reply
from gateway.edge.routing_middleware import path_missing

_READ = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class EditorDoor:
    """Closed by default: who is not let in is told what unknown paths are told.

    An Origin that is not ours closes the door, save to a change, which is then refused with the
    reason, and to the files of the frame: it has an origin of its own, `null`, and they are the
    same for everybody.
    """

    doors: Doors
    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a local request in."""
        if self.doors.lets_in(_judged(scope)):
            await self.app(scope, receive, send)
        else:
            await send_reply(problem_reply(path_missing()), send)


def behind(doors: Doors, applications: Mapping[str, ASGIApp]) -> Mapping[str, ASGIApp]:
    """Applications, by path, behind the door."""
    return {path: EditorDoor(doors, app) for path, app in applications.items()}


def _judged(scope: Scope) -> Scope:
    if scope["method"] in _READ and scope["path"] not in FRAME_FILES:
        return scope
    others = [(name, value) for name, value in scope["headers"] if name.lower() != b"origin"]
    return {**scope, "headers": others}
