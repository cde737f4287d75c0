"""A report as workflow commands, which GitHub shows beside the lines of a pull request."""

from collections.abc import Iterator

from gateway.lint.baseline import shown_file
from gateway.lint.finding import Finding
from gateway.lint.report import Report


def github_lines(report: Report) -> Iterator[str]:
    """One workflow command a finding."""
    return map(_command, report.findings)


def _command(finding: Finding) -> str:
    origin = finding.origin
    properties = {
        "file": shown_file(origin.file),
        "line": str(origin.line),
        "col": str(origin.column),
        "title": f"scopegate {finding.rule}",
    }
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = f"{finding.rule}: {finding.message}" + (f"\n{finding.hint}" if finding.hint else "")
    return f"::{finding.severity} {told}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
