"""What lint has to tell of all documents of a call, before it is put into words."""

from dataclasses import dataclass

from gateway.lint.baseline import Known
from gateway.lint.document import LintedDocument
from gateway.lint.finding import Finding, Severity
from gateway.lint.texts import Texts


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of a call and what was looked at."""

    documents: tuple[LintedDocument, ...]
    #: those that are not known already, sorted
    findings: tuple[Finding, ...]
    #: how many are known, and the file that says so; "" without a baseline
    known: int = 0
    baseline: str = ""
    #: entries of the baseline that occur no more
    stale: tuple[Known, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many findings are that bad."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def operations(self) -> int:
        """How many operations were looked at."""
        return sum(document.operations for document in self.documents)

    @property
    def unloaded(self) -> int:
        """How many documents do not load."""
        return sum(document.loaded is None for document in self.documents)

    @property
    def ignored(self) -> int:
        """How many findings reasoned ignores let pass."""
        return sum(document.ignored for document in self.documents)

    def texts_of(self, file: str) -> Texts | None:
        """The texts among which a file is."""
        return next((d.texts for d in self.documents if file in d.texts.names()), None)
