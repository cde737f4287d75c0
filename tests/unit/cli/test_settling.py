"""Files count as changed once they are still, and not before."""

from pathlib import Path

from gateway.cli.settling import Settling, marks_of

_BEFORE = {"a.yaml": (1,)}
_AFTER = {"a.yaml": (2,)}
_GONE = {"a.yaml": None}


def test_what_was_dealt_with_is_never_due() -> None:
    settling = Settling(_BEFORE, quiet_seconds=0.1)

    assert not settling.is_due(_BEFORE, 100.0)


def test_a_change_is_due_once_it_was_still_for_long_enough() -> None:
    settling = Settling(_BEFORE, quiet_seconds=0.1)

    looks = [settling.is_due(_AFTER, now) for now in (1.0, 1.05, 1.2)]

    assert looks == [False, False, True]


def test_a_change_that_goes_on_is_not_due() -> None:
    settling = Settling(_BEFORE, quiet_seconds=0.1)

    looks = [settling.is_due({"a.yaml": (size,)}, size) for size in range(2, 9)]

    assert not any(looks)


def test_a_file_that_comes_back_as_it_was_is_not_due() -> None:
    settling = Settling(_BEFORE, quiet_seconds=0.1)

    settling.is_due(_GONE, 1.0)

    assert not settling.is_due(_BEFORE, 2.0)
    assert not settling.is_due(_BEFORE, 3.0)


def test_what_was_dealt_with_is_not_due_again() -> None:
    settling = Settling(_BEFORE, quiet_seconds=0.1)
    settling.is_due(_AFTER, 1.0)

    settling.deal_with(_AFTER)

    assert not settling.is_due(_AFTER, 9.0)


def test_a_mark_changes_with_a_rename_over_the_file(tmp_path: Path) -> None:
    file, beside = tmp_path / "a.yaml", tmp_path / "b.yaml"
    file.write_text("same", encoding="utf-8")
    before = marks_of([str(file)])
    beside.write_text("same", encoding="utf-8")

    beside.replace(file)

    assert marks_of([str(file)]) != before


def test_a_file_that_is_not_there_has_no_mark(tmp_path: Path) -> None:
    assert marks_of([str(tmp_path / "none.yaml")]) == {str(tmp_path / "none.yaml"): None}
