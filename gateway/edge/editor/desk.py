"""What stays the same whatever document rules: the file that is edited, who may, and one thread."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from gateway.edge.editor.admission import Admission
from gateway.edge.editor.attempt import Attempt, Fits, attempt
from gateway.edge.threads import HandlerThreads
from gateway.handler import Unavailable
from gateway.load import LoadedDocument
from gateway.settings import Settings

#: seconds that a text may take to be read, linted and compared before its sender is let go
_SECONDS = 30.0
#: texts that may wait while one is tried
_WAITING = 4
Result = TypeVar("Result")


class DeskBusyError(Exception):
    """Another text is tried at this moment, or this one takes too long."""


def _one_thread() -> HandlerThreads:
    """One text at a time: a thread that takes too long is not replaced before it ends."""
    return HandlerThreads(1, waiting=_WAITING, most_lost=0)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one process tries texts and saves them."""

    #: the entry document, as it was named
    file: str
    admission: Admission
    settings: Settings
    #: raises ScopegateError for a document that would not be served
    fits: Fits
    #: Unix seconds
    clock: Callable[[], float] = time.time
    seconds: float = _SECONDS
    threads: HandlerThreads = field(default_factory=_one_thread)

    def attempt(self, text: bytes, running: LoadedDocument) -> Attempt:
        """Try a text; takes its time."""
        return attempt(text, self.file, running, self.settings, fits=self.fits)

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run something in the one thread; raises DeskBusyError, and what it raises."""
        try:
            async with asyncio.timeout(self.seconds):
                result: Result = await self.threads.run(work)
                return result
        except (TimeoutError, Unavailable) as error:
            raise DeskBusyError from error
