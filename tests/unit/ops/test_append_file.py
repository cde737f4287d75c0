"""Whole lines appended to files, pipes and devices that misbehave for real."""

import errno
import os
import resource
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.ops.append_file import AppendFile

LINES = [b'{"n": %d}\n' % number for number in range(3)]


@contextmanager
def longest_file(octets: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size: what a full disk is to a write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "audit.log"


def test_lines_are_appended_to_a_private_file(path: Path) -> None:
    path.write_bytes(b"before\n")
    path.chmod(0o644)

    written = AppendFile(path).write(LINES)

    assert (written.lines, written.lost, written.error) == (3, 0, None)
    assert path.read_bytes() == b"before\n" + b"".join(LINES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_was_renamed_is_opened_anew_at_the_next_write(path: Path) -> None:
    file = AppendFile(path)
    file.write(LINES[:1])

    path.rename(path.with_suffix(".1"))
    file.write(LINES[1:])

    assert path.with_suffix(".1").read_bytes() == LINES[0]
    assert path.read_bytes() == b"".join(LINES[1:])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_without_room_for_it_is_lost_and_the_next_one_is_whole(path: Path) -> None:
    file = AppendFile(path)

    with longest_file(len(LINES[0]) + 4):
        full = file.write(LINES)
    mended = file.write(LINES[2:])

    assert (full.lines, full.lost) == (2, 1)
    assert full.error is not None
    assert full.error.errno == errno.EFBIG
    assert (mended.lines, mended.error) == (1, None)
    assert path.read_bytes() == LINES[0] + LINES[1][:4] + b"\n" + LINES[2]


def test_a_line_that_another_process_left_unfinished_spoils_no_other(path: Path) -> None:
    path.write_bytes(b'{"n"')

    AppendFile(path).write(LINES)

    assert path.read_bytes() == b'{"n"\n' + b"".join(LINES)


def test_nothing_fits_into_a_full_file_and_nothing_is_lost(path: Path) -> None:
    path.write_bytes(b"x" * 99 + b"\n")
    file = AppendFile(path)

    with longest_file(100):
        written = file.write(LINES)

    assert (written.lines, written.lost) == (0, 0)
    assert written.error is not None


def test_a_folder_that_is_gone_is_an_error_and_no_more(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    file = AppendFile(folder / "audit.log")
    (folder / "audit.log").unlink()
    folder.rmdir()

    gone = file.write(LINES)
    folder.mkdir()
    back = file.write(LINES)

    assert (gone.lines, type(gone.error)) == (0, FileNotFoundError)
    assert (back.lines, back.error) == (3, None)


def test_a_pipe_whose_reader_goes_takes_nothing_until_another_comes(path: Path) -> None:
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    file = AppendFile(path)
    file.write(LINES[:1])
    first = os.read(reader, 100)

    os.close(reader)
    closed = [file.write(LINES[1:]), file.write(LINES[1:])]
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    back = file.write(LINES[1:])
    rest = os.read(reader, 100)
    os.close(reader)

    assert first == LINES[0]
    assert [(w.lines, w.error and w.error.errno) for w in closed] == [
        (0, errno.EPIPE), (0, errno.ENXIO),
    ]  # fmt: skip
    assert back.error is None
    assert rest == b"".join(LINES[1:])


def test_a_pipe_that_nobody_empties_makes_no_write_wait(path: Path) -> None:
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    line = b"x" * 999 + b"\n"
    file = AppendFile(path)

    full = file.write([line] * 1000)
    taken = os.read(reader, 1 << 20)
    more = file.write([line] * (1000 - full.lines))
    taken += os.read(reader, 1 << 20)
    os.close(reader)

    assert isinstance(full.error, BlockingIOError)
    assert full.lost == more.lost == 0
    assert taken == line * (full.lines + more.lines)


def test_a_device_is_written_and_stays_as_it_is(tmp_path: Path) -> None:
    before = Path("/dev/null").stat().st_mode
    path = tmp_path / "audit.log"
    path.symlink_to("/dev/null")

    written = AppendFile(path).write(LINES)

    assert (written.lines, written.error) == (3, None)
    assert Path("/dev/null").stat().st_mode == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_full_disk_is_told_and_writing_goes_on_once_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this root may not mount")
    try:
        file = AppendFile(disk / "audit.log")
        line = b"x" * 999 + b"\n"
        full = file.write([line] * 30)
        (disk / "audit.log").write_bytes(b"")
        back = file.write([line])
        left = (disk / "audit.log").read_bytes()
        file.close()
    finally:
        subprocess.run(["umount", disk], check=True)

    assert full.error is not None
    assert full.error.errno == errno.ENOSPC
    assert (full.lines, full.lost) == (17, 1)
    assert (back.lines, back.error) == (1, None)
    assert left == line


def test_processes_never_tear_the_lines_of_one_another(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from gateway.ops.append_file import AppendFile\n"
        "file = AppendFile(Path(sys.argv[1]))\n"
        "for n in range(200):\n"
        "    if n % 50 == 0: file.close()\n"
        "    file.write([sys.argv[2].encode() * 500 + b'\\n'] * 20)"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(path), letter]) for letter in "abc"
    ]

    ended = [process.wait(60) for process in processes]

    lines = path.read_bytes().splitlines()
    assert ended == [0, 0, 0]
    assert len(lines) == 12_000
    assert set(lines) == {b"a" * 500, b"b" * 500, b"c" * 500}


def test_a_writer_may_be_in_any_thread(path: Path) -> None:
    file = AppendFile(path)
    thread = threading.Thread(target=file.write, args=(LINES,))

    thread.start()
    thread.join()

    assert path.read_bytes() == b"".join(LINES)
