"""Every error the gateway raises on purpose.

ScopegateError              code, exit_status: what the command line answers
+-- UsageError              the call cannot be carried out as it was typed
+-- SettingsError           a setting is unknown or has a bad value; says where it came from
+-- DocumentError           the document cannot be used; carries `faults`, each with its origin
+-- HandlerError            a handler does not fit the document; carries the origin of the operation
+-- KeysUnavailableError         verification keys cannot be had now; carries `retry_after`
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where an element of a document stands; lines and columns count characters from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Print as editors and compilers do: `file:line:column`."""
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def short(self) -> str:
        """The origin without its column, as tables print it."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why a document does not load: the rule broken, a message, and the place."""

    rule: str
    message: str
    origin: Origin

    def __str__(self) -> str:
        """Print as a finding of severity error."""
        return f"{self.origin}: error {self.rule}: {self.message}"


class ScopegateError(Exception):
    """The root: whoever catches it has a message fit for a person, without secrets."""

    #: a stable word for machines
    code = "error"
    #: what a command answers when this ends it
    exit_status = 2


class UsageError(ScopegateError):
    """The call cannot be carried out as it was typed."""

    code = "usage"


class SettingsError(ScopegateError):
    """A setting is unknown or has a value that cannot be used."""

    code = "settings"


class DocumentError(ScopegateError):
    """The document cannot be used; `faults` is never empty and is sorted by place."""

    code = "document"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.origin))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class HandlerError(ScopegateError):
    """A handler does not fit the document: unknown operation, second handler, bad signature."""

    code = "handler"


class KeysUnavailableError(ScopegateError):
    """Verification keys cannot be had now; `retry_after` is in seconds."""

    code = "keys-unavailable"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
