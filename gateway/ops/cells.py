"""Numbers that processes count in memory they share: each in cells of its own, all for who asks."""

import fcntl
import json
import logging
import mmap
import os
import re
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TypeAlias

_log = logging.getLogger("scopegate.ops")

#: what is mapped at once; no record is larger
CHUNK_BYTES = 64 * 1024
#: how many numbers a record has, and how many octets its name; no numbers: the chunk ends
_HEAD = struct.Struct("=II")
_NUMBER = 8
_MODE = 0o600
_NUMBERED = re.compile(r"[0-9]+")

#: what a record counts, and for what: ("operation", "GET /songs")
Name = tuple[str, ...]
Records = Mapping[Name, Sequence[float]]
#: the numbers of a record, to be changed in place
Numbers: TypeAlias = "memoryview[float]"


class Cells:
    """The records of this process: found once, then written in place and without a lock.

    With a file other processes can read them, and whoever takes the place of a process that died
    counts on from there. One thread at a time may write a record; any may ask for one.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Claim a file; raises BlockingIOError if another process has it, OSError otherwise."""
        self.file = file
        self._descriptor = None if file is None else _claimed(file)
        self._records: dict[Name, Numbers] = {}
        #: requests and reloads make records in threads of their own
        self._making = threading.Lock()
        self._chunks = 0
        self._chunk = memoryview(b"")
        self._used = 0
        if self._descriptor is not None:
            self._take_over(os.fstat(self._descriptor).st_size // CHUNK_BYTES)

    @property
    def records(self) -> Records:
        """All records, as they are at this moment."""
        return dict(self._records)

    def record(self, name: Name, numbers: int) -> Numbers:
        """The numbers of a record, each a float to be changed in place; made if it is not there."""
        found = self._records.get(name)
        if found is None:
            with self._making:
                found = self._records.get(name)
                if found is None:
                    found = self._make(name, numbers)
        return found

    def _make(self, name: Name, numbers: int) -> Numbers:
        written = json.dumps(name).encode()
        start, size = self._used, _HEAD.size + numbers * _NUMBER + _padded(len(written))
        if size > CHUNK_BYTES:
            raise ValueError("a record is larger than what is mapped at once")
        if start + size > len(self._chunk):
            self._chunk, start = self._mapped(), 0
        named = start + _HEAD.size + numbers * _NUMBER
        self._chunk[named : named + len(written)] = written
        # INVARIANT: the head comes last; from then on others see the record, and it is whole
        _HEAD.pack_into(self._chunk, start, numbers, len(written))
        self._used = start + size
        self._records[name] = _numbers(self._chunk, start, numbers)
        return self._records[name]

    def _mapped(self) -> memoryview:
        """More room; where the file cannot grow, room that this process alone can read."""
        if self._descriptor is not None:
            try:
                place = self._chunks * CHUNK_BYTES
                os.posix_fallocate(self._descriptor, place, CHUNK_BYTES)
                self._chunks += 1
                return memoryview(mmap.mmap(self._descriptor, CHUNK_BYTES, offset=place))
            except OSError as error:
                told = "%s: %s; other workers do not see all that this one counts"
                _log.warning(told, self.file, error.strerror)
        return memoryview(mmap.mmap(-1, CHUNK_BYTES))

    def _take_over(self, chunks: int) -> None:
        for self._chunks in range(1, chunks + 1):
            place = (self._chunks - 1) * CHUNK_BYTES
            self._chunk = memoryview(mmap.mmap(self._descriptor or 0, CHUNK_BYTES, offset=place))
            self._used = 0
            for name, start, numbers in _scan(self._chunk):
                self._records[name] = _numbers(self._chunk, start, numbers)
                self._used = start + _HEAD.size + numbers * _NUMBER
                self._used += _padded(_HEAD.unpack_from(self._chunk, start)[1])


def claim_cells(folder: Path) -> Cells:
    """Cells in the first file of a folder that no process has: of one that died, or a new one."""
    for number in count():
        try:
            return Cells(folder / str(number))
        except BlockingIOError:
            continue
    raise AssertionError("there is always another number")


def files_of_cells(folder: Path) -> Sequence[Path]:
    """The files in a folder that processes claim; whatever else is there belongs to others."""
    try:
        return sorted(file for file in folder.iterdir() if _NUMBERED.fullmatch(file.name))
    except OSError:  # somebody cleans up: what is not there is not told
        return ()


def read_cells(file: Path) -> Records:
    """What another process counted until now, nothing of what is no record; raises OSError."""
    octets = memoryview(file.read_bytes())
    chunks = [octets[i : i + CHUNK_BYTES] for i in range(0, len(octets), CHUNK_BYTES)]
    return {
        name: _numbers(chunk, start, numbers)
        for chunk in chunks
        for name, start, numbers in _scan(chunk)
    }


def _claimed(file: Path) -> int:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _scan(chunk: memoryview) -> Iterator[tuple[Name, int, int]]:
    """Each record's name, where it starts, and how many numbers it has."""
    start = 0
    while start + _HEAD.size <= len(chunk):
        numbers, length = _HEAD.unpack_from(chunk, start)
        if not numbers:
            return
        named = start + _HEAD.size + numbers * _NUMBER
        name = _name(bytes(chunk[named : named + length]))
        if name is None:
            return
        yield name, start, numbers
        start = named + _padded(length)


def _name(written: bytes) -> Name | None:
    """The name of a record; None: nobody of us wrote this."""
    try:
        name = json.loads(written)
    except ValueError:
        return None
    return tuple(name) if isinstance(name, list) else None


def _numbers(chunk: memoryview, start: int, numbers: int) -> Numbers:
    first = start + _HEAD.size
    return chunk[first : first + numbers * _NUMBER].cast("d")


def _padded(length: int) -> int:
    return -(-length // _NUMBER) * _NUMBER
