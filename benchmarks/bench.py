"""Measures Scopegate and its peers: `make bench`, or `python -m benchmarks.bench`."""

import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.catalogue import FLOOR, FRESH_TOKENS, OF_THE_STORE, PROXIES, SERVERS
from benchmarks.checks import Case, cases, faults
from benchmarks.growth import measure_growth
from benchmarks.load import LoadError, Round, Target, find_wrk, load
from benchmarks.processes import (
    NotStartedError,
    cores,
    free_port,
    pinned,
    resident_mib,
    running,
    wait_for,
)
from benchmarks.results import Figure, document_of, figure_of, write
from benchmarks.rows import Row, chosen_rows, chosen_servers
from benchmarks.servers import Launch
from benchmarks.settings import Options, options_from
from benchmarks.table import table
from benchmarks.workshop import ROOT, Workshop, open_workshop

LATEST = ROOT / "benchmarks" / "results" / "latest.json"
_WARM_SECONDS = 1
_SONG = Case("the song", "GET", [200], "read")


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers right."""

    name: str
    port: int
    pid: int
    launch: Launch


def main() -> int:
    """Start, check, load in turns, tell; 1 if a server that was asked for was not measured."""
    try:
        options = options_from(os.environ)
        find_wrk()
    except (ValueError, LoadError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    for name in [name for name in os.environ if name.startswith("SCOPEGATE_")]:
        del os.environ[name]  # the product is measured with its defaults
    os.chdir(ROOT)
    rows = chosen_rows(options.rows)
    wanted = chosen_servers(options.peers, rows)
    with tempfile.TemporaryDirectory(prefix="scopegate-bench-") as folder:
        workshop = open_workshop(Path(folder), fresh=FRESH_TOKENS)
        figures = _measure(workshop, wanted, rows, options)
        growth = measure_growth(workshop, options) if options.sizes else []
    told = {**asdict(options), "connections": 16, "fresh_tokens": FRESH_TOKENS}
    write(document_of(figures, growth, options=told), LATEST)
    print(f"\n{table(figures, growth)}\nwritten to {LATEST.relative_to(ROOT)}")
    return 0 if {figure.server for figure in figures} == set(wanted) else 1


def _measure(
    workshop: Workshop, wanted: Sequence[str], rows: Sequence[Row], options: Options
) -> list[Figure]:
    with ExitStack() as stack:
        if PROXIES.intersection(wanted):
            _start_upstream(workshop, stack)
        servers = [s for s in (_start(name, workshop, stack) for name in wanted) if s]
        rounds = _rounds(servers, rows, options)
        return [
            figure_of(row.key, s.name, rounds[row.key, s.name], resident_mib=resident_mib(s.pid))
            for row in rows
            for s in servers
            if row.loads(s.name)
        ]


def _start_upstream(workshop: Workshop, stack: ExitStack) -> None:
    """The second server, beside wrk: its processor time counts to nobody."""
    launch = SERVERS[FLOOR].launch(workshop, workshop.upstream)
    log = workshop.folder / "upstream.log"
    command = pinned(cores().load, launch.command)
    process = stack.enter_context(running(command, launch.environment, log))
    wait_for(process, f"http://127.0.0.1:{workshop.upstream}/songs", log)


def _start(name: str, workshop: Workshop, stack: ExitStack) -> Running | None:
    """Start a server and ask it everything; None, and why, if it is not to be loaded."""
    port, log = free_port(), workshop.folder / f"{name}.log"
    path = "/songs/2" if name in OF_THE_STORE else "/songs"
    try:
        launch = SERVERS[name].launch(workshop, port)
        command = pinned(cores().server, launch.command)
        process = stack.enter_context(running(command, launch.environment, log))
        seconds = wait_for(process, f"http://127.0.0.1:{port}{path}", log)
    except NotStartedError as error:
        print(f"{name}: not measured: {error}", file=sys.stderr)
        return None
    asked = [_SONG] if path != "/songs" else cases(SERVERS[name].ability)
    wrong = faults(port, path, asked, launch.tokens.named)
    if wrong:
        print(f"{name}: not measured, it answers wrong: {'; '.join(wrong)}", file=sys.stderr)
        return None
    print(f"{name}: up in {seconds:.1f} s, {len(asked)} answers right", flush=True)
    return Running(name, port, process.pid, launch)


def _rounds(
    servers: Sequence[Running], rows: Sequence[Row], options: Options
) -> Mapping[tuple[str, str], list[Round]]:
    """Load all in turns, in the opposite order every second round."""
    rounds: dict[tuple[str, str], list[Round]] = {
        (row.key, server.name): [] for row in rows for server in servers if row.loads(server.name)
    }
    for number in range(options.rounds + 1):
        seconds = options.seconds if number else _WARM_SECONDS
        for row in rows:
            for server in servers if number % 2 else reversed(servers):
                if row.loads(server.name):
                    measured = load(
                        _target(row, server), pid=server.pid, seconds=seconds, core=cores().load
                    )
                    if number:
                        rounds[row.key, server.name].append(measured)
        print(f"round {number} of {options.rounds}" if number else "warm", flush=True)
    return rounds


def _target(row: Row, server: Running) -> Target:
    return Target(
        f"http://127.0.0.1:{server.port}{row.path}",
        row.method,
        body=row.body,
        tokens=server.launch.tokens.files[row.token] if row.token else None,
        is_refused=row.is_refused and SERVERS[server.name].ability.tokens,
    )


def _stop(number: int, _frame: object) -> None:
    """End, and on the way out whatever was started."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    sys.exit(main())
