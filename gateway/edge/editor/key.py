"""The editor key: it shows that whoever changes the document saw this server start."""

import hmac
import secrets
from dataclasses import dataclass, field

#: octets of chance in a key
_OCTETS = 24


@dataclass(frozen=True, slots=True)
class EditorKey:
    """A secret of one run of the server; no log, error or page has it."""

    secret: str = field(repr=False)

    def is_shown_by(self, text: bytes) -> bool:
        """Whether somebody shows the key; compared in a time that tells nothing."""
        return hmac.compare_digest(self.secret.encode(), text)


def new_key() -> EditorKey:
    """A key that nobody can guess."""
    return EditorKey(secrets.token_urlsafe(_OCTETS))
