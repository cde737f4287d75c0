"""Who a handler is told that calls: only what the matched alternative proves."""

import asyncio
from collections.abc import Callable
from typing import Any

from gateway.handler import MARK, Caller
from gateway.handler import operation as handles
from gateway.model import Principal, PrincipalKind, Proven, Refused, Uncheckable
from gateway.tokens.csrf import CsrfEvidence
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import (
    OAUTH,
    NobodyKnown,
    bearer,
    document,
    gateway,
    operation,
    settings_of,
)
from tests.unit.tokens.minting import ISSUER

TEXT = document({"/a": {"get": operation([{"oauth": ["read"]}, {}])}})


def answer(handler: Callable[..., Any], headers: Any = (), **more: Any) -> Reply:
    """What a handler of `GET /a` makes of a request."""
    marked = handler if hasattr(handler, MARK) else handles("GET /a")(handler)
    return asyncio.run(call(gateway(TEXT, marked, **more).app, "GET", "/a", headers))


def test_the_caller_is_what_the_matched_alternative_proves() -> None:
    seen: list[Caller] = []

    def handler(caller: Caller) -> None:
        seen.append(caller)

    answer(handler, bearer("read write"))
    answer(handler)
    answer(handler, bearer("write"))

    known = Caller(
        "user:0b0e",
        "user:0b0e",
        "client-1",
        scopes=frozenset({"read", "write"}),
        matched=1,
    )
    nobody = Caller(None, None, None, scopes=frozenset(), matched=2)
    assert seen == [known, nobody, nobody]


def test_a_clients_own_token_has_no_user() -> None:
    seen: list[Caller] = []

    def handler(caller: Caller) -> None:
        seen.append(caller)

    answer(handler, bearer("read", sub="client-1"))

    assert (seen[0].subject, seen[0].user, seen[0].client_id) == ("client-1", None, "client-1")


def test_a_foreign_subject_is_no_local_user_unless_the_binding_says_so() -> None:
    seen: list[Caller] = []

    def handler(caller: Caller) -> None:
        seen.append(caller)

    table = {"issuer": ISSUER, "jwks_uri": "https://issuer.example/jwks", "audience": "theirs"}
    for more in ({}, {"users": "local"}):
        settings = settings_of(schemes={"oauth": {**table, **more}})
        answer(handler, bearer("read", aud="theirs"), settings=settings)

    assert [(caller.subject, caller.user) for caller in seen] == [
        ("user:0b0e", None),
        ("user:0b0e", "user:0b0e"),
    ]


def test_a_public_operation_sees_no_caller_whatever_is_sent() -> None:
    seen: list[Caller] = []

    def handler(caller: Caller) -> None:
        seen.append(caller)

    text = document({"/a": {"get": operation()}})
    world = gateway(text, handles("GET /a")(handler))
    asyncio.run(call(world.app, "GET", "/a", bearer("read")))

    assert seen == [Caller(None, None, None, scopes=frozenset(), matched=None)]


def test_a_session_is_a_user_without_a_client() -> None:
    class OneSession(NobodyKnown):
        async def session(
            self, _cookie: str, _evidence: CsrfEvidence
        ) -> Proven | Refused | Uncheckable | None:
            return Proven(
                Principal(ISSUER, "user:alice", PrincipalKind.USER), is_local=True, by_cookie=True
            )

    schemes = {"oauth": OAUTH, "session": {"type": "apiKey", "in": "cookie", "name": "s"}}
    text = document({"/a": {"get": operation([{"session": []}])}}, schemes=schemes)
    seen: list[Caller] = []

    def handler(caller: Caller) -> None:
        seen.append(caller)

    world = gateway(
        text,
        handles("GET /a")(handler),
        credentials=OneSession(),
        settings=settings_of(schemes={"session": {"session": True}}),
    )
    asyncio.run(call(world.app, "GET", "/a", {"cookie": "s=x"}))

    assert (seen[0].user, seen[0].client_id, seen[0].matched) == ("user:alice", None, 1)
