"""Two routers, one path: whatever is sent, the view that runs is the one of the operation decided.

The guard routes by the document, the framework by its own list. Spellings of paths are drawn at
random; each view says what it is, and the document is asked apart from the guard.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp, Message

from gateway.load import LoadedDocument, load_document
from gateway.routing.tree import Routed
from gateway.spec.model import OperationKey
from gateway.spec.read import read_description
from tests.e2e.guarded.django_project import project
from tests.e2e.guarded.fastapi_api import api
from tests.edge.gateway.test_guarded import guarded_by
from tests.edge.gateway.wire import Reply, scope_of
from tests.edge.gateway.world import bearer, settings_of

SPEC = Path(__file__).parents[1] / "e2e" / "guarded" / "openapi.yaml"
DOCUMENT: LoadedDocument = load_document(read_description(str(SPEC)), settings_of())

#: operation -> the views that may run for it
VIEWS: Mapping[str, Mapping[str, str]] = {
    "fastapi": {
        "GET /health": "health", "GET /people/": "people", "POST /people/": "add",
        "GET /people/{name}/": "person", "GET /pages/{name}/": "page",
        "GET /included/{name}/": "included",
    },
    "django": {
        "GET /health": "health", "GET /people/": "people", "POST /people/": "people",
        "GET /people/me/": "me", "GET /people/{name}/": "person",
        "DELETE /people/{name}/": "person",
        "GET /pages/{name}/": "page", "GET /included/{name}/": "page",
    },
}  # fmt: skip
APPLICATIONS: Mapping[str, ASGIApp] = {
    "fastapi": guarded_by(api, DOCUMENT),
    "django": guarded_by(project, DOCUMENT),
}

words = st.sampled_from(["people", "me", "ann", "pages", "secret", "health", "included", "unknown"])
#: the same text otherwise, or nearly the same
twists = st.sampled_from(
    [
        lambda t: t.upper(), lambda t: t.lower(), lambda t: t.title(),
        lambda t: "".join(f"%{ord(c):02x}" for c in t), lambda t: f"%{ord(t[0]):02X}{t[1:]}",
        lambda t: t + "%0A", lambda t: t + "%0D", lambda t: t + "%20", lambda t: t + "%2F",
        lambda t: t + "%252F", lambda t: t + ";a=b", lambda t: t + "%3B", lambda t: t + ".",
        lambda t: t + "%00", lambda t: t + "\\", lambda t: "%2e%2e%2f" + t, lambda t: t + "%3F",
        lambda t: t + "%23", lambda t: t + "%E2%80%A8", lambda t: t + "%C2%85", lambda t: t + "%25",
    ]
)  # fmt: skip
twisted = st.builds(lambda twist, word: twist(word), twists, words)
segments = st.one_of(
    words, words, words, twisted, st.sampled_from(["", ".", "..", "%2e", "%2E%2e"])
)
targets = st.lists(segments, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from(["", "/", "//", "/."]).map(
        lambda end: "/" + "/".join(parts) + end
    )
)
methods = st.sampled_from(["GET", "GET", "GET", "POST", "HEAD", "DELETE", "get", "PUT"])


@pytest.mark.parametrize("framework", APPLICATIONS)
@settings(max_examples=300, deadline=None)
@example(target="/pages/secret/", method="GET", root_path="")
@example(target="/people/me/", method="GET", root_path="")
@example(target="/people/ME/", method="GET", root_path="")
@example(target="/pages/people/", method="GET", root_path="/pages")
@given(target=targets, method=methods, root_path=st.sampled_from(["", "", "", "/people", "/pages"]))
def test_the_view_that_runs_is_the_one_decided_on(
    framework: str, target: str, method: str, root_path: str
) -> None:
    reply = _send(framework, method, target, root_path=root_path)

    ran = _view(reply)
    route = DOCUMENT.table.route(method, target.encode("ascii"))
    if ran is None:
        return
    assert root_path == ""
    assert isinstance(route, Routed)
    assert ran == VIEWS[framework][_as_get(route.operation, method)]


@pytest.mark.parametrize("framework", APPLICATIONS)
@pytest.mark.parametrize(
    "target", ["/health", "/people/", "/people/ann/", "/pages/%61nn/", "/included/ann/"]
)
def test_the_views_do_run(framework: str, target: str) -> None:
    assert _view(_send(framework, "GET", target)) is not None


def _send(framework: str, method: str, target: str, **more: Any) -> Reply:
    """One request of a client who stays; Django does not answer one that has gone."""
    headers = {**bearer("read write admin"), "host": "localhost"}
    reply = Reply()

    async def run() -> None:
        asked: Iterator[Message] = iter(
            [{"type": "http.request", "body": b"{}", "more_body": False}]
        )

        async def receive() -> Message:
            message = next(asked, None)
            return await asyncio.Future() if message is None else message

        async def send(message: Message) -> None:
            reply.messages.append(message)

        scope = scope_of(method, target, headers, **more)
        await APPLICATIONS[framework](scope, receive, send)

    asyncio.run(run())
    return reply


def _view(reply: Reply) -> str | None:
    """The view that ran; None: none did."""
    try:
        told = json.loads(reply.body)
    except ValueError:
        return None
    return told.get("handler") if isinstance(told, dict) else None


def _as_get(operation: OperationKey, method: str) -> str:
    return operation if method != "HEAD" else operation.replace("HEAD ", "GET ")
