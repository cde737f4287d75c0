"""One document linted: read, loaded under the settings, looked at by every rule, ignores heard."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath

from gateway.errors import DocumentError, Fault, UsageError
from gateway.lint.catalogue import known_rules
from gateway.lint.finding import Finding, Severity, by_place, located
from gateway.lint.ignores import Sifted, ignores_of, sift, unignorable
from gateway.lint.kept_files import KeptFiles
from gateway.lint.rules import lint
from gateway.lint.texts import Texts
from gateway.load import LoadedDocument, load_document
from gateway.policy.grantable import grantable_scopes
from gateway.settings import Settings
from gateway.spec.file_source import FileSource, WorkingFiles
from gateway.spec.limits import DEFAULT_LIMITS, Limits
from gateway.spec.read import read_description


@dataclass(frozen=True, slots=True)
class LintedDocument:
    """What was found in one document and the files it refers to."""

    #: as the call names it
    file: str
    findings: tuple[Finding, ...]
    #: findings that a reasoned ignore lets pass
    ignored: int
    #: None: the document does not load
    loaded: LoadedDocument | None
    texts: Texts
    #: the file and those it refers to, links followed
    real_paths: frozenset[PurePath]

    @property
    def operations(self) -> int:
        """How many operations were looked at."""
        return len(self.loaded.description.operations) if self.loaded is not None else 0

    @property
    def scopes(self) -> int:
        """How many scopes it declares."""
        if self.loaded is None:
            return 0
        description = self.loaded.description
        return len(grantable_scopes(description, description.schemes))


def lint_document(
    path: str,
    settings: Settings,
    *,
    stdin: Callable[[], bytes],
    source: FileSource | None = None,
) -> LintedDocument:
    """Lint the document at `path`; raises UsageError and SettingsError.

    A document that does not load is told by its faults, which nothing lets pass. Files are as they
    are on disk, or as `source` has them.
    """
    files = KeptFiles(source or WorkingFiles())

    def read_stdin() -> bytes:
        data = stdin()
        files.read_files[path] = data
        return data

    try:
        description = read_description(
            path,
            stdin=read_stdin,
            limits=Limits(max_bytes=settings.spec_max_bytes),
            source=files,
            tolerate=settings.tolerate,
        )
        loaded = load_document(description, settings)
    except DocumentError as error:
        return _linted(path, files, findings=tuple(map(_as_finding, error.faults)), loaded=None)
    return _linted(path, files, findings=lint(loaded), loaded=loaded)


def findings_of(loaded: LoadedDocument, source: FileSource | None = None) -> tuple[Finding, ...]:
    """The findings of a document loaded already, without those that its comments let pass."""
    found = lint(loaded)
    files = KeptFiles(source or WorkingFiles())
    for file in {finding.origin.file for finding in found}:
        with suppress(UsageError):
            files.read(file, DEFAULT_LIMITS.max_bytes)
    return _heard(found, Texts(files.read_files), is_loaded=True).findings


def _as_finding(fault: Fault) -> Finding:
    return Finding(fault.origin, Severity.ERROR, fault.rule, fault.message)


def _linted(
    path: str, files: KeptFiles, *, findings: Sequence[Finding], loaded: LoadedDocument | None
) -> LintedDocument:
    texts = Texts(files.read_files)
    heard = _heard(findings, texts, is_loaded=loaded is not None)
    return LintedDocument(
        path, heard.findings, heard.ignored, loaded, texts, frozenset(files.real_paths)
    )


def _heard(findings: Sequence[Finding], texts: Texts, *, is_loaded: bool) -> Sifted:
    """The findings at their places, after the comments of all files have spoken."""
    known = known_rules()
    found = [located(finding, texts.locate) for finding in findings]
    ignores = [
        ignore
        for file in texts.names()
        if not file.lower().endswith(".json")
        for ignore in ignores_of(texts.text(file), file=file)
    ]
    if is_loaded:
        sifted = sift(found, ignores, known)
    else:
        sifted = Sifted((*found, *unignorable(ignores, known)), 0)
    return Sifted(tuple(sorted(sifted.findings, key=by_place)), sifted.ignored)
