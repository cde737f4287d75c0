"""A report of lint on stdout in the form that was asked for, and the talk about it on stderr."""

import json
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

import typer

from gateway.cli.talk import as_called, counted, is_on_terminal, remark, say
from gateway.lint.catalogue import rule_texts
from gateway.lint.document import LintedDocument
from gateway.lint.renderings.github import github_lines
from gateway.lint.renderings.json_report import report_json
from gateway.lint.renderings.sarif import sarif
from gateway.lint.renderings.text import ascii_line, closing_line, finding_block, finding_line
from gateway.lint.report import Report
from scopegate import __version__

_STALE_SHOWN = 5


class ReportFormat(StrEnum):
    """The forms of a report."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def say_report(report: Report, form: ReportFormat, *, milliseconds: int, quiet: bool) -> None:
    """Print a report; quiet: nothing but its findings."""
    is_for_people = form is ReportFormat.TEXT and is_on_terminal()
    if is_for_people:
        _say_blocks(report)
    else:
        for line in _lines(report, form):
            say(line)
    if quiet:
        return
    if is_for_people:
        say(closing_line(report, milliseconds=milliseconds))
    else:
        remark(ascii_line(closing_line(report)))
    _remark_stale(report)


def _lines(report: Report, form: ReportFormat) -> Iterator[str]:
    match form:
        case ReportFormat.TEXT:
            yield from map(finding_line, report.findings)
        case ReportFormat.GITHUB:
            yield from github_lines(report)
        case ReportFormat.JSON:
            yield _json({"schema": 1, **report_json(report)})
        case ReportFormat.SARIF:
            yield _json(sarif(report, rule_texts(), version=__version__))


def say_faults(documents: Iterable[LintedDocument]) -> None:
    """Print the faults of the documents that do not load, one a line."""
    for document in documents:
        for finding in document.findings if document.loaded is None else ():
            say(finding_line(finding))


def _say_blocks(report: Report) -> None:
    has_details = False
    for finding in report.findings:
        first, *details = finding_block(finding, report, paint=_painted, command=as_called())
        say(first)
        for line in details:
            say(line)
        has_details = has_details or bool(details)
    if has_details:
        say()


def _painted(text: str, colour: str) -> str:
    return typer.style(text, fg=colour)


def _remark_stale(report: Report) -> None:
    if not report.stale:
        return
    occur = "occurs" if len(report.stale) == 1 else "occur"
    told = f"{counted(len(report.stale), 'known finding')} {occur} no more"
    remark(f"{report.baseline}: {told}; write it anew with --write-baseline")
    for known in report.stale[:_STALE_SHOWN]:
        remark(ascii_line(f"  {known.file}: {known.rule}: {known.message}"))
    if len(report.stale) > _STALE_SHOWN:
        remark(f"  and {len(report.stale) - _STALE_SHOWN} more")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
