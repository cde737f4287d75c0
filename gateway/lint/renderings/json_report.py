"""A report for programs."""

from typing import Any

from gateway.lint.baseline import known_as, shown_file
from gateway.lint.finding import Finding, Severity
from gateway.lint.report import Report


def report_json(report: Report) -> dict[str, Any]:
    """The report as JSON-like values."""
    return {
        "documents": [
            {
                "file": document.file,
                "loads": document.loaded is not None,
                "operations": document.operations,
                "scopes": document.scopes,
                "ignored": document.ignored,
            }
            for document in report.documents
        ],
        "findings": [_finding(finding) for finding in report.findings],
        "summary": {
            "documents": len(report.documents),
            "operations": report.operations,
            "errors": report.count(Severity.ERROR),
            "warnings": report.count(Severity.WARNING),
            "known": report.known,
            "ignored": report.ignored,
            "unloaded": report.unloaded,
        },
        "baseline": report.baseline or None,
        "stale": [
            {"file": known.file, "rule": known.rule, "message": known.message}
            for known in report.stale
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    origin = finding.origin
    return {
        "file": shown_file(origin.file),
        "line": origin.line,
        "column": origin.column,
        "severity": finding.severity.value,
        "rule": finding.rule,
        "message": finding.message,
        "hint": finding.hint,
        "fingerprint": known_as(finding).fingerprint,
        "also": [
            {"file": shown_file(other.file), "line": other.line, "column": other.column}
            for other in finding.also
        ],
    }
