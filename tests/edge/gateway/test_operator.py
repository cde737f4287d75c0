"""What the gateway tells its operator alone, from both sides of the door."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.app.compose import Application, compose
from gateway.app.composition import Composition
from gateway.cli.main import run
from gateway.load import load_document
from gateway.ops.audit_log import AuditLog
from gateway.settings import Settings
from gateway.spec.read import read_description
from tests.edge.gateway.wire import Pairs, Reply, call
from tests.unit.app.homes import settings_in
from token_service.store.engine import Engine

SONGS = Path(__file__).parents[2] / "corpus" / "documents" / "seed-songs.yaml"
LOCAL = (("host", "localhost:8000"),)
ADMIN = (("host", "localhost:9901"),)
HERE: dict[str, Any] = {"client": ("127.0.0.1", 5000), "server": ("127.0.0.1", 8000)}
THERE: dict[str, Any] = {"client": ("127.0.0.1", 5000), "server": ("127.0.0.1", 9901)}
FOREIGN: dict[str, Any] = {"client": ("192.0.2.9", 5000), "server": ("127.0.0.1", 8000)}
SECRETIVE = ["/-/metrics", "/-/explain?method=GET&path=/songs"]


def compose_in(settings: Settings, engine: Engine, **chosen: Any) -> Application:
    """The seeds' songs with examples for answers."""
    loaded = load_document(read_description(str(SONGS)), settings)
    composition = Composition(mocks=True, **chosen)
    return compose(loaded, settings, engine, composition=composition)


@pytest.fixture
def app(home: Path, engine: Engine) -> Application:
    """An application with one listener."""
    return compose_in(settings_in(home), engine)


@pytest.fixture
def parted(home: Path, engine: Engine) -> Application:
    """An application with a listener for `/-/`."""
    return compose_in(settings_in(home, admin_bind="127.0.0.1:9901"), engine)


def send(
    application: Application,
    target: str,
    headers: Pairs = LOCAL,
    *,
    method: str = "GET",
    **more: Any,
) -> Reply:
    return asyncio.run(call(application.served, method, target, headers, **{**HERE, **more}))


@pytest.mark.parametrize("target", SECRETIVE)
def test_local_requests_are_answered(app: Application, target: str) -> None:
    reply = send(app, target)

    assert reply.status == 200
    assert reply.header("cache-control") == "no-store"


@pytest.mark.parametrize("target", SECRETIVE)
@pytest.mark.parametrize(
    ("headers", "more"),
    [
        pytest.param(LOCAL, FOREIGN, id="another machine"),
        pytest.param((("host", "api.example:8000"),), {}, id="another name"),
        pytest.param((*LOCAL, ("x-forwarded-for", "127.0.0.1")), {}, id="a proxy"),
        pytest.param((*LOCAL, ("origin", "http://evil.example")), {}, id="a page elsewhere"),
        pytest.param((), {}, id="no host"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_others_are_told_what_unknown_paths_are_told(
    app: Application, target: str, headers: Pairs, more: dict[str, Any], method: str
) -> None:
    reply = send(app, target, headers, method=method, **more)
    unknown = send(app, "/-/nothing", headers, method=method, **more)

    assert reply.status == unknown.status == 404
    assert {**reply.json(), "instance": ""} == {**unknown.json(), "instance": ""}


@pytest.mark.parametrize("target", SECRETIVE)
def test_they_can_only_be_read(app: Application, target: str) -> None:
    assert send(app, target, method="POST").problem() == (405, "method-not-allowed")
    assert send(app, target, method="HEAD").body == b""


@pytest.mark.parametrize("target", ["/-/health", "/-/ready"])
def test_a_listener_for_admin_has_it_all_and_the_main_one_what_is_for_anyone(
    parted: Application, target: str
) -> None:
    for asked in SECRETIVE:
        assert send(parted, asked).status == 404
        assert send(parted, asked, ADMIN, **THERE).status == 200
    assert send(parted, "/-/matrix").status == 404
    assert send(parted, "/-/problems/not-found").status == 200
    assert send(parted, "/-/problems/not-found", ADMIN, **THERE).status == 200
    bare, whole = send(parted, target), send(parted, target, ADMIN, **THERE)
    assert bare.status == whole.status
    assert bare.body in {b"ok\n", b"not ready\n"}
    assert whole.json()["policy"]


@pytest.mark.parametrize(
    "target",
    ["/songs", "/", "/openapi.yaml", "/o/token/", "/accounts/login/", "/%2D/metrics", "/-", "*",
     "/-/../songs", "/-/%2e%2e/songs", "//-/metrics"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_a_listener_for_admin_serves_nothing_else(
    parted: Application, target: str, method: str
) -> None:
    assert send(parted, target, ADMIN, method=method, **THERE).status == 404


@pytest.mark.parametrize(
    "headers",
    [LOCAL, (("host", "api.example:9901"),), (), (*ADMIN, *ADMIN),
     (*ADMIN, ("origin", "http://evil.example"))],
)  # fmt: skip
def test_a_listener_for_admin_answers_to_its_own_name_alone(
    parted: Application, headers: Pairs
) -> None:
    assert send(parted, "/-/metrics", headers, **THERE).status == 404


def test_a_proxy_may_ask_the_listener_for_admin(parted: Application) -> None:
    assert send(parted, "/-/metrics", (*ADMIN, ("via", "1.1 sidecar")), **THERE).status == 200


def test_metrics_tell_of_requests(app: Application) -> None:
    token = app.tokens.mint("user:x", ["read"], client_id="c", ttl=60)
    bearer = ("authorization", f"Bearer {token}")
    for target, headers in (
        ("/songs", ()),
        ("/songs", (bearer,)),
        ("/songs", (bearer,)),
        ("/songs", (bearer,)),
        ("/x", ()),
    ):
        send(app, target, headers)

    text = send(app, "/-/metrics").body.decode()

    told = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert told["scopegate_decisions_total", "GET /songs", "deny", "no_credential"] == 1
    assert told["scopegate_decisions_total", "GET /songs", "matched", "permit"] == 3
    assert told["scopegate_answers_total", "2xx", "GET /songs"] == 3
    assert told["scopegate_answer_seconds_count", "GET /songs"] == 4
    assert told["scopegate_unrouted_total", "404"] == 1
    lookups = {kind: told["scopegate_token_lookups_total", kind] for kind in ("hit", "miss")}
    assert sum(lookups.values()) == 3
    assert lookups["hit"] >= 1
    assert lookups["miss"] >= 1
    assert told["scopegate_ruleset_info", app.document.policy.digest] == 1
    assert told["scopegate_ruleset_loads_total", "ok"] == 1
    assert token not in text


@pytest.mark.parametrize(
    ("query", "arguments"),
    [
        ("method=GET&path=/songs", ("GET", "/songs")),
        ("method=post&path=/songs&scope=post", ("POST", "/songs", "--scope", "post")),
        ("method=DELETE&path=/songs%3Fid=1&scope=", ("DELETE", "/songs?id=1", "--scope", "")),
        ("method=DELETE&path=/songs&scope=scope2+scope3",
         ("DELETE", "/songs", "--scope", "scope2 scope3")),
    ],
)  # fmt: skip
def test_explain_answers_as_the_command_does(
    app: Application, query: str, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    reply = send(app, f"/-/explain?{query}")
    run(["explain", str(SONGS), *arguments, "--format", "json"])

    printed = json.loads(capsys.readouterr().out)
    told = reply.json()
    assert reply.status == 200
    assert told.pop("policy") == app.document.policy.digest
    assert printed.pop("policy")
    assert told == printed


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 400, "Name the request"),
        ("method=GET", 400, "Name the request"),
        ("method=GET&path=/songs&path=/x", 400, "The parameter path is given twice."),
        ("method=GET&path=/songs&token=secret", 400, "The parameters are method, path, scope."),
        ("method=GET&path=/sogns", 404, "no operation is at /sogns; did you mean `/songs`?"),
        ("method=PATCH&path=/songs", 404, "/songs has no method PATCH"),
        ("method=GET&path=/-/metrics", 404, "is a path of the gateway itself"),
        ("&".join(["method=GET"] * 20), 400, ""),
        ("method=GET&path=%ff%00%0a", 404, "no operation is at"),
    ],
)
def test_explain_says_what_is_wrong_with_a_question(
    app: Application, query: str, status: int, words: str
) -> None:
    reply = send(app, f"/-/explain?{query}")

    assert reply.status == status
    assert words in reply.json()["detail"]
    assert "secret" not in reply.body.decode()


def test_health_and_readiness_tell_details_to_the_operator_alone(app: Application) -> None:
    for target in ("/-/health", "/-/ready"):
        whole, bare = send(app, target), send(app, target, (), **FOREIGN)

        assert whole.status == bare.status
        assert whole.json()["version"]
        assert bare.body in {b"ok\n", b"not ready\n"}
        assert send(app, target, method="POST").problem() == (405, "method-not-allowed")


async def _live(application: Application) -> list[Reply]:
    """Ask whether it is ready before, during and after its life, with a request in between."""
    events: asyncio.Queue[Any] = asyncio.Queue()
    done: asyncio.Queue[Any] = asyncio.Queue()
    scope: Any = {"type": "lifespan", "state": {}}

    async def ask(target: str) -> Reply:
        return await call(application.served, "GET", target, LOCAL, **HERE)

    async def serve() -> None:
        await application.served(scope, events.get, done.put)

    life = asyncio.create_task(serve())
    replies = [await ask("/-/ready")]
    await events.put({"type": "lifespan.startup"})
    await done.get()
    replies += [await ask("/-/ready"), await ask("/songs")]
    await events.put({"type": "lifespan.shutdown"})
    await life
    return [*replies, await ask("/-/ready"), await ask("/-/health")]


def test_it_is_ready_from_the_end_of_its_start_to_its_end_and_then_all_is_written(
    home: Path, engine: Engine
) -> None:
    application = compose_in(settings_in(home), engine, audit=AuditLog(home / "audit.log"))

    before, during, songs, after, health = asyncio.run(_live(application))

    assert (before.status, before.json()["faults"]) == (503, {"server": "starting"})
    assert (during.status, during.json()["faults"]) == (200, {})
    assert (after.status, after.json()["faults"]) == (503, {"server": "ending"})
    assert health.status == 200
    [line] = (home / "audit.log").read_text().splitlines()
    assert songs.status == 401
    assert json.loads(line)["request"] == songs.json()["instance"]
