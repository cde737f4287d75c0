"""The audit line of a save: who put which policy in the place of which."""

import json
import logging

from gateway.edge.editor.admission import Admitted
from gateway.edge.editor.desk import Desk
from gateway.edge.editor.saving import Saved
from gateway.load import LoadedDocument
from gateway.ops.audit import AUDIT_LOGGER
from gateway.spec.wording import plain

#: `event` of these lines
EVENT = "document.saved"


def note_save(saved: Saved, running: LoadedDocument, desk: Desk, *, by: Admitted) -> None:
    """Write the line; nothing of the text or the key is in it. No subject: the key was shown."""
    line = {
        "event": EVENT,
        "time": int(desk.clock()),
        **({} if by.subject is None else {"subject": by.subject}),
        "file": plain(desk.file),
        "running": running.policy.digest,
        "policy": saved.policy,
    }
    logging.getLogger(AUDIT_LOGGER).info("%s", json.dumps(line))
