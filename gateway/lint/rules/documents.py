"""What reading the document had to say of it, as findings."""

from collections.abc import Iterator

from gateway.lint.finding import Finding, Severity
from gateway.lint.rules.subject import Subject


def document_warning(subject: Subject) -> Iterator[Finding]:
    """What loads, but deserves a word."""
    for fault in dict.fromkeys(subject.loaded.warnings):
        yield Finding(fault.origin, Severity.WARNING, fault.rule, fault.message)
