"""How a main process hands its workers the octets that rule, and hears what became of them."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.spec.snapshot import Snapshot, dump_snapshot, parse_snapshot

_RULING = "ruling.json"
_REFUSAL = "refusal.json"
_ANSWER = "worker-"


@dataclass(frozen=True, slots=True)
class Handed:
    """A snapshot with its number; each one handed on has a higher one."""

    number: int
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Handing:
    """A folder of the main process alone, in which no file is ever seen half written."""

    folder: Path

    def give(self, handed: Handed) -> None:
        """Let this rule in all workers."""
        told = {"number": handed.number, "snapshot": dump_snapshot(handed.snapshot)}
        self._write(_RULING, json.dumps(told))

    def ruling(self) -> Handed:
        """What is to rule."""
        told = json.loads((self.folder / _RULING).read_text(encoding="ascii"))
        return Handed(told["number"], parse_snapshot(told["snapshot"]))

    def ruling_mark(self) -> tuple[int, int]:
        """What changes with each snapshot given."""
        return _mark(self.folder / _RULING)

    def refuse(self, why: str) -> None:
        """Tell workers that a document was refused."""
        self._write(_REFUSAL, json.dumps(why))

    def refusal(self) -> str:
        """Why the last one was refused."""
        why: str = json.loads((self.folder / _REFUSAL).read_text(encoding="ascii"))
        return why

    def refusal_mark(self) -> tuple[int, int]:
        """What changes with each refusal."""
        return _mark(self.folder / _REFUSAL)

    def answer(self, number: int, fault: str = "") -> None:
        """Say in a worker that it serves a snapshot, or why it does not."""
        self._write(f"{_ANSWER}{os.getpid()}", json.dumps([number, fault]))

    def answers(self) -> Mapping[int, tuple[int, str]]:
        """What the workers that are there said last, by their process."""
        found: dict[int, tuple[int, str]] = {}
        for file in self.folder.glob(f"{_ANSWER}*[0-9]"):
            process = int(file.name.removeprefix(_ANSWER))
            if _is_there(process):
                number, fault = json.loads(file.read_text(encoding="ascii"))
                found[process] = number, fault
            else:
                file.unlink(missing_ok=True)
        return found

    def _write(self, name: str, text: str) -> None:
        beside = self.folder / f"{name}.{os.getpid()}.new"
        beside.write_text(text, encoding="ascii")
        beside.replace(self.folder / name)


def _mark(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_ino, found.st_mtime_ns


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True
