"""The keys of a `[schemes.NAME]` table that speak of client certificates."""

import re
from collections.abc import Mapping
from typing import Any

from gateway.settings.readers import read_choice
from gateway.settings.values import CertificateSettings

CERTIFICATE_KEYS = ("certificate_header", "certificate_form", "verified_header", "subjects")
CERTIFICATE_FORMS = ("subject", "xfcc", "rfc9440")
#: a field name (RFC 9110 s5.1)
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: what clients or other settings write themselves
_TAKEN = frozenset({"authorization", "cookie", "host", "x-forwarded-for", "forwarded"})


def read_certificate(table: Mapping[str, Any]) -> CertificateSettings | None:
    """Read what a table says of certificates; raises ValueError, None if it says nothing."""
    if not any(key in table for key in CERTIFICATE_KEYS):
        return None
    if "certificate_header" not in table:
        raise ValueError("name the `certificate_header` that the trusted proxy writes")
    form = table.get("certificate_form", "subject")
    if not isinstance(form, str):
        raise ValueError("`certificate_form` must be a text that is not empty")
    read_choice(*CERTIFICATE_FORMS)(form)
    if form == "subject" and "verified_header" not in table:
        raise ValueError("a subject also needs the `verified_header` that says SUCCESS")
    if form != "subject" and "verified_header" in table:
        raise ValueError('`verified_header` suits `certificate_form = "subject"` alone')
    header = _field_name("certificate_header", table["certificate_header"])
    verified = None
    if "verified_header" in table:
        verified = _field_name("verified_header", table["verified_header"])
    if header == verified:
        raise ValueError(
            f"`certificate_header` and `verified_header` are both `{header}`; part them"
        )
    return CertificateSettings(
        header=header,
        form=form,
        verified_header=verified,
        subjects=_subjects(table.get("subjects", {})),
    )


def _field_name(key: str, value: Any) -> str:
    if not isinstance(value, str) or not _FIELD_NAME.fullmatch(value):
        raise ValueError(f"`{key}` must be the name of a header")
    if "_" in value:
        raise ValueError(f"`{key}`: proxies drop `{value}`, or take it for another; write `-`")
    if value.lower() in _TAKEN:
        raise ValueError(f"`{key}`: `{value}` is for something else; name a header of its own")
    return value.lower()


def _subjects(value: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, dict) or not all(map(_are_roles, value.values())):
        raise ValueError(
            '`subjects` maps each subject to its roles, as in {"CN=batch" = ["reports"]}'
        )
    return {subject: tuple(roles) for subject, roles in value.items()}


def _are_roles(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(role, str) and role for role in value)
