"""What a run is told by its environment: BENCH_PEERS, BENCH_ROWS, BENCH_ROUNDS and the like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.catalogue import DEFAULT_PEERS, FLOOR, OF_ONE_ROW, SERVERS


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of a run."""

    peers: Sequence[str]
    #: keys of rows, with commas; empty for all
    rows: str
    rounds: int
    seconds: int
    #: numbers of operations; none leaves growth out
    sizes: Sequence[int]


def options_from(environment: Mapping[str, str]) -> Options:
    """Read them; ValueError says which is wrong."""
    return Options(
        peers=_peers(environment.get("BENCH_PEERS", "")),
        rows=environment.get("BENCH_ROWS", ""),
        rounds=_number("BENCH_ROUNDS", environment.get("BENCH_ROUNDS", "3"), most=100),
        seconds=_number("BENCH_SECONDS", environment.get("BENCH_SECONDS", "2"), most=600),
        sizes=_sizes(environment.get("BENCH_SIZES", "10,100,1000,5000")),
    )


def _peers(written: str) -> Sequence[str]:
    peers = [name for name in SERVERS if name not in OF_ONE_ROW]
    if not written:
        return DEFAULT_PEERS
    if written == "all":
        return peers
    named = {name.strip() for name in written.split(",")}
    unknown = sorted(named - set(peers))
    if unknown:
        raise ValueError(f"BENCH_PEERS: no peer is called {', '.join(unknown)}: {', '.join(peers)}")
    return [name for name in peers if name in named or name == FLOOR]


def _number(name: str, written: str, *, most: int) -> int:
    if not written.isdigit() or not 1 <= int(written) <= most:
        raise ValueError(f"{name}: `{written}` is no number from 1 to {most}")
    return int(written)


def _sizes(written: str) -> Sequence[int]:
    return [
        _number("BENCH_SIZES", size.strip(), most=100_000)
        for size in written.split(",")
        if size.strip()
    ]
