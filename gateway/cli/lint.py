"""`scopegate lint`: what is wrong with documents, where, and what to do about it."""

import time
from enum import StrEnum
from typing import Annotated

import typer

from gateway.cli.lint_output import ReportFormat, say_faults, say_report
from gateway.cli.linting import keep_as_known, lint_all, report_of
from gateway.cli.progress import progress
from gateway.cli.talk import counted, new_app, plain, remark
from gateway.lint.baseline import BASELINE_FILE
from gateway.lint.finding import Severity
from gateway.lint.report import Report

app = new_app("Say what is wrong with documents, where, and what to do about it.")


class FailOn(StrEnum):
    """From which severity on a finding is exit status 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


@app.command()
def lint_documents(
    specs: Annotated[list[str] | None, typer.Argument(metavar="[SPEC]...")] = None,
    form: Annotated[ReportFormat, typer.Option("--format")] = ReportFormat.TEXT,
    fail_on: Annotated[FailOn, typer.Option("--fail-on")] = FailOn.ERROR,
    baseline: Annotated[
        str | None, typer.Option(metavar="FILE", help="Findings that are known already.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write-baseline", help="Take all findings of now as known.")
    ] = False,
    tolerate: Annotated[
        bool, typer.Option("--tolerate", help="Load documents despite faults besides security.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print findings alone.")] = False,
) -> None:
    """Look at files, the documents in folders, what globs match, or - for standard input.

    Without SPEC: the document that the other commands take.
    """
    began = time.monotonic()
    with progress() as tell:
        documents = lint_all(specs or (), tell, tolerate=tolerate)
    if write:
        held = keep_as_known(documents, baseline)
        say_faults(documents)
        name = baseline or BASELINE_FILE
        remark(plain(f"{name}: {counted(held, 'finding')} known from now on"))
        raise typer.Exit(2 if any(document.loaded is None for document in documents) else 0)
    report = report_of(documents, baseline)
    took = round((time.monotonic() - began) * 1000)
    say_report(report, form, milliseconds=took, quiet=quiet)
    raise typer.Exit(_status(report, fail_on))


def _status(report: Report, fail_on: FailOn) -> int:
    if report.unloaded:
        return 2
    errors, warnings = (report.count(severity) for severity in Severity)
    match fail_on:
        case FailOn.ERROR:
            return 1 if errors else 0
        case FailOn.WARNING:
            return 1 if errors or warnings else 0
        case FailOn.NEVER:
            return 0
