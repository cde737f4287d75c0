"""Comments that let a finding pass, and those that do nothing."""

from pathlib import Path

import pytest

from gateway.lint.document import LintedDocument, lint_document
from gateway.lint.finding import Severity
from tests.edge.gateway.world import settings_of

_TEXT = """\
openapi: 3.0.3
info: {{title: t, version: "1"}}
paths:
  /a:
    get:
      {above}
      security: []  {beside}
      responses: {{"200": {{description: ok}}}}
"""
_RULE = "public-operation"


def linted(folder: Path, *, above: str = "", beside: str = "") -> LintedDocument:
    file = folder / "openapi.yaml"
    file.write_text(_TEXT.format(above=above, beside=beside))
    return lint_document(str(file), settings_of(), stdin=bytes)


def rules(document: LintedDocument) -> list[str]:
    return sorted(finding.rule for finding in document.findings)


@pytest.mark.parametrize(
    "comments",
    [
        pytest.param({"beside": "# scopegate: ignore[public-operation] open"}, id="beside"),
        pytest.param({"above": "# scopegate: ignore[public-operation] open"}, id="above"),
        pytest.param(
            {"above": "# scopegate: ignore[public-operation] open\n      # scopegate: ok"},
            id="above, with another one between",
        ),
        pytest.param({"beside": "#scopegate:ignore[ public-operation ] open"}, id="no blanks"),
    ],
)
def test_a_reasoned_ignore_lets_a_finding_pass(comments: dict[str, str], tmp_path: Path) -> None:
    document = linted(tmp_path, **comments)

    assert (rules(document), document.ignored) == ([], 1)


@pytest.mark.parametrize(
    ("comment", "expected", "told"),
    [
        pytest.param(
            "# scopegate: ignore[public-operation]",
            ["ignore-without-reason", _RULE],
            "say why",
            id="no reason",
        ),
        pytest.param(
            "# scopegate: ignore[trace] why", [_RULE, "unused-ignore"], "line 7", id="another rule"
        ),
        pytest.param(
            "# scopegate: ignore[pubic-operation] why",
            [_RULE, "unused-ignore"],
            "did you mean `public-operation`?",
            id="misspelt",
        ),
        pytest.param("# scopegate: ignore why", [_RULE, "unused-ignore"], "no rule", id="no rule"),
        pytest.param(
            "# scopegate: ignore[duplicate-key] why",
            [_RULE, "unignorable-rule"],
            "cannot be ignored",
            id="of what does not load",
        ),
        pytest.param(
            "# scopegate: ignore[public-operation, trace] why",
            ["unused-ignore"],
            "`trace`",
            id="one of two is used",
        ),
    ],
)
def test_an_ignore_that_does_nothing_is_told(
    comment: str, expected: list[str], told: str, tmp_path: Path
) -> None:
    document = linted(tmp_path, beside=comment)

    assert rules(document) == expected
    assert any(told in finding.message for finding in document.findings)


def test_an_ignore_two_lines_above_lets_nothing_pass(tmp_path: Path) -> None:
    document = linted(tmp_path, above="# scopegate: ignore[public-operation] why\n      summary: a")

    assert rules(document) == [_RULE, "unused-ignore"]


def test_what_keeps_a_document_from_loading_is_not_ignored(tmp_path: Path) -> None:
    document = linted(
        tmp_path, above="security: []", beside="# scopegate: ignore[duplicate-key] the last counts"
    )

    assert document.loaded is None
    assert rules(document) == ["duplicate-key", "unignorable-rule"]
    assert {finding.severity for finding in document.findings} == {Severity.ERROR}


def test_nothing_is_said_of_other_ignores_in_a_document_that_does_not_load(tmp_path: Path) -> None:
    document = linted(
        tmp_path, above="security: []", beside="# scopegate: ignore[public-operation] open"
    )

    assert rules(document) == ["duplicate-key"]


def test_an_ignore_in_a_file_that_is_referred_to_counts_there(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "get:\n  security: []  # scopegate: ignore[public-operation] open\n"
        "  responses: {'200': {description: ok}}\n"
    )
    entry = tmp_path / "openapi.yaml"
    entry.write_text(
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/a: {$ref: a.yaml}}\n"
    )

    document = lint_document(str(entry), settings_of(), stdin=bytes)

    assert (rules(document), document.ignored) == ([], 1)


def test_a_fault_that_is_tolerated_is_told_whatever_a_comment_says(tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    text = _TEXT.format(above="", beside="# scopegate: ignore[public-operation] open")
    file.write_text(text.replace("{description: ok}}", "{}}  # scopegate: ignore[schema] later"))

    document = lint_document(str(file), settings_of(tolerate="on"), stdin=bytes)

    assert document.loaded is not None
    assert rules(document) == ["schema", "unignorable-rule"]
