"""A request as it is sent and the answer as it comes, the same at both doors."""

import json
import re
import shlex
from dataclasses import dataclass
from typing import Any

_SHOWN_BODY = 200
_HOLDS_CREDENTIALS = re.compile(r"authorization|cookie", re.IGNORECASE)
_TOKEN = re.compile(r"access_token=[^&]*")


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent; the target is ASCII, a header may come twice."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        """The target before its query."""
        return self.target.partition("?")[0]

    @property
    def line(self) -> str:
        """The request as one would type it; credentials are never shown."""
        target = _TOKEN.sub("access_token=...", self.target)
        words = ["curl", "-i", "--path-as-is", "-X", self.method, f"http://localhost:8000{target}"]
        for name, value in self.headers:
            shown = _hidden(value) if _HOLDS_CREDENTIALS.search(name) else value
            words += ["-H", f"{name}: {shown}"]
        if self.body:
            words += ["--data-binary", repr(self.body[:_SHOWN_BODY])[2:-1]]
        return shlex.join(words)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for found, value in self.headers if found == name]

    def json(self) -> Any:
        """The body, or None where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer came, and why."""

    reason: str


def _hidden(value: str) -> str:
    """The auth-scheme, and `...` for what follows it."""
    scheme, space, _ = value.partition(" ")
    return f"{scheme} ..." if space else "..."
