"""A client certificate that a trusted proxy verified: whose it is, read from the proxy's headers.

Who may write these headers is asked before; here is only what they say. Whatever cannot be read in
exactly one way is a credential that is not valid.
"""

import base64
import re
import warnings
from collections.abc import Iterable, Mapping

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning

from gateway.model import Principal, PrincipalKind, Proof, Proven, Refused, TokenFault
from gateway.settings import CertificateSettings
from gateway.spec.model import SchemeName
from gateway.tokens.xfcc import MalformedXfccError, read_xfcc

#: octets; a longer header is not read
MAX_CERTIFICATE_OCTETS = 16_384

#: what nginx's $ssl_client_verify says where there is a certificate, and where there is none
_VERIFIED, _NONE = b"SUCCESS", b"NONE"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
#: a URI with an authority (RFC 3986 s3); no distinguished name reads like it
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")


def prove_certificate(
    scheme: SchemeName, settings: CertificateSettings, headers: Iterable[tuple[bytes, bytes]]
) -> Proof | None:
    """What the headers of a trusted proxy prove for a mutualTLS scheme; None: no certificate.

    Header names are compared as they are: one spelled with `_` for `-` is another header.
    """
    found = _values(settings, headers)
    if isinstance(found, Refused):
        return found
    subject = _subject(settings, found)
    if subject is None or isinstance(subject, Refused):
        return subject
    if settings.subjects and subject not in settings.subjects:
        return Refused(TokenFault.UNKNOWN_CREDENTIAL)
    principal = Principal(f"certificate:{scheme}", subject, PrincipalKind.CLIENT)
    return Proven(principal, roles=frozenset(settings.subjects.get(subject, ())))


def _values(
    settings: CertificateSettings, headers: Iterable[tuple[bytes, bytes]]
) -> Mapping[str, bytes] | Refused:
    """The values of the headers that are read, each there once and bounded."""
    names = {name for name in (settings.header, settings.verified_header) if name}
    found: dict[str, bytes] = {}
    for raw, value in headers:
        name = raw.decode("latin-1")
        if name not in names:
            continue
        if name in found or len(value) > MAX_CERTIFICATE_OCTETS:
            return Refused(TokenFault.MALFORMED)
        found[name] = value.strip(b" \t")
    return found


def _subject(settings: CertificateSettings, found: Mapping[str, bytes]) -> str | Refused | None:
    value = found.get(settings.header, b"")
    if settings.form == "subject":
        return _verified_subject(value, found.get(settings.verified_header or "", b""))
    if not value:
        return None
    try:
        text = value.decode("utf-8")
        subject = _from_xfcc(text) if settings.form == "xfcc" else _from_certificate(text)
    except (ValueError, MalformedXfccError, CryptographyDeprecationWarning):
        return Refused(TokenFault.MALFORMED)
    return _readable(subject)


def _verified_subject(subject: bytes, verified: bytes) -> str | Refused | None:
    """The subject, if the proxy says beside it that the certificate is good."""
    if not subject and verified in (b"", _NONE):
        return None
    if verified != _VERIFIED:
        return Refused(TokenFault.SIGNATURE)
    try:
        return _readable(subject.decode("utf-8"))
    except UnicodeDecodeError:
        return Refused(TokenFault.MALFORMED)


def _readable(subject: str) -> str | Refused:
    if not subject.strip() or _UNPRINTABLE.search(subject):
        return Refused(TokenFault.MALFORMED)
    return subject


def _from_xfcc(text: str) -> str:
    """Subject of the one element, or its one URI where the subject is empty, as in a mesh."""
    elements = read_xfcc(text)
    if len(elements) != 1:
        raise MalformedXfccError
    subjects, uris = (
        [value for key, value in elements[0] if key == wanted] for wanted in ("subject", "uri")
    )
    if len(subjects) > 1:
        raise MalformedXfccError
    if subjects and subjects[0]:
        return subjects[0]
    if len(uris) != 1 or not _URI.fullmatch(uris[0]):
        raise MalformedXfccError
    return uris[0]


def _from_certificate(text: str) -> str:
    """The subject, as RFC 4514 writes it, of a certificate in `:base64:` (RFC 9440 s2.1)."""
    if len(text) < 2 or not (text.startswith(":") and text.endswith(":")):
        raise ValueError("not a byte sequence (RFC 8941 s3.3.5)")
    octets = base64.b64decode(text[1:-1].encode("ascii"), validate=True)
    with warnings.catch_warnings():  # such as of a serial number that is not positive
        warnings.simplefilter("error", CryptographyDeprecationWarning)
        return x509.load_der_x509_certificate(octets).subject.rfc4514_string()
