"""Where audit lines go: a file of SCOPEGATE_HOME that its owner alone can read."""

import logging
from pathlib import Path

from gateway.errors import UsageError
from gateway.ops.audit_log import AuditLog

#: every room writes its audit lines, JSON without a secret, to this logger
AUDIT_LOGGER = "scopegate.audit"
_FILE = "audit.log"


class _LogHandler(logging.Handler):
    """Puts what is logged among the lines of a log, in order, and writes at once."""

    def __init__(self, log: AuditLog) -> None:
        super().__init__()
        self._lines = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; one that cannot be written costs no request its answer."""
        self._lines.append(self.format(record).encode("utf-8", "backslashreplace") + b"\n")
        self._lines.flush()

    def end(self) -> None:
        """Close the file too: `close` is also called by whoever sets up other loggers anew."""
        self.close()
        self._lines.close()


def write_audit_to(home: Path) -> AuditLog:
    """Append the audit lines of this process to `audit.log`, wherever they went before.

    Raises UsageError where the file cannot be opened.
    """
    logger = logging.getLogger(AUDIT_LOGGER)
    for before in logger.handlers[:]:
        logger.removeHandler(before)
        if isinstance(before, _LogHandler):
            before.end()
    try:
        log = AuditLog(home / _FILE)
    except OSError as error:
        raise UsageError(f"{home / _FILE}: {error.strerror}; audit lines go there") from error
    handler = _LogHandler(log)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return log
