"""A SIGHUP that comes while a server starts waits until somebody can reload, and ends nothing."""

import contextlib
import signal
from collections.abc import Iterator

_HANGUP = frozenset({signal.SIGHUP})


@contextlib.contextmanager
def holding_hangups() -> Iterator[None]:
    """Let SIGHUP wait until it is heard; threads that begin meanwhile never hear it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HANGUP)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def hear_hangups() -> None:
    """Let SIGHUP come to this thread, one that waited at once."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANGUP)
