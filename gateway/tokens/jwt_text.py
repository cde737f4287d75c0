"""The text of a JWT taken apart strictly, before any key or claim is looked at (RFC 7515 s7.1)."""

import binascii
from collections.abc import Mapping
from typing import Any

from gateway.model import Refused, TokenFault
from gateway.tokens.strict_json import read_json_object
from gateway.values import value_without_repr

#: a longer token is malformed
MAX_TOKEN_CHARACTERS = 16 * 1024


#: headers that are kept, and the characters of the longest
_MOST_KEPT, _LONGEST_KEPT = 16, 512
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#: base64url as base64; whatever is not of it becomes what is not of base64 either
_STANDARD = bytes.maketrans(b"-_", b"+/")
_TO_STANDARD = bytes(octet if octet in _ALPHABET else 0 for octet in range(256)).translate(
    _STANDARD
)
#: by the characters beyond the last four: how to fill them up, and which the last may be, so that
#: no bit is set that belongs to no octet
_PADDING = (b"", b"", b"==", b"=")
_LAST = (
    frozenset(_ALPHABET),
    frozenset[int](),
    frozenset(_ALPHABET[::16]),
    frozenset(_ALPHABET[::4]),
)
_MALFORMED = Refused(TokenFault.MALFORMED)


@value_without_repr
class JwtText:
    """A well-formed JWS in compact serialization; nothing in it is verified."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    #: what the signature covers
    signing_input: bytes
    signature: bytes


class KnownHeaders:
    """Headers that were read before: most tokens of an issuer have the same one."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[bytes, Mapping[str, Any]] = {}

    def read(self, segment: bytes) -> Mapping[str, Any]:
        """What a segment says; ValueError if it is no header."""
        header = self._kept.get(segment)
        if header is None:
            header = _read_header(segment)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            if len(segment) <= _LONGEST_KEPT:
                self._kept[segment] = header
        return header


def parse_jwt_text(text: str, known: KnownHeaders | None = None) -> JwtText | Refused:
    """Take a token apart; MALFORMED unless every octet of it is as the standards have it.

    Three segments, none empty, of base64url without padding and in its one canonical spelling,
    header and claims each a strict JSON object. Five segments, a JWE, are refused uncounted.
    """
    if len(text) > MAX_TOKEN_CHARACTERS or not text.isascii():
        return _MALFORMED
    segments = text.encode("ascii").split(b".")
    if len(segments) != 3:
        return _MALFORMED
    header, claims, signature = segments
    try:
        return JwtText(
            header=_read_header(header) if known is None else known.read(header),
            claims=read_json_object(_decode_segment(claims)),
            signing_input=header + b"." + claims,
            signature=_decode_segment(signature),
        )
    except ValueError:
        return _MALFORMED


def _read_header(segment: bytes) -> Mapping[str, Any]:
    return read_json_object(_decode_segment(segment))


def _decode_segment(segment: bytes) -> bytes:
    """Decode base64url, and refuse padding, junk and stray bits (RFC 4648 s3.5, s5)."""
    left = len(segment) % 4
    if not segment or segment[-1] not in _LAST[left]:
        raise ValueError("not canonical base64url")
    # raises binascii.Error, a ValueError, at what is no character of it
    return binascii.a2b_base64(segment.translate(_TO_STANDARD) + _PADDING[left], strict_mode=True)
