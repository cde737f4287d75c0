"""A report for people: one finding a line, on a terminal with the line of the document."""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.lint.finding import Finding, Severity
from gateway.lint.report import Report

#: puts a colour around a text: `red`, `yellow`, `bold`
Paint = Callable[[str, str], str]

_NUMBER = 5
_WIDEST = 160
_BEFORE = 60
_CUT = "..."
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def finding_line(finding: Finding) -> str:
    """A finding as it is piped: one line of ASCII."""
    return ascii_line(str(finding))


def ascii_line(text: str) -> str:
    """A text as one line of ASCII."""
    return "".join(c if " " <= c <= "~" else c.encode("unicode_escape").decode() for c in text)


def finding_block(finding: Finding, report: Report, *, paint: Paint, command: str) -> Iterator[str]:
    """A finding as a terminal shows it: with its line and what to do."""
    colour = _COLOURS[finding.severity]
    severity = paint(f"{finding.severity} {finding.rule}", colour)
    yield f"{_printable(str(finding.origin))}: {severity}: {_printable(finding.message)}"
    hint = _printable(finding.hint.replace("`scopegate rule", f"`{command} rule"))
    excerpt = _excerpt(finding, report) if finding.marked else None
    if excerpt is not None:
        yield from excerpt.lines
        yield f"{excerpt.margin}{paint(f'{excerpt.carets} {hint}'.rstrip(), colour)}"
    elif hint:
        yield f"{'':{_NUMBER}} = {hint}"


def closing_line(report: Report, *, milliseconds: int | None = None) -> str:
    """What was looked at and what was found, also when all is well."""
    one = report.documents[0] if len(report.documents) == 1 else None
    looked_at = [
        _counted(len(report.documents), "document"),
        _counted(report.operations, "operation"),
    ]
    if one is not None:
        looked_at.append(_counted(one.scopes, "scope"))
    took = f" ({milliseconds} ms)" if one is not None and milliseconds is not None else ""
    return f"{', '.join(looked_at)}: {_found(report)}{took}"


def _found(report: Report) -> str:
    new = "new " if report.baseline else ""
    errors = _counted(report.count(Severity.ERROR), f"{new}error")
    warnings = _counted(report.count(Severity.WARNING), f"{new}warning")
    told = f"{errors}, {warnings}"
    if not report.findings and not report.baseline:
        told = "clean"
    if report.baseline:
        told += f"; {report.known} known ({report.baseline})"
    if report.unloaded:
        verb = "does" if report.unloaded == 1 else "do"
        told += f"; {report.unloaded} {verb} not load"
    return told


@dataclass(frozen=True, slots=True)
class _Excerpt:
    """Lines of a document, and what points at the text that is meant."""

    lines: tuple[str, ...]
    margin: str
    carets: str


def _excerpt(finding: Finding, report: Report) -> _Excerpt | None:
    """The line before, the line, and carets below what is meant; None: there is no such line."""
    origin = finding.origin
    texts = report.texts_of(origin.file)
    line = texts.line(origin.file, origin.line) if texts is not None else ""
    if texts is None or not line.strip():
        return None
    before = texts.line(origin.file, origin.line - 1)
    is_shown = bool(before.strip()) and len(before) <= _WIDEST
    lines = (_numbered(origin.line - 1, before),) if is_shown else ()
    start = origin.column - 1
    if line[start : start + 1] in {'"', "'"}:
        start += 1
    cut = max(0, start - _BEFORE) if len(line) > _WIDEST else 0
    dots = _CUT if cut else ""
    marks = _width(finding.marked) if line.startswith(finding.marked, start) else 1
    return _Excerpt(
        (*lines, _numbered(origin.line, f"{dots}{line[cut : cut + _WIDEST]}")),
        f"{'':{_NUMBER}} | {'':{len(dots) + _width(line[cut:start])}}",
        "^" * marks,
    )


def _numbered(number: int, line: str) -> str:
    return f"{number:{_NUMBER}} | {_shown(line)}"


def _shown(line: str) -> str:
    return _printable(line.replace("\t", " ")).rstrip()


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
