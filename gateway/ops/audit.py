"""Where audit lines go: a file of SCOPEGATE_HOME that its owner alone can read."""

import logging
import os
from pathlib import Path

from gateway.errors import UsageError

#: every room writes its audit lines, JSON without a secret, to this logger
AUDIT_LOGGER = "scopegate.audit"
_FILE = "audit.log"


class _PrivateFileHandler(logging.FileHandler):
    """Appends; a file that it makes is its owner's alone."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; a file that is gone is reported, and costs no request its answer."""
        try:
            super().emit(record)
        except OSError:
            self.handleError(record)

    def _open(self):  # type: ignore[no-untyped-def]
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.fchmod(descriptor, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8")


def write_audit_to(home: Path) -> None:
    """Append the audit lines of this process to `audit.log`, wherever they went before.

    Raises UsageError where the file cannot be opened. A line that cannot be written later is
    reported on stderr: what was decided stands.
    """
    logger = logging.getLogger(AUDIT_LOGGER)
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)
        handler.close()
    try:
        handler = _PrivateFileHandler(home / _FILE)
    except OSError as error:
        raise UsageError(f"{home / _FILE}: {error.strerror}; audit lines go there") from error
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
