"""Pure: what may be stored as a name, a secret, a scope list or a redirect URI."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from token_service.entities import GrantType, normalise_username
from token_service.errors import InvalidValueError, ScopeError
from token_service.scopes import Ceiling, join_scopes, parse_ceiling

#: the fewest characters of a password, or of a client secret chosen by hand
MIN_SECRET_CHARACTERS = 8
#: the most octets of either
MAX_SECRET_BYTES = 1024

_USERNAME = re.compile(r"[\w.@+-]{1,150}")
_CLIENT_ID = re.compile(r"[A-Za-z0-9._~-]{1,150}")
_CLIENT_SECRET = re.compile(r"[\x21-\x7e]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
#: schemes that a browser would run or show rather than hand on
_UNSAFE_SCHEMES = frozenset({"", "about", "blob", "data", "file", "javascript", "vbscript"})
#: the signs of a URI (RFC 3986 s2) without the one of a fragment
_URI = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]{1,2000}")
#: where plain http stays on this machine (RFC 8252 s7.3)
_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
#: signs that nobody sees: embeddings, overrides and isolates turn around the text beside them, and
#: separators break its line
_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\u2028\u2029]")


def check_username(username: str) -> str:
    """The normalised name: letters, digits and `.@+-_`, at most 150."""
    name = normalise_username(username)
    if not _USERNAME.fullmatch(name):
        raise InvalidValueError(
            "username", "a username is 1 to 150 letters, digits and any of . @ + - _"
        )
    return name


def check_password(password: str) -> str:
    """A password that the token endpoint can be sent."""
    _check_printable("password", password)
    return _check_length("password", password)


def check_client_secret(secret: str) -> str:
    """A client secret chosen by hand (RFC 6749 app. A.2, and no space)."""
    if not _CLIENT_SECRET.fullmatch(secret):
        raise InvalidValueError("secret", "a client secret is made of printable ASCII, no spaces")
    return _check_length("secret", secret)


def check_client_id(client_id: str) -> str:
    """A client id that needs no encoding anywhere."""
    if not _CLIENT_ID.fullmatch(client_id):
        raise InvalidValueError(
            "client_id", "a client id is 1 to 150 of the letters A to Z, digits and any of . _ ~ -"
        )
    return client_id


def check_email(email: str) -> str:
    """An address with one `@`, or nothing."""
    check_text("email", email, at_most=254)
    if email and not _EMAIL.fullmatch(email):
        raise InvalidValueError("email", "an email address looks like `name@example.org`")
    return email


def check_text(field: str, text: str, *, at_most: int = 150) -> str:
    """Text of bounded length without control characters."""
    _check_printable(field, text)
    if len(text) > at_most:
        raise InvalidValueError(field, f"{field} is longer than {at_most} characters")
    return text


def check_name(field: str, text: str) -> str:
    """Text that is neither empty nor surrounded by blanks, and reads as what it is."""
    if not text or text != text.strip():
        raise InvalidValueError(field, f"{field} is empty or has blanks around it")
    if _UNSEEN.search(text):
        raise InvalidValueError(field, f"{field} holds a sign that turns text around")
    return check_text(field, text)


def check_scopes(scopes: str | Collection[str]) -> Ceiling:
    """A ceiling from `*`, from scopes in one text, or from a collection of scopes."""
    try:
        return parse_ceiling(scopes if isinstance(scopes, str) else join_scopes(scopes))
    except ScopeError as error:
        raise InvalidValueError("scopes", str(error)) from error


def check_grants(grants: Collection[str]) -> frozenset[GrantType]:
    """Grant types by their names."""
    known = {grant.value for grant in GrantType}
    for grant in grants:
        if grant not in known:
            listed = ", ".join(sorted(known))
            raise InvalidValueError("grants", f"grant `{grant}` is not one of {listed}")
    return frozenset(GrantType(grant) for grant in grants)


def check_redirect_uri(uri: str, *, insecure_http: bool = False) -> str:
    """An absolute URI without a fragment (RFC 6749 s3.1.2); plain http only to this machine.

    `insecure_http` allows plain http to any host.
    """
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError as error:
        raise _redirect_fault(uri, "cannot be read") from error
    if not _URI.fullmatch(uri) or parts.scheme in _UNSAFE_SCHEMES:
        raise _redirect_fault(uri, "is not an absolute URI without a fragment")
    if parts.scheme in {"http", "https"} and (not host or "@" in parts.netloc):
        raise _redirect_fault(uri, "names no host, or a user at one")
    if parts.scheme == "http" and not insecure_http and host not in _LOOPBACK_HOSTS:
        raise _redirect_fault(uri, "is plain http to another machine, use https")
    return uri


def is_id(number: int) -> bool:
    """Whether the number can be the id of a row at all."""
    return 0 < number < 2**31


def _check_length(field: str, secret: str) -> str:
    if len(secret) < MIN_SECRET_CHARACTERS:
        raise InvalidValueError(field, f"{field} needs {MIN_SECRET_CHARACTERS} characters or more")
    if len(secret.encode()) > MAX_SECRET_BYTES:
        raise InvalidValueError(field, f"{field} is over {MAX_SECRET_BYTES} octets")
    return secret


def _redirect_fault(uri: str, message: str) -> InvalidValueError:
    return InvalidValueError("redirect_uris", f"redirect URI `{uri}` {message}")


def _check_printable(field: str, text: str) -> None:
    # C0, DEL and C1 controls, and halves of surrogate pairs, which no UTF-8 can carry
    if re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", text):
        raise InvalidValueError(field, f"{field} holds a control character")
