"""One line of JSON for each thing granted or refused; nothing in it opens anything."""

import json
import logging
from dataclasses import asdict, dataclass
from enum import StrEnum

_log = logging.getLogger("scopegate.audit")


class AuditEvent(StrEnum):
    """What happened."""

    ISSUED = "token.issued"
    REFUSED = "token.refused"
    MINTED = "token.minted"
    REVOKED = "token.revoked"
    CODE_ISSUED = "code.issued"
    AUTHORIZATION_REFUSED = "authorization.refused"
    DEVICE_ASKED = "device.asked"
    DEVICE_APPROVED = "device.approved"
    DEVICE_DENIED = "device.denied"
    CLIENT_REGISTERED = "client.registered"
    CLIENT_CHANGED = "client.changed"
    CLIENT_SECRET_CHANGED = "client.secret_changed"  # noqa: S105 -- the name of an event
    CLIENT_DELETED = "client.deleted"
    GRANT_REVOKED = "grant.revoked"
    LINK_MADE = "login_link.made"
    API_KEY_CREATED = "api_key.created"
    API_KEY_REVOKED = "api_key.revoked"
    API_KEY_DELETED = "api_key.deleted"


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """Who was given or refused what; names are those proven or known, never what was typed."""

    event: AuditEvent
    #: Unix seconds
    time: int
    grant_type: str | None = None
    client_id: str | None = None
    subject: str | None = None
    scope: str | None = None
    jti: str | None = None
    grant_id: str | None = None
    #: the id of an API key; nothing of its text
    api_key: int | None = None
    #: where a request was refused, if not at the token endpoint
    endpoint: str | None = None
    #: the code of RFC 6749 s4.1.2.1 or s5.2, and the HTTP status
    error: str | None = None
    status: int = 200


def write_audit(record: AuditRecord) -> None:
    """Write the line to the logger `scopegate.audit` at INFO; absent members are left out."""
    members = {name: value for name, value in asdict(record).items() if value is not None}
    _log.info("%s", json.dumps(members))
