"""One request by the short way, cold and warm and without a task, and through Connexion's rooms."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.edge.entry import Entry
from gateway.edge.planned import Permitted
from gateway.edge.reply import send_reply
from tests.edge.gateway.wire import Pairs, Reply, call


@dataclass(frozen=True, slots=True)
class BothWays:
    """Applications over one document that must answer alike."""

    short: ASGIApp
    at_once: ASGIApp
    long: ASGIApp


def both_ways(entry: Entry, around: Callable[[ASGIApp], ASGIApp] | None = None) -> BothWays:
    """The ways into an entry; `around` is put around each, as a server would."""
    long = Entry(replace(entry.served, through_frame=True), token_service=entry.token_service)
    at_once = AtOnce(entry)
    if around is None:
        return BothWays(entry, at_once, long)
    return BothWays(around(entry), around(at_once), around(long))


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Asks for the answer first, as our own server does."""

    entry: Entry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()
        while (message := await receive()).get("more_body"):
            body += message["body"]
        body += message.get("body", b"")
        reply = self.entry.answer_now(scope, bytes(body) or None)
        if isinstance(reply, tuple):
            await send_reply(reply, send)
        elif isinstance(reply, Permitted):
            begun = reply.begin(receive)
            later = begun if isinstance(begun, tuple) else await begun
            assert later is not None
            await send_reply(later, send)
        else:
            await reply(scope, _again(bytes(body)), send)


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def ask_both_ways(
    ways: BothWays,
    method: str,
    target: str,
    headers: Mapping[str, str] | Pairs = (),
    *,
    body: bytes = b"",
) -> tuple[Any, list[Any]]:
    """What the long way answers, and what each of the others does, fit to be compared."""

    async def seen(app: ASGIApp) -> Any:
        return _comparable(await call(app, method, target, headers, body=body))

    others = [ways.short, ways.short, ways.at_once, ways.at_once]
    return await seen(ways.long), [await seen(app) for app in others]


def _comparable(reply: Reply) -> Any:
    """Status, headers in their order and body; the id of a request is its own."""
    body: Any = reply.body
    if reply.all("content-type") == ["application/problem+json"] and body:
        body = json.loads(body)
        assert body.pop("instance").startswith("urn:uuid:")
    return reply.status, reply.headers, body
