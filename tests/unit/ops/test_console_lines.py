"""Lines for people: each with its time, so many a second, and a count of those left out."""

import re

import pytest

from gateway.ops.console_lines import ConsoleLines


class Clock:
    """A time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_line_stands_behind_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleLines(Clock()).write("403  GET    /songs")

    assert re.fullmatch(r"\d\d:\d\d:\d\d  403  GET    /songs\n", capsys.readouterr().err)


def test_what_a_second_has_no_room_for_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    lines = ConsoleLines(clock, most_a_second=2)

    for number in range(5):
        lines.write(f"line {number}")
    lines.flush()
    in_the_second = capsys.readouterr().err.splitlines()
    clock.now += 1
    lines.write("line 5")
    after = capsys.readouterr().err.splitlines()

    assert [line[10:] for line in in_the_second] == ["line 0", "line 1"]
    assert [line[10:] for line in after] == ["3 more lines like these in this second", "line 5"]
    assert after[0][:8] == in_the_second[0][:8] != after[1][:8]


def test_what_was_left_out_is_told_though_nothing_follows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = Clock()
    lines = ConsoleLines(clock, most_a_second=0)

    lines.write("a line")
    clock.now += 1
    lines.flush()
    lines.flush()

    assert capsys.readouterr().err.count("1 more lines like these") == 1


@pytest.mark.parametrize("error", [OSError, ValueError])
def test_a_console_that_is_gone_is_no_reason_to_fail(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        def write(self, _text: str) -> None:
            raise error("closed")

    monkeypatch.setattr("sys.stderr", Gone())

    ConsoleLines().write("a line")
