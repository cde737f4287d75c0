"""The editor of a real server, asked without a browser: workers, a listener of its own, the log."""

import re
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.e2e.conftest import Serve
from tests.e2e.servers import SONGS, Server
from tests.e2e.test_reload import until
from tests.e2e.wire import Reply, exchange, send_raw

TEXT = SONGS.read_text("utf-8")
OPENED = TEXT.replace("- song_auth: [delete]", "- {}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "songs.yaml"
    file.write_text(TEXT, "utf-8")
    return file


def key_of(server: Server) -> str:
    found = re.search(r"editor#key=(\S+)", server.said)
    assert found, server.story()
    return found[1]


def ask(
    server: Server, method: str, path: str, text: str = "", *, port: int = 0, **more: str
) -> Reply:
    """A request as the page sends it."""
    at = port or server.port
    own: Mapping[str, str] = {
        "Host": f"localhost:{at}",
        "Origin": f"http://localhost:{at}",
        "Content-Type": "application/yaml",
        "X-Editor-Key": key_of(server),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    body = text.encode()
    lines = {**own, "Content-Length": str(len(body)), "Connection": "close"}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return send_raw(at, f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)


def test_every_worker_knows_the_key_and_a_save_rules_in_all_of_them(
    serve: Serve, file: Path
) -> None:
    server = serve(file, "--mock", "--reload", "--workers", "2")

    tried = [ask(server, "POST", "/-/editor/try", OPENED).status for _ in range(8)]
    etag = exchange(server.port, "GET", "/-/editor/document").header("etag")
    saved = ask(server, "PUT", "/-/editor/document", OPENED, If_Match=etag)

    assert tried == [200] * 8
    assert saved.status == 200, saved.body
    until(lambda: {server.call("DELETE", "/songs?id=1").status for _ in range(8)} == {200}, server)
    assert server.call("GET", "/-/metrics").status == 200
    assert key_of(server) not in server.complaints
    for path in server.home.rglob("*"):
        if path.is_file() and key_of(server).encode() in path.read_bytes():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    server.stop()
    assert not [p for p in server.home.rglob("*") if p.is_file() and "editor" in p.name]
    log = server.home / "audit.log"
    assert log.read_text("ascii").count('"event": "document.saved"') == 1
    assert server.run("suggest", str(log)).returncode == 0


def test_without_reload_there_is_no_editor_and_the_start_says_how_to_get_it(
    serve: Serve, file: Path
) -> None:
    server = serve(file, "--mock")

    assert "/editor off (--reload)" in server.said
    assert "key=" not in server.said
    for path in ("/editor", "/-/editor/", "/-/editor/document", "/-/editor/try"):
        assert server.call("GET", path).status == 404


def test_with_a_listener_of_its_own_the_editor_is_there_alone(serve: Serve, file: Path) -> None:
    environment = {"SCOPEGATE_ADMIN_BIND": "127.0.0.1:0"}
    server = serve(file, "--mock", "--reload", environment=environment)
    found = re.search(r"http://127\.0\.0\.1:(\d+)/-/editor#key=", server.said)
    assert found, server.story()
    port = int(found[1])

    assert server.call("GET", "/editor").status == 404
    assert server.call("GET", "/-/editor").status == 404
    assert exchange(port, "GET", "/-/editor").status == 200
    assert ask(server, "POST", "/-/editor/try", OPENED).status == 404
    assert ask(server, "POST", "/-/editor/try", OPENED, port=port).status == 200


def test_an_operation_of_the_document_at_the_same_path_comes_first(
    serve: Serve, file: Path
) -> None:
    file.write_text(TEXT.replace("  /songs:", "  /editor:"), "utf-8")

    server = serve(file, "--mock", "--reload")

    assert "/-/editor#key=" in server.said
    assert server.call("GET", "/editor").status == 401
    assert server.call("GET", "/-/editor/").status == 200
