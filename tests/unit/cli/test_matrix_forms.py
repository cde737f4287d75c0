"""The forms of a matrix: nothing of a document becomes markup, a formula or a broken line."""

import csv
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from gateway.cli.matrix_csv import matrix_csv
from gateway.cli.matrix_html import matrix_html
from gateway.cli.matrix_markdown import matrix_markdown
from gateway.cli.matrix_text import matrix_lines
from gateway.policy.compile import compile_policy
from gateway.policy.matrix import Matrix, build_matrix
from gateway.spec.model import ApiDescription
from tests.unit.policy.build import BINDINGS, Security, description, oauth2

WIDE: dict[str, Security] = {
    "GET /a": [{"oauth": ["alpha"]}],
    "PUT /a": [{"oauth": ["beta", "gamma"]}],
    "GET /b": [{"oauth": ["delta"]}],
    "GET /c": [],
}
HOSTILE: dict[str, Security] = {
    "GET /<b>|`x`": [{"oauth": ["<script>alert(1)</script>"]}, {"oauth": ["=1+1", "@cmd"]}],
}


def _description(operations: dict[str, Security]) -> ApiDescription:
    names = [
        name
        for security in operations.values()
        for item in security or ()
        for name in item["oauth"]
    ]
    return description(operations, schemes=[oauth2("oauth", scopes=names)])


def _matrix(operations: dict[str, Security]) -> Matrix:
    told = _description(operations)
    return build_matrix(told, compile_policy(told, BINDINGS), told.operations)


def test_a_narrow_terminal_gets_the_columns_in_blocks() -> None:
    lines = list(matrix_lines(_matrix(WIDE), base_path="", width=30))

    assert lines == [
        "                alpha beta",
        "GET /a            x",
        "PUT /a                 1",
        "GET /b",
        "GET /c  public",
        "",
        "                gamma delta",
        "PUT /a            1",
        "GET /b                  x",
        "",
        "4 operations, 1 public, 0 optional; 4 scopes, 0 undeclared",
    ]


def test_a_terminal_narrower_than_a_column_still_gets_each() -> None:
    lines = list(matrix_lines(_matrix(WIDE), base_path="", width=1))

    assert sum(line.strip() in {"alpha", "beta", "gamma", "delta"} for line in lines) == 4


def test_the_closing_line_names_a_few_and_counts_the_others() -> None:
    told = description({"GET /a": [{"oauth": [f"s{n}" for n in range(7)]}], "GET /b": None})
    matrix = build_matrix(told, compile_policy(told, BINDINGS), told.operations)

    *_, closing = matrix_lines(matrix, base_path="")

    assert closing.startswith(
        "2 operations, 0 public, 0 optional, 1 without security, denied, 1 that nobody can call; "
    )
    assert "7 undeclared (s0, s1, s2, s3, s4 and 2 more)" in closing


def test_without_a_terminal_a_line_is_as_wide_as_it_takes() -> None:
    lines = list(matrix_lines(_matrix(WIDE), base_path=""))

    assert lines[0].split() == ["alpha", "beta", "gamma", "delta"]


def test_a_document_without_operations_has_a_closing_line() -> None:
    assert list(matrix_lines(_matrix({}), base_path=""))[-1] == (
        "0 operations, 0 public, 0 optional; 0 scopes, 0 undeclared"
    )


def test_a_spreadsheet_takes_no_cell_for_a_formula() -> None:
    text = "".join(f"{line}\n" for line in matrix_csv(_matrix(HOSTILE), base_path=""))

    head, row = csv.reader(io.StringIO(text, newline=""))

    assert text.count("\r\n") == 2
    assert head[5:] == ["<script>alert(1)</script>", "'=1+1", "'@cmd"]
    assert row == ["GET", "/<b>|`x`", "", "", "", "x", "2", "2"]


def test_markdown_keeps_its_cells_whatever_a_scope_is_called() -> None:
    head, _, row, *_ = matrix_markdown(_matrix(HOSTILE), base_path="")

    assert head == r"| operation | \<script\>alert(1)\</script\> | =1+1 | \@cmd |"
    assert row == r"| GET /\<b\>\|\`x\` | x | 2 | 2 |"


class _Seen(HTMLParser):
    """The elements of a page, and how many are still open."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "wbr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _page(operations: dict[str, Security]) -> tuple[str, _Seen]:
    told = _description(operations)
    matrix = build_matrix(told, compile_policy(told, BINDINGS), told.operations)
    page = "\n".join(matrix_html(matrix, told, digest="3f9c1a7"))
    seen = _Seen()
    seen.feed(page)
    return page, seen


@pytest.mark.parametrize("operations", [WIDE, HOSTILE, {}], ids=["wide", "hostile", "empty"])
def test_the_page_runs_and_fetches_nothing(operations: dict[str, Security]) -> None:
    _, seen = _page(operations)

    assert seen.open == []
    assert not {"script", "link", "img", "iframe", "b"} & set(seen.names)
    assert not {"src", "href", "onclick"} & {name for name, _ in seen.attributes}


def test_heads_of_the_table_say_what_they_head() -> None:
    _, seen = _page(WIDE)

    scopes = [value for name, value in seen.attributes if name == "scope"]

    assert scopes == ["col", "colgroup", *["col"] * 4, *["row"] * 4]


def test_rows_stand_under_their_first_tag_and_columns_under_their_scheme() -> None:
    told = description(
        {
            "GET /a": [{"oauth": ["a"], "key": ["admin"]}],
            "PUT /a": [{"oauth": ["undeclared"]}],
            "GET /b": [{"key": []}],
        }
    )
    tags = [("songs", "more"), (), ("songs",)]
    operations = tuple(
        replace(operation, tags=own) for operation, own in zip(told.operations, tags, strict=True)
    )
    told = replace(told, operations=operations)
    matrix = build_matrix(told, compile_policy(told, BINDINGS), operations)

    page = "\n".join(matrix_html(matrix, told, digest="3f9c1a7"))

    heads = re.findall(r'(?:<th scope="rowgroup"|class="scheme"[^>]*><span)>([^<]*)<', page)
    assert heads == ["oauth", "key", "songs", "without a tag"]
    assert re.findall(r'"method">(\w+)</span> /<wbr>(\w)', page) == [
        ("GET", "a"),
        ("GET", "b"),
        ("PUT", "a"),
    ]
    assert "role <code>admin</code>" in page
    assert "<span>any</span>" in page
    assert page.count("opens alone, but no client can get it") == 1


def test_marks_have_words_for_who_cannot_see_them() -> None:
    page, _ = _page({"GET /a": [{"oauth": ["alpha"]}, {"oauth": ["beta", "gamma"]}]})

    assert page.count('<span class="words">opens alone</span>') == 1
    assert page.count('<span class="words">part of alternative 2</span>') == 2
