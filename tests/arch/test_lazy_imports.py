"""No command loads what it does not need: the document commands no server, `serve` no pages."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.arch.sources import ROOT

#: not the demo's document, whose handlers `routes` looks for
SONGS = "tests/corpus/documents/seed-songs.yaml"
HEAVY = ("connexion", "sqlalchemy", "starlette", "uvicorn", "authlib", "alembic", "httpx")
#: what `serve` loads when somebody needs it: a first start, a PostgreSQL, the pages for staff
LATE = ("alembic", "mako", "psycopg", "sqladmin", "wtforms")
#: what libraries of `serve` name and it never calls
SPARED = ("requests", "charset_normalizer", "rich", "pygments", "httpx2")

_START = """
import json, sys
from gateway.cli.serve import load_serving
load_serving()
from gateway.app.compose import compose
from gateway.app.tokens import open_database
from gateway.cli.document import load_spec, settings_here
settings = settings_here({"spec": sys.argv[1], "home": sys.argv[2]})
compose(load_spec(settings), settings, open_database(settings))
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""

_PROBE = """
import json, sys
from gateway.cli.main import run
status = run(json.loads(sys.argv[1]))
sys.stdout.flush()
print(json.dumps([status, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        pytest.param(["--help"], 0, id="help"),
        pytest.param(["explain", SONGS, "POST", "/songs", "--scope", "post"], 1, id="explain"),
        pytest.param(["routes", SONGS], 0, id="routes"),
        pytest.param(["scopes-for", SONGS, "--all"], 0, id="scopes-for"),
        pytest.param(["reach", SONGS, "--scope", "read"], 0, id="reach"),
        pytest.param(["matrix", SONGS, "--format", "html"], 0, id="matrix"),
        pytest.param(["lint", SONGS], 1, id="lint"),
        pytest.param(["diff", SONGS, SONGS], 0, id="diff"),
        pytest.param(["log", "-"], 2, id="log"),
        pytest.param(["suggest", SONGS, SONGS], 0, id="suggest"),
        pytest.param(["settings"], 0, id="settings"),
    ],
)
def test_a_document_command_loads_no_server_and_no_database(
    arguments: list[str], status: int
) -> None:
    answered, loaded = _run(arguments)

    assert answered == status
    assert not set(HEAVY) & set(loaded)


def test_the_probe_sees_what_a_command_loads(tmp_path: Path) -> None:
    _, loaded = _run(["db", "upgrade", "--home", str(tmp_path)])

    assert "sqlalchemy" in loaded


def test_a_second_start_loads_neither_migrations_nor_other_databases_nor_the_pages_for_staff(
    tmp_path: Path,
) -> None:
    _run(["db", "upgrade", "--home", str(tmp_path)])

    loaded = _loaded_by_a_start(tmp_path)

    assert {"connexion", "sqlalchemy", "authlib"} <= loaded
    assert not set(LATE) & loaded


def test_a_second_start_loads_nothing_that_is_only_named(tmp_path: Path) -> None:
    _run(["db", "upgrade", "--home", str(tmp_path)])

    assert not set(SPARED) & _loaded_by_a_start(tmp_path)


def test_a_first_start_loads_the_migrations(tmp_path: Path) -> None:
    assert "alembic" in _loaded_by_a_start(tmp_path)


def test_a_document_command_makes_no_home(tmp_path: Path) -> None:
    home = tmp_path / "home"

    _run(["explain", SONGS, "GET", "/songs"], SCOPEGATE_HOME=str(home))
    _run(["routes", SONGS], SCOPEGATE_HOME=str(home))

    assert not home.exists()


def _run(arguments: list[str], **environment: str) -> tuple[int, list[str]]:
    """Run a command in a fresh interpreter; its status, and the packages it loaded."""
    status, loaded = _last_line(_PROBE, json.dumps(arguments), **environment)
    return status, loaded


def _loaded_by_a_start(home: Path) -> set[str]:
    """Put an application together in a fresh interpreter; the packages that were loaded."""
    return set(_last_line(_START, SONGS, str(home)))


def _last_line(program: str, *arguments: str, **environment: str) -> Any:
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env={"PATH": "", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ran.stdout.splitlines()[-1])
