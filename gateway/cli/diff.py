"""`scopegate diff`: what a change of a document means for who may call what."""

from enum import StrEnum
from typing import Annotated

import typer

from gateway.cli.diff_json import comparison_json
from gateway.cli.diff_markdown import comparison_markdown
from gateway.cli.diff_output import comparison_lines
from gateway.cli.diff_sides import Named, name_sides, read_side
from gateway.cli.document import settings_here, spec_path
from gateway.cli.talk import complain, counted, new_app, plain, remark, say, say_json
from gateway.compare import Comparison, compare
from gateway.errors import DocumentError, ScopegateError
from gateway.policy.diff import Change
from gateway.settings import Settings
from gateway.spec.limits import Limits
from gateway.spec.model import ApiDescription

app = new_app("Compare two documents by who may call what.")
_UNUSABLE = 2


class FailOn(StrEnum):
    """Which changes end a comparison with status 1."""

    WIDENED = "widened"
    ANY = "any"
    OPENED = "opened"


class DiffFormat(StrEnum):
    """The forms of a comparison."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


@app.command()
def diff_documents(
    old: Annotated[str, typer.Argument(metavar="OLD")],
    new: Annotated[str | None, typer.Argument(metavar="[NEW]")] = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="What makes the exit status 1.")
    ] = FailOn.WIDENED,
    undeclared_security: Annotated[str | None, typer.Option(metavar="deny|public")] = None,
    tolerate: Annotated[
        bool, typer.Option("--tolerate", help="Also compare documents with harmless faults.")
    ] = False,
    form: Annotated[DiffFormat, typer.Option("--format")] = DiffFormat.TEXT,
) -> None:
    """Print which operations other callers may call than before.

    OLD and NEW are files, `REV:path` for a file at a git revision, `-` for standard input, or a
    REV alone for that revision of the other side's document.
    """
    settings = settings_here(
        {"undeclared_security": undeclared_security, "tolerate": tolerate or None}
    )
    old_side, new_side = name_sides(old, new, working=lambda: spec_path(settings))
    before = _read("old", old_side, settings)
    after = _read("new", new_side, settings)
    if before is None or after is None:
        raise typer.Exit(_UNUSABLE)
    comparison = _compare(before, after, settings)
    is_failure = fails(comparison, fail_on)
    match form:
        case DiffFormat.JSON:
            say_json({"fails": is_failure, **comparison_json(comparison)})
        case DiffFormat.MARKDOWN:
            say("\n".join(comparison_markdown(comparison)))
        case DiffFormat.TEXT:
            say("\n".join(comparison_lines(comparison)))
    raise typer.Exit(1 if is_failure else 0)


def fails(comparison: Comparison, fail_on: FailOn) -> bool:
    """Whether the changes are of the kind to fail on; an operation added for everyone opens."""
    access = comparison.access
    is_opened = any(change.opens for change in access.changes)
    match fail_on:
        case FailOn.OPENED:
            return is_opened
        case FailOn.WIDENED:
            return is_opened or bool(access.of(Change.WIDENED) or access.of(Change.MOVED))
        case FailOn.ANY:
            return bool(access.changes) or comparison.has_moved


def _read(label: str, side: Named, settings: Settings) -> ApiDescription | None:
    """Read one side; None: it cannot be used, and it was said why."""
    limits = Limits(max_bytes=settings.spec_max_bytes)
    try:
        description = read_side(side, limits, tolerate=settings.tolerate)
    except ScopegateError as error:
        _complain(f"no verdict, the {label} side `{side.text}` cannot be used", error)
        return None
    if description.tolerated:
        number = counted(len(description.tolerated), "fault")
        remark(plain(f"note: the {label} side `{side.text}` has {number} that lint names"))
    return description


def _compare(old: ApiDescription, new: ApiDescription, settings: Settings) -> Comparison:
    try:
        return compare(old, new, settings)
    except ScopegateError as error:
        _complain("no verdict, a side cannot be used", error)
        raise typer.Exit(_UNUSABLE) from error


def _complain(message: str, error: ScopegateError) -> None:
    if not isinstance(error, DocumentError):
        complain(plain(f"{message}: {error}"))
        return
    complain(plain(message))
    for fault in error.faults:
        remark(plain(str(fault)))
