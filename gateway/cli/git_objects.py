"""Reads commits, folders and files out of a git repository: nothing is checked out or fetched."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import IO, Self

from gateway.errors import UsageError

#: what keeps git from asking, from fetching what a partial clone left out, and from translating
_QUIET: Mapping[str, str] = MappingProxyType(
    {
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
)
_CHUNK = 1 << 20
_FOLDER_LIMIT = 64 << 20
#: folders that are kept, for the next revision has most of them too
_MOST_FOLDERS = 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of a folder in git: a file, a link, a folder or a submodule."""

    mode: str
    object_id: str

    @property
    def is_folder(self) -> bool:
        """Whether it holds further names."""
        return self.mode == "40000"

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.mode == "120000"

    @property
    def is_submodule(self) -> bool:
        """Whether it stands for a commit of another repository."""
        return self.mode == "160000"

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file."""
        return self.mode.startswith("100")


def ask_git(*arguments: str) -> str:
    """Return what a git command prints, without the last line end; raises UsageError."""
    ran = _run(arguments)
    if ran.returncode != 0:
        said = ran.stderr.strip().splitlines() or [f"git ended with status {ran.returncode}"]
        raise UsageError(said[0].removeprefix("fatal: "))
    return ran.stdout.removesuffix("\n")


def answers_git(*arguments: str) -> str | None:
    """Return what a git command prints; None if it fails."""
    ran = _run(arguments)
    return ran.stdout.removesuffix("\n") if ran.returncode == 0 else None


class GitObjects:
    """One `git cat-file` that stays for as many objects as are asked for; a context manager."""

    def __init__(self) -> None:
        self._process = _start(("cat-file", "--batch"), errors=subprocess.DEVNULL)
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError("git was started with pipes")
        self._to_git: IO[bytes] = self._process.stdin
        self._from_git: IO[bytes] = self._process.stdout
        self._kept: dict[str, Mapping[str, Entry]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def read(self, object_id: str, limit: int) -> bytes:
        """Return at most one byte more of an object than the limit allows; raises UsageError."""
        size = self._ask(object_id)
        data = self._from_git.read(min(size, limit + 1))
        rest = size + 1 - len(data)
        while rest > 0:
            rest -= len(self._from_git.read(min(rest, _CHUNK))) or rest
        return data

    def folder(self, object_id: str) -> Mapping[str, Entry]:
        """Return the names of a folder."""
        if object_id not in self._kept:
            if len(self._kept) >= _MOST_FOLDERS:
                self._kept.clear()
            self._kept[object_id] = self._read_folder(object_id)
        return self._kept[object_id]

    def _read_folder(self, object_id: str) -> Mapping[str, Entry]:
        data = self.read(object_id, _FOLDER_LIMIT)
        width = len(object_id) // 2
        entries: dict[str, Entry] = {}
        start = 0
        while start < len(data):
            end = data.index(b"\0", start)
            mode, _, name = data[start:end].partition(b" ")
            start = end + 1 + width
            entries[os.fsdecode(name)] = Entry(mode.decode(), data[end + 1 : start].hex())
        return entries

    def _ask(self, object_id: str) -> int:
        """Ask for an object; its size."""
        try:
            self._to_git.write(f"{object_id}\n".encode())
            self._to_git.flush()
            header = self._from_git.readline().split()
        except OSError as error:
            raise UsageError("git ended before it had answered") from error
        if len(header) != 3:
            raise UsageError("git does not have the file; fetch what this partial clone left out")
        return int(header[2])


def _run(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    process = _start(arguments)
    out, err = process.communicate()
    return subprocess.CompletedProcess(
        arguments, process.returncode, os.fsdecode(out), os.fsdecode(err)
    )


def _start(arguments: Sequence[str], *, errors: int = subprocess.PIPE) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 -- no shell; callers pass no option of a user's
            ["git", *arguments],  # noqa: S607 -- git is where the user has it
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **_QUIET},
        )
    except OSError as error:
        raise UsageError("git cannot be run; install it, or pass two files") from error
