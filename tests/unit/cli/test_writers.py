"""The kernel is asked whether somebody has a file open for writing."""

import mmap
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.cli.writers import Writing, first_open, writing_of

_HOLD = """
import sys
with open(sys.argv[1], sys.argv[2]) as file:
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that nobody has open."""
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("mode", ["w", "a", "r+"])
def test_a_file_that_another_process_writes_is_open_until_it_is_closed(
    file: Path, mode: str
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, file, mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout
        writer.stdout.readline()

        during = writing_of(str(file))
        writer.communicate()
        after = writing_of(str(file))

    assert (during, after) == (Writing.OPEN, Writing.CLOSED)


def test_a_file_that_is_only_read_is_closed(file: Path) -> None:
    with file.open("rb"):
        assert writing_of(str(file)) is Writing.CLOSED


def test_a_file_that_is_mapped_for_writing_is_open_though_it_was_closed(file: Path) -> None:
    with file.open("r+b") as opened:
        mapped = mmap.mmap(opened.fileno(), 0)

    with mapped:
        during = writing_of(str(file))

    assert (during, writing_of(str(file))) == (Writing.OPEN, Writing.CLOSED)


def test_asking_leaves_nothing_that_a_writer_has_to_wait_for(file: Path) -> None:
    writing_of(str(file))

    # an open that does not wait fails while there is a lease
    os.close(os.open(file, os.O_WRONLY | os.O_NONBLOCK))


def test_a_link_is_asked_for_where_it_leads(file: Path) -> None:
    link = file.with_name("link.yaml")
    link.symlink_to(file)

    with file.open("a", encoding="utf-8"):
        assert writing_of(str(link)) is Writing.OPEN


@pytest.mark.parametrize("name", ["none.yaml", "", "pipe"])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert writing_of(str(tmp_path / name)) is Writing.CLOSED


def test_nobody_knows_of_a_file_system_that_may_have_other_writers() -> None:
    assert writing_of("/proc/version") is Writing.UNKNOWN


def test_nobody_knows_of_the_file_of_somebody_else() -> None:
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        assert writing_of("/etc/passwd") is Writing.UNKNOWN
    finally:
        if is_root:
            os.seteuid(0)


def test_the_first_file_that_is_open_is_named(tmp_path: Path) -> None:
    names = [str(tmp_path / name) for name in ("a", "b", "c")]
    for name in names:
        Path(name).touch()

    before = first_open(names)
    with Path(names[1]).open("a", encoding="utf-8"):
        during = first_open(names)

    assert (before, during) == (None, names[1])
