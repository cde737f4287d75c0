"""Lines on their way to the file: in order, bounded, counted if they are lost."""

import logging
import os
import threading
from pathlib import Path

import pytest

from gateway.ops.audit import AUDIT_LOGGER, write_audit_to
from gateway.ops.audit_log import BLOCK_BYTES, MOST_HELD_BYTES, AuditLog
from gateway.ops.pulse import Pulse
from tests.unit.ops.test_append_file import longest_file

LINE = b"x" * 99 + b"\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "audit.log"


def test_lines_are_held_until_they_are_flushed(path: Path) -> None:
    log = AuditLog(path)

    log.append(b"1\n")
    log.append(b"2\n")
    before = path.read_bytes()
    log.flush()

    assert before == b""
    assert path.read_bytes() == b"1\n2\n"


def test_a_block_of_lines_is_written_at_once(path: Path) -> None:
    log = AuditLog(path)

    for _ in range(BLOCK_BYTES // len(LINE) + 1):
        log.append(LINE)

    assert path.stat().st_size == BLOCK_BYTES // len(LINE) * len(LINE) + len(LINE)


def test_closing_writes_what_is_held(path: Path) -> None:
    log = AuditLog(path)
    log.append(LINE)

    log.close()

    assert path.read_bytes() == LINE
    assert log.lost == 0


def test_lines_of_many_threads_are_all_there_and_each_threads_in_order(path: Path) -> None:
    log = AuditLog(path)
    pulse = Pulse([log.flush], seconds=0.001)

    def write(letter: str) -> None:
        for number in range(2000):
            log.append(f"{letter}{number}\n".encode())

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "abc"]
    pulse.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pulse.stop()

    lines = path.read_text().splitlines()
    assert len(lines) == 6000
    for letter in "abc":
        assert [line for line in lines if line[0] == letter] == [
            f"{letter}{n}" for n in range(2000)
        ]


def test_what_cannot_be_written_is_held_and_written_once_it_can(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = AuditLog(path)
    log.append(LINE)
    log.flush()

    with longest_file(len(LINE)):
        log.append(b"second\n")
        log.flush()
        log.append(b"third\n")
        log.flush()
    log.flush()

    assert path.read_bytes() == LINE + b"second\nthird\n"
    assert log.lost == 0
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [
        (
            "ERROR",
            f"{path}: audit lines cannot be written: File too large; decisions stand, and up to "
            "1024 KiB of lines are held until they can",
        ),
        ("WARNING", f"{path}: audit lines are written again; 0 were lost"),
    ]


def test_more_than_is_held_is_lost_and_counted_and_told_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = AuditLog(path)
    fitting = -(-MOST_HELD_BYTES // len(LINE))

    with longest_file(0):
        for _ in range(fitting + 7):
            log.append(LINE)
        log.flush()
    log.flush()

    assert log.lost == 7
    assert path.stat().st_size == fitting * len(LINE)
    assert [r.getMessage().partition(": ")[2][:30] for r in caplog.records] == [
        "audit lines cannot be written:",
        "audit lines are written again;",
    ]
    assert caplog.records[-1].getMessage().endswith("; 7 were lost")


def test_a_line_that_was_cut_is_among_the_lost(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = AuditLog(path)

    with longest_file(50):
        log.append(LINE)
        log.flush()
    log.append(b"next\n")
    log.flush()

    assert log.lost == 1
    assert path.read_bytes() == b"x" * 50 + b"\nnext\n"
    assert caplog.records[-1].getMessage().endswith("; 1 were lost")


def test_what_cannot_be_written_at_the_end_is_told(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = AuditLog(path)
    log.append(LINE)
    log.append(LINE)

    with longest_file(0):
        log.close()

    assert log.lost == 2
    assert caplog.records[-1].getMessage() == f"{path}: 2 audit lines are lost"


def test_a_reader_that_goes_away_blocks_nobody(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    log = AuditLog(path)
    os.close(reader)

    log.append(LINE)
    log.flush()
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    log.flush()
    read = os.read(reader, 1000)
    os.close(reader)

    assert read == LINE
    assert log.lost == 0
    assert "Broken pipe" in caplog.text


def test_lines_of_a_logger_stand_among_the_others_in_order(path: Path) -> None:

    logger = logging.getLogger(AUDIT_LOGGER)
    before = (logger.handlers[:], logger.level)
    try:
        log = write_audit_to(path.parent)
        log.append(b"1\n")
        logger.info("2")
        log.append(b"3\n")
        log.flush()
    finally:
        for handler in logger.handlers:
            handler.close()
        logger.handlers[:] = before[0]
        logger.setLevel(before[1])

    assert path.read_bytes() == b"1\n2\n3\n"
