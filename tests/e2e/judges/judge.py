"""What every judge can be asked, whatever client library answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Answer = Mapping[str, Any]
#: takes the user to an address, with a code to enter if there is one; the address that leads to
Visit = Callable[[str, str], str]

#: where browsers are sent back to; the port is whichever is free (RFC 8252 s7.3)
REDIRECT_URI = "http://127.0.0.1/callback"


@dataclass(frozen=True, slots=True)
class Registered:
    """A client as the server knows it."""

    issuer: str
    client_id: str
    #: None for a public client
    client_secret: str | None = field(default=None, repr=False)
    method: str = "client_secret_basic"
    redirect_uri: str = REDIRECT_URI


class JudgeFault(Exception):  # noqa: N818 -- what a judge calls the server's answer, not ours
    """A client library does not accept what the server says, or says no; `code` is its word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Judge(Protocol):
    """A client library, at work for one client."""

    def metadata(self) -> Answer: ...

    def code(self, scope: str, visit: Visit) -> Answer:
        """A token by code and PKCE; `state` and `iss` of the answer are checked."""

    def client_credentials(self, scope: str) -> Answer: ...

    def refresh(self, token: str) -> Answer: ...

    def device(self, scope: str, visit: Visit) -> Answer: ...

    def revoke(self, token: str) -> None: ...

    def introspect(self, token: str) -> Answer: ...

    def call(self, token: str, url: str) -> int:
        """The status of `GET url` with the token."""
