"""Every document that a call of lint means, looked at; what is known already set aside."""

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path, PurePath

from gateway.cli.document import settings_here, spec_path
from gateway.cli.talk import complain, plain
from gateway.errors import ScopegateError, UsageError
from gateway.lint.baseline import (
    BASELINE_FILE,
    Known,
    baseline_of,
    compare,
    read_baseline,
    shown_file,
    write_baseline,
)
from gateway.lint.discover import STDIN, Candidate, candidates
from gateway.lint.document import LintedDocument, lint_document
from gateway.lint.finding import Finding, by_place
from gateway.lint.report import Report
from gateway.lint.texts import Texts

#: is told which document comes next
Tell = Callable[[str], None]


def lint_all(
    specs: Sequence[str], tell: Tell, *, tolerate: bool = False
) -> tuple[LintedDocument, ...]:
    """Lint all documents; files that another one refers to are no documents of their own."""
    wanted = candidates(specs or [spec_path(settings_here({}))])
    linted = []
    for number, candidate in enumerate(wanted, start=1):
        tell(plain(f"{candidate.path} ({number} of {len(wanted)})"))
        try:
            document = _lint_one(candidate, tolerate=tolerate)
        except ScopegateError as error:
            if len(wanted) == 1:
                raise
            complain(plain(str(error)))
            document = LintedDocument(candidate.path, (), 0, None, Texts({}), frozenset())
        linted.append((candidate, document))
    return tuple(sorted(_without_referred(linted), key=lambda document: document.file))


def _lint_one(candidate: Candidate, *, tolerate: bool) -> LintedDocument:
    settings = settings_here({"spec": candidate.path, "tolerate": tolerate or None})
    return lint_document(candidate.path, settings, stdin=sys.stdin.buffer.read)


def _without_referred(
    linted: Sequence[tuple[Candidate, LintedDocument]],
) -> list[LintedDocument]:
    """Leave out what another document of the call refers to, unless each refers to the other."""
    kept = []
    for candidate, document in linted:
        own = _own_path(document)
        owners = [
            other
            for _, other in linted
            if other is not document and other.loaded is not None and own in other.real_paths
        ]
        is_entry = not owners or any(_own_path(o) in document.real_paths for o in owners)
        if is_entry or (candidate.is_named and document.loaded is not None):
            kept.append(document)
    return kept


def _own_path(document: LintedDocument) -> PurePath:
    return PurePath(STDIN) if document.file == STDIN else Path(document.file).resolve()


def report_of(documents: tuple[LintedDocument, ...], baseline: str | None) -> Report:
    """The findings of all documents, those that the baseline knows left out."""
    name = baseline or BASELINE_FILE
    older = _read(name, is_needed=baseline is not None)
    faults = {f for document in documents if document.loaded is None for f in document.findings}
    found = sorted(_findings(documents), key=by_place)
    if older is None:
        return Report(documents, tuple(sorted(faults | set(found), key=by_place)))
    compared = compare(found, older, looked_at=_looked_at(documents))
    new = tuple(sorted(faults | set(compared.new), key=by_place))
    return Report(documents, new, compared.known, name, compared.stale)


def keep_as_known(documents: tuple[LintedDocument, ...], baseline: str | None) -> int:
    """Write a baseline of all findings; how many it holds.

    Faults that keep a document from loading are left out: nothing lets them pass.
    """
    name = baseline or BASELINE_FILE
    older = _read(name, is_needed=False) or {}
    known = baseline_of(_findings(documents), older, looked_at=_looked_at(documents))
    try:
        Path(name).write_text(write_baseline(known), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"`{name}` cannot be written: {error.strerror}") from error
    return sum(known.values())


def _findings(documents: Sequence[LintedDocument]) -> set[Finding]:
    """What was found in the documents that load; a file that two of them share is told once."""
    return {f for document in documents if document.loaded is not None for f in document.findings}


def _looked_at(documents: Sequence[LintedDocument]) -> Collection[str]:
    """Every file of the documents that load, as a baseline names it."""
    loaded = (document for document in documents if document.loaded is not None)
    return {shown_file(name) for document in loaded for name in document.texts.names()}


def _read(name: str, *, is_needed: bool) -> Mapping[Known, int] | None:
    path = Path(name)
    if not is_needed and not path.exists():
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UsageError(f"there is no baseline `{name}`; make it with --write-baseline") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"`{name}` cannot be read as a baseline") from error
    return read_baseline(text, name=name)
