"""The database is locked or away: 503 with Retry-After, and nothing has been consumed."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.e2e.judges.flow import begin
from tests.e2e.judges.live import POSTGRESQL, Live, live_demo, own_database
from tests.e2e.relay import Relay, relaying

pytestmark = pytest.mark.proof


@dataclass
class Breakable:
    """A server, and what takes its database away for as long as a block runs."""

    live: Live
    away: Callable[[], AbstractContextManager[None]]


@pytest.fixture(
    params=[
        "sqlite locked",
        pytest.param("postgresql locked", marks=POSTGRESQL),
        pytest.param("postgresql away", marks=POSTGRESQL),
    ]
)
def breakable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Breakable]:
    """The demo on a database that can be taken away."""
    kind, fault = request.param.split()
    with ExitStack() as stack:
        database = stack.enter_context(own_database(kind))
        url = database.get(
            "SCOPEGATE_DATABASE_URL", f"sqlite:///{tmp_path / 'home' / 'scopegate.db'}"
        )
        away = {"sqlite": lambda: locked_sqlite(url), "postgresql": lambda: locked_postgresql(url)}[
            kind
        ]
        if fault == "away":
            relay, through = through_relay(stack, url)
            database, away = {"SCOPEGATE_DATABASE_URL": through}, relay.cut
        live = stack.enter_context(live_demo(tmp_path, database))
        yield Breakable(live, away)


def test_a_refresh_token_and_a_code_survive_a_database_that_is_away(breakable: Breakable) -> None:
    flow = begin(breakable.live)
    token = flow.exchange(flow.code()).json()["refresh_token"]
    code = flow.code()

    with breakable.away(), ThreadPoolExecutor() as pool:
        refused = list(pool.map(lambda spend: spend(), [
            lambda: flow.refresh(token),
            lambda: flow.exchange(code),
        ]))  # fmt: skip
    refreshed, exchanged = flow.refresh(token), flow.exchange(code)

    for answer in refused:
        assert (answer.status, answer.json()["error"]) == (503, "temporarily_unavailable")
        assert int(answer.header("retry-after")) > 0
        assert answer.header("cache-control") == "no-store"
    assert (refreshed.status, exchanged.status) == (200, 200)


@contextmanager
def locked_sqlite(url: str) -> Iterator[None]:
    """Somebody else writes, for longer than one waits for a turn."""
    connection = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@contextmanager
def locked_postgresql(url: str) -> Iterator[None]:
    """Somebody else changes the tables."""
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE refresh_tokens, authorization_codes, grants"))
        yield
        connection.rollback()
    engine.dispose()


def through_relay(stack: ExitStack, url: str) -> tuple[Relay, str]:
    """The database behind a line that can be cut, and its URL there."""
    there = make_url(url)
    relay = stack.enter_context(relaying(there.host or "127.0.0.1", there.port or 5432))
    here = there.set(host="127.0.0.1", port=relay.port)
    return relay, here.render_as_string(hide_password=False)
