"""One finding of lint: the rule that is broken, where, what follows, what to do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.errors import Origin


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a document: a known one, and the keys that lead on from there."""

    origin: Origin
    #: below the value whose key stands at `origin`, or of the whole file if that is its start
    keys: tuple[str, ...] = ()
    #: the value of the last key is meant, not the key
    is_value: bool = False


#: where a spot really is, None if its text does not tell
Locate = Callable[[Spot], Origin | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is broken, where, and what follows from it."""

    origin: Origin
    severity: Severity
    rule: str
    message: str
    #: what to do about it; `{see}` stands for the line of `see`
    hint: str = ""
    #: the text at `origin` that is meant; "" where showing the line would tell nothing
    marked: str = ""
    #: the place itself, where `origin` is but near, until it is located
    spot: Spot | None = None
    #: another place that the hint speaks of
    see: Spot | None = None
    #: further places for which the same holds
    also: tuple[Origin, ...] = ()

    def __str__(self) -> str:
        """Print as editors and compilers do."""
        return f"{self.origin}: {self.severity} {self.rule}: {self.message}"


def located(finding: Finding, locate: Locate) -> Finding:
    """Return a finding that stands at its spot, its hint with the line it speaks of."""
    origin = None if finding.spot is None else locate(finding.spot)
    hint = finding.hint
    if finding.see is not None:
        seen = locate(finding.see) or finding.see.origin
        line = f"line {seen.line}" if seen.file == finding.origin.file else seen.short
        hint = hint.replace("{see}", f" ({line})")
    return replace(finding, origin=origin or finding.origin, hint=hint, spot=None, see=None)


def by_place(finding: Finding) -> tuple[str, bool, Origin, str, str]:
    """Sort by file, errors first, then by place."""
    is_milder = finding.severity is not Severity.ERROR
    return (finding.origin.file, is_milder, finding.origin, finding.rule, finding.message)
