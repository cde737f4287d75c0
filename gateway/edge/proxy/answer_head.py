"""The head of an upstream's answer: one reading of it, or none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from gateway.edge.proxy.faults import BadAnswerError

#: octets of an answer's head, and its fields
MAX_HEAD_OCTETS = 64 * 1024
MAX_FIELDS = 200

Headers = Sequence[tuple[bytes, bytes]]

_WITHOUT_BODY = frozenset({204, 304})
_LENGTH = re.compile(rb"[0-9]{1,18}")
_NOT_OF_A_VALUE = re.compile(rb"[\x00\r\n]")
_VERSIONS = frozenset({"1.0", "1.1"})


class Framing(Enum):
    """What ends the body of an answer."""

    NOTHING = auto()
    LENGTH = auto()
    CHUNKS = auto()
    CLOSE = auto()


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """Status and fields of a final answer; names in lower case."""

    status: int
    headers: Headers
    framing: Framing


def answer_head(status: int, headers: Headers, *, version: str, is_head: bool) -> AnswerHead:
    """Settle what a head says (RFC 9112 s6.3); raises BadAnswerError where it says two things."""
    if version not in _VERSIONS:
        raise BadAnswerError(f"HTTP/{version} is not spoken here")
    if not 200 <= status <= 599:
        raise BadAnswerError(f"{status} is not the status of an answer")
    lengths, codings = [], []
    for name, value in headers:
        if _NOT_OF_A_VALUE.search(value):
            raise BadAnswerError("a header holds what no header holds")
        if name == b"content-length":
            lengths.append(value)
        elif name == b"transfer-encoding":
            codings.append(value)
    framing = _framing(lengths, codings, version=version)
    if is_head or status in _WITHOUT_BODY:
        framing = Framing.NOTHING
    return AnswerHead(status, headers, framing)


def _framing(lengths: Sequence[bytes], codings: Sequence[bytes], *, version: str) -> Framing:
    if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        raise BadAnswerError("its Content-Length is not one number")
    if not codings:
        return Framing.LENGTH if lengths else Framing.CLOSE
    if lengths:
        raise BadAnswerError("it has both a Content-Length and a Transfer-Encoding")
    if version != "1.1" or len(codings) > 1 or codings[0].lower() != b"chunked":
        raise BadAnswerError("its Transfer-Encoding is not `chunked` alone")
    return Framing.CHUNKS
