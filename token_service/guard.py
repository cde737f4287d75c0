"""Pure: what a request must be before the OAuth protocol sees it (RFC 6749 s2.3, s3.2, app. B)."""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote_to_bytes

from token_service.errors import RequestRefusedError

#: a form over this many octets is not read
MAX_FORM_BYTES = 65536

#: parameters that end up in logs and histories if they stand in a URI
_SECRET_PARAMETERS = frozenset(
    {
        "access_token",
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "password",
        "refresh_token",
        "token",
    }
)
_FORM = "application/x-www-form-urlencoded"
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
#: RFC 6749 app. A allows the tab in names and passwords and no other control character anywhere
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

RawHeaders = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class PresentedClient:
    """The one way in which a request names its client; no secret means it only names it."""

    client_id: str
    secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenForm:
    """A form that passed: each parameter once, none empty, and the client it speaks for."""

    parameters: Mapping[str, str] = field(repr=False)
    client: PresentedClient | None


def check_head(method: str, headers: RawHeaders, *, query: bytes) -> None:
    """Refuse by method, query and headers alone, before any of the body is read."""
    if method != "POST":
        raise _refused("only POST is answered here", status=405, headers={"Allow": "POST"})
    if _SECRET_PARAMETERS & {name for name, _ in parse_qsl(query.decode("latin-1"))}:
        raise _refused("credentials in the query are refused, send them in the body")
    if len(_values(headers, b"authorization")) > 1:
        raise _refused("there are several Authorization headers")
    # the name of a coding has no case (RFC 9110 s8.4.1)
    if [coding.lower() for coding in _values(headers, b"content-encoding")] not in (
        [],
        [b"identity"],
    ):
        raise _refused("a coded body is not read, send it plain", status=415)
    _check_content_type(_values(headers, b"content-type"))
    for length in _values(headers, b"content-length"):
        if not length.isdigit() or int(length[:20]) > MAX_FORM_BYTES:
            raise too_large()


def too_large() -> RequestRefusedError:
    """What a body over MAX_FORM_BYTES is answered with."""
    return _refused(f"the body is over {MAX_FORM_BYTES} octets", status=413)


def read_form(
    body: bytes, headers: RawHeaders, *, required: str | None = "grant_type"
) -> TokenForm:
    """Read the form and the client it is sent by; the head has been checked."""
    parameters = _parse_form(body)
    if required is not None and required not in parameters:
        raise _refused(f"the parameter {required} is missing")
    header = next(iter(_values(headers, b"authorization")), None)
    return TokenForm(parameters=parameters, client=_read_client(header, parameters))


def _check_content_type(values: Sequence[bytes]) -> None:
    name, _, rest = (values[0] if len(values) == 1 else b"").decode("latin-1").partition(";")
    charset = rest.strip().lower().replace('"', "")
    if name.strip().lower() != _FORM or charset not in ("", "charset=utf-8"):
        raise _refused(f"the body must be {_FORM} in UTF-8")


def _parse_form(body: bytes) -> dict[str, str]:
    try:
        pairs = [_parse_pair(pair) for pair in body.split(b"&") if pair]
    except ValueError as error:
        raise _refused("the body is not a well-formed form in UTF-8") from error
    if any(_CONTROL.search(text) for pair in pairs for text in pair):
        raise _refused("the body holds a control character")
    repeated = {name for name, count in Counter(name for name, _ in pairs).items() if count > 1}
    if repeated == {"resource"}:
        raise RequestRefusedError("invalid_target", "a token is for one resource, name only one")
    if repeated:
        raise _refused("a parameter is sent more than once")
    return {name: value for name, value in pairs if value}


def _parse_pair(pair: bytes) -> tuple[str, str]:
    name, _, value = pair.partition(b"=")
    return _decode(name), _decode(value)


def _decode(octets: bytes) -> str:
    """Undo form encoding (RFC 6749 app. B); a ValueError if it is not well-formed UTF-8."""
    if _BAD_ESCAPE.search(octets):
        raise ValueError("a percent sign without two hex digits")
    return unquote_to_bytes(octets.replace(b"+", b" ")).decode()


def _read_client(header: bytes | None, parameters: Mapping[str, str]) -> PresentedClient | None:
    named, secret = parameters.get("client_id"), parameters.get("client_secret")
    ways = (header, secret, parameters.get("client_assertion"))
    if sum(way is not None for way in ways) > 1:
        raise _refused("the client authenticates in more than one way")
    if header is not None:
        presented = _read_basic(header)
        if named not in (None, presented.client_id):
            raise _refused("the client in the body is not the one in the header")
        return presented
    if named is None and secret is not None:
        raise _refused("the parameter client_id is missing")
    if named is None or "client_assertion" in parameters:
        return None
    return PresentedClient(client_id=named, secret=secret)


def _read_basic(header: bytes) -> PresentedClient:
    """The parts of Basic credentials, each form-encoded inside (RFC 6749 s2.3.1)."""
    try:
        scheme, _, credentials = header.decode("ascii").partition(" ")
        if scheme.lower() != "basic":
            raise ValueError("not the Basic scheme")
        decoded = base64.b64decode(credentials.strip(" "), validate=True)
        client_id, colon, secret = decoded.partition(b":")
        presented = PresentedClient(client_id=_decode(client_id), secret=_decode(secret))
        if not colon or _CONTROL.search(presented.client_id + str(presented.secret)):
            raise ValueError("no pair of id and secret")
    except (ValueError, binascii.Error) as error:
        message = "the Authorization header does not hold Basic credentials"
        raise RequestRefusedError("invalid_client", message, status=401) from error
    return presented


def _values(headers: RawHeaders, name: bytes) -> list[bytes]:
    return [value for key, value in headers if key.lower() == name]


def _refused(
    message: str, *, status: int = 400, headers: dict[str, str] | None = None
) -> RequestRefusedError:
    return RequestRefusedError("invalid_request", message, status=status, headers=headers)
