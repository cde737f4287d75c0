"""How a server that can be measured is described and started."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.checks import Ability
from benchmarks.workshop import ROOT, Tokens, Workshop

PEERS_BIN = ROOT / ".venv-bench" / "bin"
#: of the peers in Python, which all run on the same server with the same options
_UVICORN = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error")


@dataclass(frozen=True, slots=True)
class Launch:
    """What runs a server, and the tokens it knows."""

    command: Sequence[str]
    environment: Mapping[str, str]
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Server:
    """One program to measure."""

    name: str
    does: str
    #: sets up what the server needs for a port, but does not run it
    launch: Callable[[Workshop, int], Launch]
    ability: Ability


def uvicorn(module: str, port: int, *, python: Path = PEERS_BIN / "python") -> list[str]:
    """The command of a peer on uvicorn, in the peers' environment if no other is named."""
    where = ["--host", "127.0.0.1", "--port", str(port)]
    return [str(python), "-m", "uvicorn", f"benchmarks.peers.{module}:app", *where, *_UVICORN]


def in_python(module: str) -> Callable[[Workshop, int], Launch]:
    """How a peer that is a module of benchmarks/peers is launched."""

    def launch(workshop: Workshop, port: int) -> Launch:
        return Launch(uvicorn(module, port), workshop.environment, workshop.tokens)

    return launch


def scopegate(*arguments: str) -> list[str]:
    """The command as it is installed beside this Python."""
    return [str(Path(sys.executable).with_name("scopegate")), *arguments]
