"""The end of a text is judged by the text before: the same, further on, otherwise, cut short."""

import time

import pytest

from gateway.cli.endings import Ending, ending_of, is_beginning_of, lacks_end_of

HEAD = "title: before\npaths:\n"


def operation(name: str, *scopes: str, summary: str = "") -> str:
    """A block of YAML that is like all others but for its name."""
    lines = [f"/{name}:", "  get:", f"    summary: {summary}", "    security:", "    - oauth:"]
    return "".join(f"  {line}\n" for line in [*lines, *(f"      - {scope}" for scope in scopes)])


ONE, TWO = operation("one", "read", "write"), operation("two", "read", "write")
BEFORE = HEAD + ONE + TWO
RETITLED = HEAD.replace("before", "after")
ADMIN = operation("one", "read", "admin")


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        pytest.param(RETITLED + ONE + TWO, Ending.SAME, id="an edit above"),
        pytest.param(RETITLED + ADMIN + TWO, Ending.SAME, id="two edits above"),
        pytest.param(RETITLED + TWO, Ending.SAME, id="an operation gone above"),
        pytest.param(BEFORE + "\n\n", Ending.SAME, id="blank lines"),
        pytest.param(BEFORE.replace("\n", "\r\n"), Ending.SAME, id="other ends of lines"),
        pytest.param(BEFORE + operation("new", "read"), Ending.FURTHER, id="appended"),
        pytest.param(RETITLED + TWO + ONE, Ending.CUT, id="another order"),
        pytest.param(
            RETITLED + ONE + operation("two", "delete"), Ending.OTHER, id="the tail edited"
        ),
        pytest.param(
            HEAD + ONE + operation("two", "read", "write", summary="new"),
            Ending.OTHER,
            id="only repeated lines after the edit",
        ),
        pytest.param(
            RETITLED + ONE + operation("three", "read", "write"), Ending.OTHER, id="tail renamed"
        ),
        pytest.param("quite: other\n", Ending.OTHER, id="nothing in common"),
        pytest.param(RETITLED + ONE, Ending.CUT, id="cut between operations"),
        pytest.param(RETITLED + operation("one", "read"), Ending.CUT, id="cut within a list"),
        pytest.param(
            RETITLED + ADMIN.replace("      - admin\n", ""),
            Ending.CUT,
            id="cut within a list that is edited",
        ),
        pytest.param(
            RETITLED + ONE + operation("mid", "read"), Ending.CUT, id="cut within an insertion"
        ),
        pytest.param(
            RETITLED + ONE + operation("two", "read", summary="new"),
            Ending.CUT,
            id="cut below an edit of the last one",
        ),
        pytest.param(
            RETITLED + ONE + operation("two", "delete").replace("    security", "    x-security"),
            Ending.OTHER,
            id="a key of the tail renamed",
        ),
        pytest.param("", Ending.CUT, id="empty"),
        pytest.param('{"a": 1}', Ending.SAME, id="JSON"),
    ],
)
def test_an_ending_is_judged(text: str, ending: Ending) -> None:
    assert ending_of(text.encode(), BEFORE.encode()) is ending


def test_a_large_text_of_equal_lines_is_judged_in_moments() -> None:
    before = b"- read\n" * 200_000
    began = time.process_time()

    ending_of(b"title: x\n" + before[:-3_500], before)

    assert time.process_time() - began < 5


def test_an_end_further_to_the_right_than_what_is_gone_is_cut() -> None:
    before = BEFORE + "security:\n- oauth: [write]\n"
    text = RETITLED + ONE + operation("two", "delete")

    cut, whole = (ending_of(new.encode(), before.encode()) for new in (text, text + "tags: []\n"))

    assert (cut, whole) == (Ending.CUT, Ending.OTHER)


def test_a_line_that_the_edit_has_further_up_is_no_end() -> None:
    before = HEAD + ONE + TWO + operation("three", "admin")

    assert ending_of((HEAD + ADMIN + TWO).encode(), before.encode()) is Ending.CUT


@pytest.mark.parametrize(
    ("text", "is_cut"),
    [
        (b"a: 1\nb: 2\n", False),
        (b"a: 1\n", True),
        (b"a: 1\n\n", True),
        (b"", True),
        (b"b: 2\n", False),
        (b"a: 1\nb: 2\nc: 3\n", False),
    ],
)
def test_a_beginning_of_what_was_is_told(text: bytes, is_cut: bool) -> None:
    assert is_beginning_of(text, b"a: 1\nb: 2\n") is is_cut


@pytest.mark.parametrize(
    ("before", "now", "lacks"),
    [
        pytest.param(b"a: [x]\n", b"a: [x]", True, id="no end"),
        pytest.param(b"a: 1\n", b"b: 2\nc: [", True, id="another text"),
        pytest.param(b"a: 1\n", b"b: 2\n", False, id="an end"),
        pytest.param(b"a: 1", b"b: 2", False, id="there never was one"),
        pytest.param(b'{"a": 1}\n', b'{"a": 2}', False, id="JSON closes itself"),
    ],
)
def test_a_last_line_without_its_end_is_noticed(before: bytes, now: bytes, lacks: bool) -> None:
    assert lacks_end_of(now, before) is lacks
