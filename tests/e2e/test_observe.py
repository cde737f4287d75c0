"""Looking on: everything is decided, logged and counted, and nothing is refused."""

import json
import re
from pathlib import Path

import pytest

from tests.e2e.backend import Backend
from tests.e2e.fronted import DOCUMENT, SETTINGS
from tests.e2e.fronts import Front
from tests.e2e.servers import Server, run


@pytest.fixture(scope="module")
def observing(front: Front) -> Server:
    return front("--observe")


def _identity(backend: Backend) -> dict[bytes, bytes]:
    headers = backend.only().headers
    return {name: value for name, value in headers if name.startswith(b"x-auth-")}


def test_it_says_so_at_the_start_and_where_it_is_asked(observing: Server) -> None:
    ready = observing.call("GET", "/-/ready")

    assert "OBSERVE: nothing is refused; would-be refusals are logged" in observing.said
    assert "without security (would be 403): GET /hooks (fronted.yaml:" in observing.said
    assert ready.json()["observing"] is True


@pytest.mark.parametrize(
    ("method", "target", "scope", "reason"),
    [
        pytest.param("GET", "/v2/songs", None, b"no_credential", id="no token"),
        pytest.param("GET", "/v2/songs", "write", b"insufficient_scope", id="other scopes"),
        pytest.param("GET", "/v2/hooks", None, b"undeclared_security", id="no security declared"),
        pytest.param("GET", "/v2/nowhere", None, b"unknown_operation", id="no such path"),
        pytest.param("GET", "/", None, b"unknown_operation", id="a page of ours"),
        pytest.param("GET", "/docs", "read", b"unknown_operation", id="another page of ours"),
        pytest.param("PATCH", "/v2/songs", "write", b"unknown_operation", id="no such method"),
        pytest.param("OPTIONS", "/v2/songs", None, b"unknown_operation", id="options"),
        pytest.param("GET", "/v2/open/a%2Fb", None, b"unknown_operation", id="an encoded slash"),
        pytest.param("GET", "/v2//songs/../x;y", None, b"unknown_operation", id="an odd path"),
    ],
)
def test_what_would_be_refused_goes_on_without_a_name(
    method: str, target: str, scope: str | None, reason: bytes, observing: Server, backend: Backend
) -> None:
    token = None if scope is None else observing.token(scope)

    reply = observing.call(method, target, token=token, headers=[("X-Auth-Subject", "made-up")])

    assert reply.status == 200
    assert backend.only().line == f"{method} {target} HTTP/1.1".encode()
    assert _identity(backend) == {b"x-auth-would-deny": reason}


def test_a_token_that_is_not_valid_is_left_to_the_backend(
    observing: Server, backend: Backend
) -> None:
    reply = observing.call("GET", "/v2/songs", token="made.up.token")

    assert reply.status == 200
    assert _identity(backend) == {b"x-auth-would-deny": b"invalid_credential"}
    assert backend.only().all(b"authorization") == [b"Bearer made.up.token"]


def test_what_is_permitted_goes_on_as_it_would(observing: Server, backend: Backend) -> None:
    observing.call("GET", "/v2/songs", token=observing.token("read"))

    identity = _identity(backend)
    assert b"x-auth-would-deny" not in identity
    assert identity[b"x-auth-scope"] == b"read"


def test_the_answer_to_a_caller_who_would_be_refused_stays_out_of_shared_caches(
    observing: Server, backend: Backend
) -> None:
    reply = observing.call("GET", "/v2/songs")

    assert reply.header("cache-control") == "private, no-cache"
    assert reply.header("vary") == "Authorization"


@pytest.mark.parametrize(
    "body", [{"name": "x"}, {"title": "x" * (1 << 20)}], ids=["unfit", "large"]
)
def test_a_request_that_does_not_fit_goes_on_too(
    body: object, observing: Server, backend: Backend
) -> None:
    token = observing.token("write")

    reply = observing.call("POST", "/v2/songs?limit=many", token=token, json=body)

    assert reply.status == 200
    assert json.loads(backend.only().body) == body
    assert "the request would be refused: 4" in observing.complaints


def test_credentials_that_nothing_here_could_check_are_left_to_the_backend(
    observing: Server, backend: Backend
) -> None:
    headers = [
        ("X-API-Key", "theirs"), ("Cookie", "sid=ours; key_cookie=theirs"),
        ("Authorization", "Basic YTpi"),
    ]  # fmt: skip

    observing.call("GET", "/v2/open?api_key=theirs", headers=headers)

    arrived = backend.only()
    assert arrived.all(b"x-api-key") == [b"theirs"]
    assert arrived.all(b"cookie") == [b"key_cookie=theirs"]
    assert arrived.all(b"authorization") == [b"Basic YTpi"]
    assert arrived.target == b"/v2/open?api_key=theirs"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT"])
def test_a_trace_and_a_tunnel_are_never_sent_on(
    method: str, observing: Server, backend: Backend
) -> None:
    target = "/v2/open" if method == "TRACE" else "example.com:443"

    assert observing.call(method, target).status in {400, 405}
    assert backend.arrived == []


def test_paths_of_the_gateways_own_stay_its_own(observing: Server, backend: Backend) -> None:
    assert observing.call("GET", "/o/.well-known/jwks.json").status == 200
    assert observing.call("GET", "/-/nothing").status == 404
    assert backend.arrived == []


def test_would_be_refusals_are_told_written_down_and_counted(
    front: Front, backend: Backend
) -> None:
    backend.answer = b"HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n"
    server = front("--observe")
    client = server.client["client_id"]

    reply = server.call("GET", "/v2/songs", token=server.token("write"))
    metrics = server.call("GET", "/-/metrics").body.decode()
    server.stop()

    complaints = server.complaints
    lines = [json.loads(line) for line in _audit(server) if '"decision"' in line]

    assert reply.status == 418
    told = rf"\d\d:\d\d:\d\d  418 \(would be 403\)  GET    /v2/songs   lacks read   client {client}"
    assert re.search(told, complaints)
    [line] = lines
    assert (line["effect"], line["reason"], line["observed"]) == (
        "deny",
        "insufficient_scope",
        True,
    )
    assert (line["client"], line["scopes"]) == (client, ["write"])
    labels = 'operation="GET /songs",effect="deny",reason="insufficient_scope"'
    assert f"scopegate_decisions_total{{{labels}}} 1" in metrics
    assert "\nscopegate_observing 1\n" in metrics


def _audit(server: Server) -> list[str]:
    return (server.home / "audit.log").read_text("utf-8").splitlines()


def test_where_nothing_is_declared_it_is_written_down_what_callers_held(
    front: Front, backend: Backend
) -> None:
    server = front("--observe")

    server.call("GET", "/v2/hooks", token=server.token("read"))
    server.call("GET", "/v2/hooks", token="made.up.token")
    server.stop()
    lines = [json.loads(line) for line in _audit(server) if '"decision"' in line]

    assert backend.arrived
    assert [line["reason"] for line in lines] == ["undeclared_security"] * 2
    assert [line["scopes"] for line in lines] == [["read"], []]


def test_nobody_looks_on_without_knowing(shared_backend: Backend, tmp_path: Path) -> None:
    (tmp_path / "fronted.yaml").write_text(DOCUMENT, "utf-8")
    (tmp_path / "mine.py").write_text(
        "from scopegate import operation\n\n\n@operation('open')\ndef answer():\n    return 1\n",
        "utf-8",
    )
    front = ("serve", "fronted.yaml", "--check", "--upstream", shared_backend.url)

    by_environment = run(*front, folder=tmp_path, environment={"SCOPEGATE_OBSERVE": "on"})
    without_upstream = run("serve", "fronted.yaml", "--check", "--observe", folder=tmp_path)
    with_handlers = run(*front, "--observe", "--handlers", "mine", folder=tmp_path)
    (tmp_path / "scopegate.toml").write_text("observe = true\n" + SETTINGS, "utf-8")
    by_file = run(*front, folder=tmp_path)
    settings = run(
        "settings", folder=tmp_path, environment={"SCOPEGATE_UPSTREAM": shared_backend.url}
    )

    assert by_environment.returncode == 2
    assert "SCOPEGATE_OBSERVE: is never taken from the environment" in by_environment.stderr
    assert (without_upstream.returncode, with_handlers.returncode) == (2, 2)
    assert "add --upstream" in without_upstream.stderr
    assert "--observe: --handlers mine would answer" in with_handlers.stderr
    assert by_file.returncode == 0
    assert "OBSERVE: nothing is refused" in by_file.stdout
    assert re.search(r"SCOPEGATE_OBSERVE +on  \(scopegate.toml\)", settings.stdout)


def test_without_the_flag_everything_is_refused_as_ever(front: Front, backend: Backend) -> None:
    server = front()

    statuses = [server.call("GET", path).status for path in ("/v2/songs", "/v2/hooks", "/v2/x")]
    ready = server.call("GET", "/-/ready").json()

    assert statuses == [401, 403, 404]
    assert ready["observing"] is False
    assert backend.arrived == []
