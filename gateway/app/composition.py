"""What may be chosen when an application is put together, besides the settings."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateway.edge.editor.key import EditorKey
from gateway.load import LoadedDocument
from gateway.ops.audit_log import AuditLog
from gateway.watch import Sinks


def _nobody(_document: LoadedDocument) -> Sinks:
    return ()


@dataclass(frozen=True, slots=True)
class Edited:
    """The document that may be edited where it is served."""

    #: the entry document, as it was named
    file: str
    key: EditorKey


@dataclass(frozen=True, slots=True)
class Composition:
    """What may be chosen when an application is put together."""

    #: the module that `--handlers` names
    handlers: str | None = None
    #: the demo's own handlers answer
    with_demo_handlers: bool = False
    #: operations without a handler answer with the documented example
    mocks: bool = False
    sinks: Sinks = ()
    #: those who look on and have to know the document that rules
    sinks_for: Callable[[LoadedDocument], Sinks] = _nobody
    #: where decisions are written down
    audit: AuditLog | None = None
    #: the folder in which several workers share what they count
    shared: Path | None = None
    clock: Callable[[], float] = time.time
    #: requests pass all of Connexion's rooms instead of going by a plan: slower, with equal answers
    through_frame: bool = False
    #: the document is edited in the browser, too; None: there is no editor
    edited: Edited | None = None
