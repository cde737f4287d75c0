"""Another document takes the place of the one that rules: what is kept, what goes, what refuses."""

import asyncio
import gc
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.app.compose import Application, compose
from gateway.app.composition import Composition
from gateway.errors import HandlerError, SettingsError
from gateway.load import LoadedDocument, load_document
from gateway.spec.model import OperationKey, SchemeName
from gateway.watch import Sinks
from tests.edge.gateway.wire import call
from tests.edge.gateway.world import Decisions, document, operation, read
from tests.unit.app.homes import settings_in
from token_service.store.engine import Engine

PUBLIC = document({"/a": {"get": operation([], operationId="getA")}})
CLOSED = document({"/a": {"get": operation([{"oauth": ["read"]}], operationId="getA")}})
NO_SCHEME = document({"/a": {"get": operation([])}})
del NO_SCHEME["components"]
INTROSPECTED = {
    "oauth": {
        "issuer": "https://issuer.example",
        "introspection_url": "https://issuer.example/introspect",
        "client_id": "gateway",
        "client_secret": "secret of the gateway",
        "audience": "api",
    }
}
HANDLER = "from scopegate import operation\n\n\n@operation('getA')\ndef get_a():\n    return 1\n"
#: so many that one object or thread left behind by each would show
_RELOADS = 100


def composed(
    home: Path,
    engine: Engine,
    text: Mapping[str, Any],
    composition: Composition | None = None,
    schemes: Mapping[str, Any] | None = None,
) -> Application:
    settings = settings_in(home, schemes=schemes)
    return compose(load_document(read(text), settings), settings, engine, composition=composition)


def reload(application: Application, text: Mapping[str, Any]) -> None:
    loaded = load_document(read(text), application.serving.settings)
    application.reloading.swap(application.reloading.build(loaded))


def status(application: Application) -> int:
    return asyncio.run(call(application.asgi, "GET", "/a")).status


def test_who_looks_on_knows_the_document_of_the_moment(home: Path, engine: Engine) -> None:
    seen: list[tuple[LoadedDocument, Decisions]] = []

    def look_on(loaded: LoadedDocument) -> Sinks:
        seen.append((loaded, Decisions()))
        return (seen[-1][1],)

    application = composed(home, engine, PUBLIC, Composition(mocks=True, sinks_for=look_on))
    statuses = [status(application)]
    reload(application, CLOSED)
    statuses.append(status(application))

    assert statuses == [200, 401]
    assert [len(decisions.told) for _, decisions in seen] == [1, 1]
    for loaded, decisions in seen:
        assert decisions.told[0].policy == loaded.policy.digest


def test_pages_for_staff_have_the_title_of_the_moment(home: Path, engine: Engine) -> None:
    application = composed(home, engine, PUBLIC)

    reload(application, {**CLOSED, "info": {"title": "Renamed music", "version": "2"}})
    refused = asyncio.run(call(application.asgi, "POST", "/admin/"))

    assert refused.status == 403
    assert b"Renamed music" in refused.body


def test_the_cookie_of_login_sessions_keeps_its_name(home: Path, engine: Engine) -> None:
    def with_cookie(name: str) -> Mapping[str, Any]:
        text = document({"/a": {"get": operation([{"login": []}])}})
        text["components"]["securitySchemes"]["login"] = {
            "type": "apiKey", "in": "cookie", "name": name,
        }  # fmt: skip
        return text

    bound = {"login": {"session": True}}
    application = composed(home, engine, with_cookie("sid"), schemes=bound)
    before = application.asgi.served

    reload(application, with_cookie("sid"))
    same = application.asgi.served
    with pytest.raises(SettingsError, match="cannot become `other` while `sid` is in use; restart"):
        reload(application, with_cookie("other"))

    assert same is not before
    assert application.asgi.served is same


def test_an_issuer_that_is_still_trusted_is_asked_by_the_same(home: Path, engine: Engine) -> None:
    application = composed(home, engine, PUBLIC, schemes=INTROSPECTED)
    before = application.asgi.served.ruleset

    reload(application, CLOSED)

    after = application.asgi.served.ruleset
    assert after is not before
    scheme, key = SchemeName("oauth"), OperationKey("GET /a")
    assert after.bearers[scheme].introspector is before.bearers[scheme].introspector is not None
    assert after.looks[key].tokens is not before.looks[key].tokens


def test_an_issuer_that_nobody_trusts_any_more_gets_its_connection_back(
    home: Path, engine: Engine
) -> None:
    async def run() -> tuple[bool, bool]:
        closed = asyncio.Event()

        async def introspect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            body = b'{"active": false}'
            head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            writer.write(head.encode() % len(body) + body)
            while await reader.read(4096):
                pass
            writer.close()
            closed.set()

        server = await asyncio.start_server(introspect, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        asked = {**INTROSPECTED["oauth"], "introspection_url": f"http://127.0.0.1:{port}/"}
        application = composed(home, engine, CLOSED, schemes={"oauth": asked})
        await application.reloading.start()
        token = {"authorization": "Bearer opaque"}
        refused = (await call(application.asgi, "GET", "/a", token)).status
        await asyncio.to_thread(reload, application, NO_SCHEME)
        await asyncio.sleep(0)
        was_open = not closed.is_set()
        await application.reloading.stop()
        await asyncio.wait_for(closed.wait(), 10)
        server.close()
        await server.wait_closed()
        return refused == 401, was_open

    assert asyncio.run(run()) == (True, True)


def test_handlers_go_on_in_the_threads_they_had(
    home: Path, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "handlers_of_reload.py").write_text(HANDLER, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    application = composed(home, engine, PUBLIC, Composition(handlers="handlers_of_reload"))
    status(application)
    threads = threading.active_count()

    statuses = set()
    for _ in range(20):
        reload(application, document({"/a": {"get": operation([], operationId="getA")}}))
        statuses.add(status(application))

    assert statuses == {200}
    assert threading.active_count() <= threads + 7  # they are started until there are eight
    with pytest.raises(HandlerError, match="getA"):
        reload(application, document({"/a": {"get": operation([], operationId="other")}}))
    assert status(application) == 200


def test_nothing_of_a_document_stays_when_others_have_followed(home: Path, engine: Engine) -> None:
    application = composed(home, engine, PUBLIC, Composition(mocks=True))

    def objects_after(reloads: int) -> int:
        for number in range(reloads):
            reload(application, PUBLIC if number % 2 else CLOSED)
            status(application)
        gc.collect()
        return len(gc.get_objects())

    before, threads = objects_after(10), threading.active_count()

    assert objects_after(_RELOADS) - before < _RELOADS
    assert threading.active_count() <= threads
