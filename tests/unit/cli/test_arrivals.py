"""A file that took the place of another counts as whole until it is touched."""

from pathlib import Path

from gateway.cli.arrivals import Arrivals
from gateway.cli.settling import Marks, marks_of

_OLD = {"a.yaml": (1, 10, 100)}
_NEW = {"a.yaml": (1, 11, 100)}
_NEW_WRITTEN_ON = {"a.yaml": (1, 11, 200)}
_WRITTEN = {"a.yaml": (1, 10, 200)}
_GONE: Marks = {"a.yaml": None}


def whole_after(first: Marks, *looks: Marks) -> bool:
    """Whether the file is whole, as the last look found it."""
    arrivals = Arrivals(first)
    for marks in looks:
        arrivals.look(marks)
    return bool(arrivals.whole((first, *looks)[-1]))


def test_another_file_in_the_place_is_whole() -> None:
    assert whole_after(_OLD, _NEW)
    assert whole_after(_OLD, _NEW, _NEW)


def test_a_file_that_is_written_in_place_is_not() -> None:
    assert not whole_after(_OLD)
    assert not whole_after(_OLD, _WRITTEN)


def test_another_file_that_is_written_on_is_not() -> None:
    assert not whole_after(_OLD, _NEW, _NEW_WRITTEN_ON)


def test_a_file_that_was_seen_missing_is_not() -> None:
    assert not whole_after(_OLD, _GONE, _NEW)
    assert not whole_after(_OLD, _NEW, _GONE, _NEW)


def test_a_rename_over_the_file_puts_another_one_there(tmp_path: Path) -> None:
    file, beside = tmp_path / "a.yaml", tmp_path / "b.yaml"
    file.touch()
    arrivals = Arrivals(marks_of([str(file)]))
    beside.touch()

    beside.replace(file)

    now = marks_of([str(file)])
    arrivals.look(now)
    assert arrivals.whole(now) == {str(file)}
