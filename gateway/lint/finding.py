"""One finding of lint."""

from dataclasses import dataclass
from enum import StrEnum

from gateway.errors import Origin


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is broken, where, and what follows from it."""

    origin: Origin
    severity: Severity
    rule: str
    message: str

    def __str__(self) -> str:
        """Print as editors and compilers do."""
        return f"{self.origin}: {self.severity} {self.rule}: {self.message}"
