"""A server that is killed while it gives tokens has lost nothing that it acknowledged."""

import random
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.e2e.judges.flow import Flow, begin
from tests.e2e.judges.live import BOTH, Live, live_demo, own_database
from tests.e2e.wire import Reply

pytestmark = pytest.mark.proof

_KILLS = 10
_FAMILIES = 4
_CODES = 2
_LIVING = text(
    "SELECT count(*) FROM refresh_tokens WHERE used_at IS NULL GROUP BY grant_id"
    " HAVING count(*) > 1"
)


@dataclass
class Home:
    """What stays when the server is killed: its folder, database, port, and who has tokens."""

    folder: Path
    database: Mapping[str, str]
    port: str = "0"
    #: of each family, the refresh token that was acknowledged last
    tokens: list[str] = field(default_factory=list)


@dataclass
class Spender:
    """Somebody who spends one token or code after the other, until nobody answers any more."""

    flow: Flow
    #: what he has, spent from the front; what an acknowledged answer brings goes to the end
    tokens: list[str]
    codes: list[str]
    answered: threading.Semaphore
    #: sent, and never answered: spent or not, nobody knows
    doubtful: list[str] = field(default_factory=list)
    refusals: list[Reply] = field(default_factory=list)

    def run(self) -> None:
        while self.codes or self.tokens:
            spend, left = (
                (self.flow.exchange, self.codes) if self.codes else (self.flow.refresh, self.tokens)
            )
            given = left.pop(0)
            try:
                answer = spend(given)
                told = answer.json()
            except (OSError, ValueError, IndexError):  # cut off before or within the answer
                self.doubtful.append(given)
                return
            if answer.status != 200:
                self.refusals.append(answer)
                return
            self.tokens.append(told["refresh_token"])
            self.answered.release()


@pytest.fixture(params=BOTH)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    """A folder and a database that outlive the servers."""
    with own_database(request.param) as database:
        yield Home(tmp_path, database)


def test_kill_in_a_loop_of_refreshes_and_code_exchanges_loses_nothing(home: Home) -> None:
    chance = random.Random(0)
    with ExitStack() as stack:
        live = stack.enter_context(live_demo(home.folder, home.database))
        flow, tokens = begin(live), list[str]()

        for _ in range(_KILLS):
            while len(tokens) < _FAMILIES:
                tokens.append(renewed(flow.exchange(flow.code())))
            codes = [flow.code() for _ in range(_CODES)]
            spenders = spend_until_killed(flow, tokens, codes, chance=chance)
            live, flow = restart(stack, home, live, flow)
            doubtful = [each for spender in spenders for each in spender.doubtful]
            assert [r.body for spender in spenders for r in spender.refusals] == []

            # What nobody was told of may have happened or not; then it is refused, and no more.
            for given in doubtful:
                again = flow.exchange(given) if given in codes else flow.refresh(given)
                assert again.status == 200 or again.json()["error"] == "invalid_grant"
            # Everything acknowledged is there.
            kept = [token for spender in spenders for token in spender.tokens]
            unspent = [code for spender in spenders for code in spender.codes]
            tokens = [renewed(flow.refresh(token)) for token in kept][-_FAMILIES:]
            for code in unspent:
                renewed(flow.exchange(code))
            assert len(kept) + len(unspent) + len(doubtful) == _FAMILIES + _CODES
            assert len(doubtful) <= len(spenders)
            assert families_with_two_living_tokens(live) == []


def spend_until_killed(
    flow: Flow, tokens: list[str], codes: list[str], *, chance: random.Random
) -> list[Spender]:
    """Three at work at once, and the server killed at some moment."""
    answered = threading.Semaphore(0)
    spenders = [
        Spender(flow, tokens[0::2], [], answered),
        Spender(flow, tokens[1::2], [], answered),
        Spender(flow, [], codes, answered),
    ]
    threads = [threading.Thread(target=spender.run) for spender in spenders]
    for thread in threads:
        thread.start()
    for _ in range(chance.randrange(1, 40)):
        assert answered.acquire(timeout=20)
    process = flow.live.server.process
    try:
        process.wait(chance.uniform(0, 0.02))
    except subprocess.TimeoutExpired:
        process.kill()
    process.wait()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    return spenders


def restart(stack: ExitStack, home: Home, live: Live, flow: Flow) -> tuple[Live, Flow]:
    """The same server again, on the same port; its demo's passwords were told by the first."""
    port = ("--port", str(live.server.port))
    again = stack.enter_context(live_demo(home.folder, home.database, *port))
    person = replace(flow.person, server=again.server)
    return again, replace(flow, live=again, person=person)


def renewed(answer: Reply) -> str:
    """The refresh token of an answer, which has to be one."""
    assert answer.status == 200, answer.body
    successor: str = answer.json()["refresh_token"]
    return successor


def families_with_two_living_tokens(live: Live) -> list[int]:
    url = live.database.get("SCOPEGATE_DATABASE_URL", f"sqlite:///{live.server.home}/scopegate.db")
    engine = create_engine(url)
    with engine.connect() as connection:
        found = list(connection.scalars(_LIVING))
    engine.dispose()
    return found
