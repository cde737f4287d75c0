"""Numbers in memory that processes share."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gateway.ops.cells import CHUNK_BYTES, Cells, claim_cells, read_cells
from tests.unit.ops.test_append_file import longest_file


def test_what_is_counted_here_is_read_elsewhere(tmp_path: Path) -> None:
    cells = Cells(tmp_path / "0")

    cells.record(("a",), 2)[1] += 3
    cells.record(("b", "é\n"), 1)[0] = 0.5
    cells.record(("a",), 2)[1] += 1

    assert {name: list(v) for name, v in read_cells(tmp_path / "0").items()} == {
        ("a",): [0, 4],
        ("b", "é\n"): [0.5],
    }


def test_records_beyond_what_is_mapped_at_once_are_kept_and_read(tmp_path: Path) -> None:
    cells = Cells(tmp_path / "0")
    first = cells.record(("n", "0"), 30)

    for number in range(1000):
        cells.record(("n", str(number)), 30)[29] = number
    first[0] = 7

    read = read_cells(tmp_path / "0")
    assert len(read) == 1000
    assert all(read[("n", str(number))][29] == number for number in range(1000))
    assert read[("n", "0")][0] == 7
    assert (tmp_path / "0").stat().st_size % CHUNK_BYTES == 0


def test_without_a_file_it_counts_all_the_same() -> None:
    cells = Cells()

    for number in range(2000):
        cells.record(("n", str(number)), 10)[0] += 1

    assert len(cells.records) == 2000
    assert sum(numbers[0] for numbers in cells.records.values()) == 2000


def test_a_file_belongs_to_one_process_alone(tmp_path: Path) -> None:
    cells = Cells(tmp_path / "0")

    with pytest.raises(BlockingIOError):
        Cells(tmp_path / "0")

    assert claim_cells(tmp_path).file == tmp_path / "1"
    assert cells.records == {}


def test_who_takes_the_place_of_a_dead_process_counts_on(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from gateway.ops.cells import claim_cells\n"
        "cells = claim_cells(Path(sys.argv[1]))\n"
        "for n in range(500): cells.record(('n', str(n)), 20)[0] += 1\n"
        "os.kill(os.getpid(), 9)"
    )
    for _ in range(3):
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)

    cells = claim_cells(tmp_path)
    cells.record(("more",), 1)[0] = 1

    read = read_cells(tmp_path / "0")
    assert cells.file == tmp_path / "0"
    assert [file.name for file in tmp_path.iterdir()] == ["0"]
    assert {numbers[0] for name, numbers in read.items() if name[0] == "n"} == {3}
    assert len(read) == 501


def test_a_record_that_has_no_room_anywhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="larger than what is mapped"):
        Cells(tmp_path / "0").record(("x" * CHUNK_BYTES,), 1)


def test_a_file_cut_short_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    (tmp_path / "0").write_bytes(b"\0" * 5)

    assert read_cells(tmp_path / "0") == {}


@pytest.mark.parametrize("octets", [b"key\n" * 40, b"\1\0\0\0\2\0\0\0" + b"\0" * 8 + b"{}"])
def test_of_what_is_no_record_nothing_is_read(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "0").write_bytes(octets)

    assert read_cells(tmp_path / "0") == {}


def test_a_file_that_cannot_grow_costs_nothing_but_what_others_see(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cells = Cells(tmp_path / "0")
    with longest_file(0):
        cells.record(("a",), 1)[0] = 1

    assert list(cells.records[("a",)]) == [1]
    assert read_cells(tmp_path / "0") == {}
    assert "other workers do not see" in caplog.text


def test_threads_that_ask_for_a_record_at_once_get_the_same(tmp_path: Path) -> None:
    cells, begin = Cells(tmp_path / "0"), threading.Barrier(4)
    given: list[list[int]] = []

    def ask() -> None:
        begin.wait()
        given.append([id(cells.record((str(number),), 3)) for number in range(3000)])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert given == [[id(cells.record((str(n),), 3)) for n in range(3000)]] * 4
    assert len(read_cells(tmp_path / "0")) == 3000
