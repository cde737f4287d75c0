"""The text of a JWT taken apart strictly, before any key or claim is looked at (RFC 7515 s7.1)."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.model import Refused, TokenFault
from gateway.tokens.strict_json import read_json_object

#: a longer token is malformed
MAX_TOKEN_CHARACTERS = 16 * 1024

_MALFORMED = Refused(TokenFault.MALFORMED)


@dataclass(frozen=True, slots=True, repr=False)
class JwtText:
    """A well-formed JWS in compact serialization; nothing in it is verified."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    #: what the signature covers
    signing_input: bytes
    signature: bytes


def parse_jwt_text(text: str) -> JwtText | Refused:
    """Take a token apart; MALFORMED unless every octet of it is as the standards have it.

    Three segments, none empty, of base64url without padding and in its one canonical spelling,
    header and claims each a strict JSON object. Five segments, a JWE, are refused uncounted.
    """
    if len(text) > MAX_TOKEN_CHARACTERS or not text.isascii():
        return _MALFORMED
    segments = text.encode("ascii").split(b".")
    if len(segments) != 3:
        return _MALFORMED
    try:
        header, claims, signature = map(_decode_segment, segments)
        return JwtText(
            header=read_json_object(header),
            claims=read_json_object(claims),
            signing_input=segments[0] + b"." + segments[1],
            signature=signature,
        )
    except ValueError:
        return _MALFORMED


def _decode_segment(segment: bytes) -> bytes:
    """Decode base64url; comparing with the encoding refuses padding, junk and stray bits."""
    decoded = base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))
    if not decoded or base64.urlsafe_b64encode(decoded).rstrip(b"=") != segment:
        raise ValueError("not canonical base64url")
    return decoded
