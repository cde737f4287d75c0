"""Where a comment of YAML is, and where a `#` is but text."""

import pytest

from gateway.lint.comments import comments_of


@pytest.mark.parametrize(
    ("text", "places"),
    [
        pytest.param("a: b  # word x", [(1, 7)], id="beside"),
        pytest.param("# word x\na: b", [(1, 1)], id="alone"),
        pytest.param("a: [b, # word x\n  c]", [(1, 8)], id="in a flow"),
        pytest.param("a: |  # word x\n  b", [(1, 7)], id="beside a block's sign"),
        pytest.param("a: |\n  b\n# word x\nc: d", [(3, 1)], id="after a block"),
        pytest.param("a: 'b'# word x", [], id="no blank before it"),
        pytest.param("a: 'b # word x'", [], id="quoted"),
        pytest.param('a: "b\n  # word x"', [], id="quoted, on its second line"),
        pytest.param("a: |\n  b # word x\n", [], id="in a block"),
        pytest.param("a: >-\n\n  # word x\n", [], id="in a folded block"),
        pytest.param("a: b#word", [], id="in a plain text"),
        pytest.param("a: b  # another", [], id="another word"),
    ],
)
def test_a_comment_is_told_from_text(text: str, places: list[tuple[int, int]]) -> None:
    found = list(comments_of(text, word="word"))

    assert [(comment.line, comment.column) for comment in found] == places


def test_a_comment_knows_whether_it_has_its_line_alone() -> None:
    found = list(comments_of("a: b  # word 1\n  # word 2\nc: d\n", word="word"))

    assert [(comment.text, comment.is_alone) for comment in found] == [
        ("word 1", False),
        ("word 2", True),
    ]
