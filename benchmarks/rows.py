"""What is measured: one row a kind of request, with what must and what should be reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.catalogue import (
    DEMO,
    FLOOR,
    OF_ONE_ROW,
    OPEN_PROXY,
    PRODUCT,
    PROXY,
    SERVERS,
    STORED,
)
from benchmarks.checks import BODY

Verdict = Literal["aim met", "must met", "MISSED", ""]


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of request."""

    key: str
    title: str
    method: str = "GET"
    path: str = "/songs"
    #: a token by its name, `fresh` for another at each request; None: no token
    token: str | None = "read"
    body: str = ""
    is_refused: bool = False
    #: the servers that are loaded with it; empty: all of the songs
    servers: Sequence[str] = ()
    #: whose requests a second the product is compared with
    against: str = FLOOR
    product: str = PRODUCT
    #: least ratios of the product's requests a second to those of `against`
    must: float = 0.0
    #: 0: nothing is set as a goal
    aim: float = 0.0

    def loads(self, server: str) -> bool:
        """Whether a server is loaded with this row."""
        return server in self.servers if self.servers else server not in OF_ONE_ROW

    def judge(self, ratio: float) -> Verdict:
        """Whether the product's ratio is what it must be; nothing where there is no goal."""
        if not self.aim:
            return ""
        return verdict(ratio >= self.must, is_aim=ratio >= self.aim)


def verdict(is_met: bool, *, is_aim: bool) -> Verdict:
    """The word for a figure."""
    if not is_met:
        return "MISSED"
    return "aim met" if is_aim else "must met"


#: peers that look at tokens and keep none of them have nothing to show for new ones
_WITH_TOKENS = (FLOOR, PRODUCT, "starlette", "connexion", "envoy", "envoy-cached")

ROWS: Sequence[Row] = (
    Row("get", "GET /songs from memory, a token seen before", must=0.60, aim=0.80),
    Row(
        "post",
        "POST /songs, JSON body validated",
        method="POST",
        token="create",
        body=BODY,
        must=0.55,
        aim=0.75,
    ),
    Row(
        "new-token",
        "GET /songs, every request a new token",
        token="fresh",
        servers=_WITH_TOKENS,
        must=0.18,
        aim=0.25,
    ),
    Row("no-token", "401, no token", token=None, is_refused=True, must=0.60, aim=0.80),
    Row("wrong-scope", "403, wrong scopes", token="wrong", is_refused=True, must=0.60, aim=0.80),
    Row(
        "stored",
        "GET /songs/{id}, the demo's handler and SQLite",
        path="/songs/2",
        servers=(STORED, DEMO),
        against=STORED,
        product=DEMO,
        must=1 / 1.3,
        aim=1 / 1.1,
    ),
    Row(
        "upstream",
        "GET /songs from a second server",
        servers=(FLOOR, PROXY, "envoy upstream", OPEN_PROXY, "nginx upstream"),
        against=OPEN_PROXY,
        product=PROXY,
        must=0.35,
        aim=0.50,
    ),
)


#: peer -> how many times its requests a second the product must serve, of the first row
MULTIPLES: Mapping[str, float] = {"connexion": 8, "fastapi": 5, "express": 5, "django": 40}
MULTIPLES_ROW = "get"


def chosen_rows(keys: str) -> Sequence[Row]:
    """The rows that a list of keys names; all for the empty one."""
    wanted = [key.strip() for key in keys.split(",") if key.strip()]
    unknown = set(wanted) - {row.key for row in ROWS}
    if unknown:
        raise ValueError(f"no row is called {', '.join(sorted(unknown))}; there are {_listed()}")
    return [row for row in ROWS if not wanted or row.key in wanted]


def chosen_servers(peers: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """The servers of a run, in the order they are started."""
    of_rows = {name for row in rows for name in row.servers if name in OF_ONE_ROW}
    extra = {name for name in of_rows if _comes_along(name, peers)}
    ordered = [name for name in SERVERS if name in {*peers, *extra}]
    return [name for name in ordered if any(row.loads(name) for row in rows)]


def _comes_along(name: str, peers: Sequence[str]) -> bool:
    """Whether a server of one row is started: that of another program where that one is."""
    program = name.partition(" ")[0]
    return program in {PRODUCT, "starlette,"} or program in peers


def _listed() -> str:
    return ", ".join(row.key for row in ROWS)
