"""How a running server comes to another document: read, settled, checked, swapped, told."""

import os
import queue
import signal
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateway.app.reloading import Reloading
from gateway.cli.arrivals import Arrivals
from gateway.cli.document import load_spec_to_keep, spec_path
from gateway.cli.doubts import patience
from gateway.cli.findings_told import finding_lines, new_findings, unbound_lines
from gateway.cli.handing import Handed, Handing
from gateway.cli.reload_words import at_this_time, reason, refused, reloaded, waits
from gateway.cli.settling import Marks, Settling, marks_of
from gateway.cli.talk import plain, remark
from gateway.cli.terminal import terminal_here
from gateway.cli.waiting import Waiting
from gateway.cli.writers import Writing, first_open, writing_of
from gateway.compare import Comparison, compare
from gateway.errors import ScopegateError, UsageError
from gateway.lint.document import findings_of
from gateway.lint.finding import Finding
from gateway.load import LoadedDocument
from gateway.settings import Settings
from gateway.spec.file_source import WorkingFiles
from gateway.spec.files import STDIN
from gateway.spec.snapshot import RecordingFiles, Snapshot

_POLL_SECONDS = 0.1
_QUIET_SECONDS = 0.1
#: how long a file may be open for writing before somebody is told
_OPEN_SECONDS = 5.0
#: how often a reload on demand begins anew because files change under it
_TRIES = 20
_WORKERS_SECONDS = 20.0


class _MovedError(Exception):
    """The files changed while they were read or looked at."""


@dataclass(frozen=True, slots=True)
class Start:
    """What was read at the start."""

    snapshot: Snapshot
    sought: Collection[str]


class Reloader:
    """Reloads on demand, and when files change if it watches; one thread of its own."""

    def __init__(
        self,
        settings: Settings,
        reloading: Reloading,
        start: Start,
        *,
        watches: bool,
        handing: Handing | None = None,
    ) -> None:
        """With `handing` the document is checked here, and served by workers."""
        self._settings = settings
        self._spec = spec_path(settings)
        self._reloading = reloading
        self._ruling = start.snapshot
        self._sought = frozenset(start.sought)
        # what changed since it was read is found by the first look, which reads once more
        self._settling = Settling({}, quiet_seconds=_QUIET_SECONDS)
        self._waiting = Waiting(quiet_seconds=_OPEN_SECONDS)
        self._arrivals = Arrivals(marks_of(self._sought))
        self._watches = watches
        self._handing = handing
        #: those of the document that rules; None: nobody asked yet
        self._findings: Sequence[Finding] | None = None
        self._number = 0
        self._terminal = terminal_here()
        self._asked: queue.SimpleQueue[None] = queue.SimpleQueue()

    def ask(self) -> None:
        """Reload soon, whether files changed or not; may be called by a signal's handler."""
        self._asked.put(None)

    def hang_up(self) -> None:
        """Reload soon; end, if it is the terminal that hung up. For the handler of SIGHUP."""
        if self._terminal.is_gone:
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            self.ask()

    def start(self) -> None:
        """Begin, in a thread that ends with the process; SIGHUP asks."""
        signal.signal(signal.SIGHUP, lambda *_: self.hang_up())
        threading.Thread(target=self._run, name="reload", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self._asked.get(timeout=_POLL_SECONDS if self._watches else None)
            except queue.Empty:
                self._look(time.monotonic())
                continue
            for _ in range(_TRIES):
                if self._try(is_asked=True):
                    break
                time.sleep(_POLL_SECONDS)

    def _look(self, now: float) -> None:
        """Reload what has changed and come to rest; nothing while somebody may write on."""
        marks = marks_of(self._sought)
        self._arrivals.look(marks)
        if not self._settling.is_due(marks, now):
            return
        path = first_open(self._sought)
        if path is None:
            self._try(is_asked=False)
        elif self._waiting.is_news(now):
            self._tell_refusal(waits(path))

    def _try(self, *, is_asked: bool) -> bool:
        """Reload once; False if files changed meanwhile, so that it has to begin anew."""
        self._waiting.end()
        files = RecordingFiles(WorkingFiles())
        before = marks_of(self._sought)
        try:
            self._reload(files, before, is_asked=is_asked)
        except _MovedError:
            return False
        except ScopegateError as error:
            return self._refuse(reason(error), files, before)
        except Exception as error:  # the edge of the thread: the old document rules on
            return self._refuse(f"unforeseen {type(error).__name__}", files, before)
        return True

    def _reload(self, files: RecordingFiles, before: Marks, *, is_asked: bool) -> None:
        if self._spec == STDIN:
            raise UsageError("standard input was read at the start; name the document's file")
        document = load_spec_to_keep(self._settings, source=files)
        snapshot = files.snapshot
        marks = marks_of(files.sought)
        self._expect(before)
        if _read_again(snapshot) != snapshot.files:
            raise _MovedError
        is_same = snapshot == self._ruling and not self._reloading.was_refused
        if is_same and not is_asked:
            self._settle(files, marks)
            return
        comparison = compare(
            self._reloading.ruling.description, document.description, self._settings
        )
        if not is_asked:
            self._doubt(snapshot, marks, comparison)
        served = self._reloading.build(document)
        if not is_asked and first_open(snapshot.files):
            raise _MovedError
        self._expect(marks)
        remarks = [*self._remarks(document, snapshot)]
        self._reloading.swap(served)
        self._ruling = snapshot
        self._settle(files, marks)
        remark(at_this_time(reloaded(self._spec, comparison)))
        for line in remarks:
            remark(plain(line))
        if self._handing is not None:
            self._hand_on(self._handing)

    def _remarks(self, document: LoadedDocument, snapshot: Snapshot) -> Iterator[str]:
        """What lint has against a document, and had not against the one before."""
        before = self._reloading.ruling
        known = self._findings
        if known is None:
            known = findings_of(before, self._ruling)
        self._findings = findings_of(document, snapshot)
        yield from finding_lines(new_findings(known, self._findings))
        unbound = {*unbound_lines(before.description, self._settings, self._spec)}
        for line in unbound_lines(document.description, self._settings, self._spec):
            if line not in unbound:
                yield line

    def _doubt(self, snapshot: Snapshot, marks: Marks, comparison: Comparison) -> None:
        """Leave alone for a while what lets anybody in, and refuse what looks cut short."""
        writings = {path: writing_of(path) for path in snapshot.files}
        if Writing.OPEN in writings.values():
            raise _MovedError
        unknown = {path for path, writing in writings.items() if writing is Writing.UNKNOWN}
        whole = self._arrivals.whole(marks) - unknown
        seconds = patience(snapshot, self._ruling, comparison, whole=whole, unknown=unknown)
        self._leave_alone(seconds, marks)

    def _leave_alone(self, seconds: float, marks: Marks) -> None:
        """Let time pass; begin anew if files move, or if somebody asks, who is served at once."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                self._asked.get(timeout=min(left, _POLL_SECONDS))
            except queue.Empty:
                self._expect(marks)
            else:
                self.ask()
                raise _MovedError

    def _expect(self, marks: Marks) -> None:
        if marks_of(marks) != marks:
            raise _MovedError

    def _settle(self, files: RecordingFiles, marks: Marks) -> None:
        self._sought = frozenset(files.sought)
        self._settling.deal_with(marks)

    def _refuse(self, why: str, files: RecordingFiles, before: Marks) -> bool:
        if marks_of(before) != before:
            return False
        self._sought |= files.sought
        self._settling.deal_with(marks_of(self._sought))
        self._tell_refusal(why)
        return True

    def _tell_refusal(self, why: str) -> None:
        self._reloading.refuse(why)
        if self._handing is not None:
            self._handing.refuse(why)
        remark(at_this_time(refused(why)))

    def _hand_on(self, handing: Handing) -> None:
        """Have all workers take it over; one that does not is ended, and another one starts."""
        self._number += 1
        handing.give(Handed(self._number, self._ruling))
        until = time.monotonic() + _WORKERS_SECONDS
        while behind := {p: f for p, (n, f) in handing.answers().items() if n < self._number or f}:
            if time.monotonic() > until or all(behind.values()):
                break
            time.sleep(_POLL_SECONDS)
        for process, fault in behind.items():
            why = fault or "no answer"
            remark(at_this_time(f"worker {process} kept the old document ({why}), and is replaced"))
            os.kill(process, signal.SIGTERM)


def _read_again(snapshot: Snapshot) -> Mapping[str, bytes]:
    source = WorkingFiles()
    return {path: source.read(path, len(octets)) for path, octets in snapshot.files.items()}
