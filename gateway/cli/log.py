"""`scopegate log`: which commit opened what, out of the history of the document in git."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from gateway.cli.access_history import About, Entry, Kind, entries
from gateway.cli.commits import Commits
from gateway.cli.diff_json import comparison_json
from gateway.cli.document import settings_here, spec_path
from gateway.cli.document_options import Spec, Tolerate, Undeclared
from gateway.cli.git_objects import GitObjects, answers_git
from gateway.cli.history import History, path_from_root
from gateway.cli.log_output import closing, entry_lines
from gateway.cli.nearest import nearest
from gateway.cli.progress import Tell, progress
from gateway.cli.talk import Format, new_app, remark, say, say_json
from gateway.errors import DocumentError, UsageError
from gateway.settings import Settings
from gateway.spec.files import STDIN
from gateway.spec.limits import Limits

app = new_app("Tell which commit opened, moved or closed what.")


@app.command()
def tell_history(
    spec: Spec = None,
    operation: Annotated[
        str | None, typer.Option(metavar="OP", help="Only what changed for this operation.")
    ] = None,
    most: Annotated[
        int | None,
        typer.Option("-n", "--max-count", min=1, help="The newest commits that touched it."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Commits since then, as git takes a date.")
    ] = None,
    undeclared_security: Undeclared = None,
    tolerate: Tolerate = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Print each commit that changed who may call what, the newest first.

    SPEC is followed through renames, and the files it refers to count as the document.
    """
    flags = {"undeclared_security": undeclared_security, "tolerate": tolerate}
    settings = settings_here({"spec": spec, **flags})
    with progress() as tell, GitObjects() as objects:
        history, path = _history(objects, settings, since)
        told = _Told(form, tell)
        about = About(operation, history.head_description())
        for entry in entries(history.steps(tell), settings, most=most, tell=tell):
            told.take(entry, about.select(entry))
    if not about.is_met:
        hint = nearest(str(operation), about.met)
        raise UsageError(f"no version of {path} has the operation `{operation}`{hint}")
    told.close(path, about=operation, most=most)


class _Told:
    """What is told of entries as they come."""

    def __init__(self, form: Format, tell: Tell) -> None:
        self._form = form
        self._tell = tell
        self._counts: Counter[Kind] = Counter(dict.fromkeys(Kind, 0))
        self._kept: list[dict[str, Any]] = []

    def take(self, entry: Entry, shown: Entry | None) -> None:
        """Count an entry, and print what is to be seen of it."""
        if shown is None or shown.kind is Kind.UNCHANGED:
            self._counts[Kind.UNCHANGED] += 1
            return
        self._counts[entry.kind] += 1
        if self._form is Format.JSON:
            self._kept.append(_entry_json(shown))
            return
        with self._tell.aside():
            for line in (*entry_lines(shown), ""):
                say(line)

    def close(self, path: str, *, about: str | None, most: int | None) -> None:
        """Say how many there were."""
        if answers_git("rev-parse", "--is-shallow-repository") == "true":
            remark("note: this clone is shallow; what was before it is not known here")
        total = sum(self._counts.values())
        if self._form is Format.JSON:
            counts = {kind.value: self._counts[kind] for kind in Kind}
            say_json({"document": path, "commits": self._kept, "counts": counts})
        else:
            say(closing(path, self._counts, about=about, cut=total == most))


def _history(objects: GitObjects, settings: Settings, since: str | None) -> tuple[History, str]:
    named = spec_path(settings)
    if named == STDIN:
        raise UsageError("standard input has no history; name a file that is under git")
    path = path_from_root(named)
    commits = Commits("HEAD", since=since)
    limits = Limits(max_bytes=settings.spec_max_bytes)
    history = History(commits, objects, path, limits=limits, tolerate=settings.tolerate)
    history.require_known()
    return history, path


def _entry_json(entry: Entry) -> dict[str, Any]:
    commit = entry.step.commit
    return {
        "commit": commit.id,
        "short": commit.short,
        "date": commit.date,
        "author": commit.author,
        "subject": commit.subject,
        "document": entry.step.version.path,
        "moved_from": entry.step.moved_from,
        "kind": entry.kind.value,
        "compared_with_last_that_loads": entry.step.skipped,
        "faults": [*_faults(entry)],
        "comparison": comparison_json(entry.comparison) if entry.comparison else None,
    }


def _faults(entry: Entry) -> Iterator[str]:
    if isinstance(entry.error, DocumentError):
        yield from map(str, entry.error.faults)
    elif entry.error is not None:
        yield str(entry.error)
