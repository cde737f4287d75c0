"""What shows that a request comes from our own pages: its CSRF token, and the Origin it names."""

from collections.abc import Iterable
from dataclasses import dataclass, field

_TOKEN, _ORIGIN = b"x-csrf-token", b"origin"


@dataclass(frozen=True, slots=True)
class CsrfEvidence:
    """As sent; None for what was not, or not once."""

    token: str | None = field(default=None, repr=False)
    #: "" if there were several, which no browser sends: it is nobody's origin
    origin: str | None = None


def csrf_evidence(headers: Iterable[tuple[bytes, bytes]]) -> CsrfEvidence:
    """Find the evidence in headers with lower-case names."""
    tokens: list[bytes] = []
    origins: list[bytes] = []
    for name, value in headers:
        if name == _TOKEN:
            tokens.append(value)
        elif name == _ORIGIN:
            origins.append(value)
    token = tokens[0].decode("latin-1") if len(tokens) == 1 else None
    if not origins:
        return CsrfEvidence(token, None)
    return CsrfEvidence(token, origins[0].decode("latin-1") if len(origins) == 1 else "")
