"""What a text would mean if it were saved: whether it loads, what lint says, what it opens."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.compare import Comparison, compare
from gateway.edge.editor.typed import TypedFiles
from gateway.errors import ScopegateError
from gateway.lint.document import LintedDocument, lint_document
from gateway.load import LoadedDocument
from gateway.settings import Settings

#: raises ScopegateError for a document that what answers its operations does not fit
Fits = Callable[[LoadedDocument], object]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A text that was tried; nothing of it is stored."""

    #: as the call names it
    file: str
    #: None: the settings do not let it be looked at
    linted: LintedDocument | None
    #: with the document that rules; None: it does not load
    comparison: Comparison | None
    #: why it would not be served, where no finding tells
    refusal: str = ""

    @property
    def loaded(self) -> LoadedDocument | None:
        """The document; None: it would not be served."""
        if self.linted is None or self.refusal:
            return None
        return self.linted.loaded


def attempt(
    text: bytes, file: str, running: LoadedDocument, settings: Settings, *, fits: Fits
) -> Attempt:
    """Try a text in the place of the entry document; it is read within the document's limits."""
    source = TypedFiles(file, text, home=settings.home)
    try:
        linted = lint_document(file, settings, stdin=bytes, source=source)
    except ScopegateError as error:
        return Attempt(file, None, None, str(error))
    if linted.loaded is None:
        return Attempt(file, linted, None)
    try:
        fits(linted.loaded)
        comparison = compare(running.description, linted.loaded.description, settings)
    except ScopegateError as error:
        return Attempt(file, linted, None, str(error))
    return Attempt(file, linted, comparison)
