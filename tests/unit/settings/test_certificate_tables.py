"""Tables of mutualTLS schemes: which headers may tell of a certificate."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.settings import CertificateSettings
from tests.unit.settings.build import complaint, settings

TABLE = {"certificate_header": "X-Client-DN", "verified_header": "X-Client-Verify"}


def refusal(table: Mapping[str, Any]) -> str:
    return complaint(file={"schemes": {"tls": table}})


def test_headers_of_their_own_are_taken_in_lower_case() -> None:
    found = settings(file={"schemes": {"tls": TABLE}}).schemes["tls"].certificate

    assert found == CertificateSettings("x-client-dn", verified_header="x-client-verify")


@pytest.mark.parametrize("key", ["certificate_header", "verified_header"])
@pytest.mark.parametrize(
    "name", ["Authorization", "cookie", "HOST", "X-Forwarded-For", "Forwarded"]
)
def test_headers_that_are_for_something_else_are_refused(key: str, name: str) -> None:
    said = refusal({**TABLE, key: name})

    assert f"[schemes.tls]: `{key}`: `{name}` is for something else" in said


@pytest.mark.parametrize("key", ["certificate_header", "verified_header"])
def test_a_name_with_an_underscore_is_refused(key: str) -> None:
    assert f"`{key}`: proxies drop `X_Client`" in refusal({**TABLE, key: "X_Client"})


def test_one_header_cannot_be_both() -> None:
    said = refusal({**TABLE, "verified_header": "x-client-dn"})

    assert "`certificate_header` and `verified_header` are both `x-client-dn`" in said


def test_near_names_are_headers_like_others() -> None:
    table = {"certificate_header": "X-Forwarded-Client-Cert", "certificate_form": "xfcc"}

    found = settings(file={"schemes": {"tls": table}}).schemes["tls"].certificate

    assert found == CertificateSettings("x-forwarded-client-cert", form="xfcc")
