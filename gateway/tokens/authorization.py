"""How the value of an Authorization header reads (RFC 9110 s11.6.2, RFC 6750 s2.1, RFC 7617)."""

import base64
import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
#: `b64token`, all that a bearer token may be (RFC 6750 s2.1)
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


def split_authorization(value: bytes) -> tuple[bytes, str]:
    """Part auth-scheme, in lower case, from what follows it; only spaces may stand between.

    A tab there makes the auth-scheme one that nobody knows. Octets outside ASCII become Latin-1.
    """
    scheme, _, rest = value.strip(b" \t").partition(b" ")
    return scheme.lower(), rest.lstrip(b" ").decode("latin-1")


def holds_several(rest: str) -> bool:
    """Whether there is more than one token: no token has a comma or white space inside.

    What could be no token, a JWS in JSON serialization say, is one malformed credential.
    """
    parts = rest.replace(",", " ").replace("\t", " ").split(" ")
    return len(parts) > 1 and sum(1 for part in parts if _TOKEN.fullmatch(part)) > 1


def basic_pair(text: str) -> tuple[str, str] | None:
    """User and password of a Basic credential (RFC 7617 s2); None if it is malformed.

    Base64 in its one canonical spelling, strict UTF-8, no control characters. The password may
    hold colons.
    """
    try:
        octets = text.encode("ascii")
        decoded = base64.b64decode(octets, validate=True)
        pair = decoded.decode("utf-8")
    except ValueError:
        return None
    user, colon, password = pair.partition(":")
    if base64.b64encode(decoded) != octets or not colon or _CONTROL.search(pair):
        return None
    return user, password
