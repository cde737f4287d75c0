"""Client certificates that a trusted proxy tells of: whose they are, or that they are no good."""

import base64
import datetime
import warnings

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.model import Principal, PrincipalKind, Proof, Proven, Refused, TokenFault
from gateway.settings import CertificateSettings
from gateway.spec.model import SchemeName
from gateway.tokens.certificate import MAX_CERTIFICATE_OCTETS, prove_certificate

CERT = SchemeName("cert")
BATCH = "CN=batch,O=Example"
SUBJECTS = {BATCH: ("batch", "reports"), "CN=other": (), "spiffe://mesh/ns/a/sa/b": ("mesh",)}
NGINX = CertificateSettings("x-client-dn", verified_header="x-client-verify", subjects=SUBJECTS)
ENVOY = CertificateSettings("x-forwarded-client-cert", form="xfcc", subjects=SUBJECTS)
RFC9440 = CertificateSettings("client-cert", form="rfc9440", subjects=SUBJECTS)
MALFORMED, SIGNATURE = Refused(TokenFault.MALFORMED), Refused(TokenFault.SIGNATURE)
UNKNOWN = Refused(TokenFault.UNKNOWN_CREDENTIAL)


def proven(subject: str, *roles: str) -> Proven:
    principal = Principal("certificate:cert", subject, PrincipalKind.CLIENT)
    return Proven(principal, roles=frozenset(roles))


def ask(settings: CertificateSettings, *headers: tuple[str, str | bytes]) -> Proof | None:
    raw = [(n.encode(), v.encode() if isinstance(v, str) else v) for n, v in headers]
    return prove_certificate(CERT, settings, raw)


def certificate(*names: tuple[x509.ObjectIdentifier, str]) -> str:
    """The value of Client-Cert for a certificate of the subject (RFC 9440 s2.1)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in names])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
    builder = builder.public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(day).not_valid_after(day + datetime.timedelta(days=9))
    made = builder.sign(key, hashes.SHA256())
    return f":{base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()}:"


VERIFIED = ("x-client-verify", "SUCCESS")


@pytest.mark.parametrize(
    ("headers", "proof"),
    [
        pytest.param([("x-client-dn", BATCH), VERIFIED], proven(BATCH, "batch", "reports"), id="1"),
        pytest.param([("x-client-dn", "CN=other"), VERIFIED], proven("CN=other"), id="no-roles"),
        pytest.param([], None, id="nothing"),
        pytest.param([("x-client-verify", "NONE")], None, id="no-certificate"),
        pytest.param([("x-client-verify", "NONE"), ("x-client-dn", "")], None, id="empty"),
        pytest.param([("x-client-dn", "CN=third"), VERIFIED], UNKNOWN, id="not-in-the-map"),
        pytest.param([("x-client-dn", "cn=other"), VERIFIED], UNKNOWN, id="another-spelling"),
        pytest.param([("x-client-dn", BATCH)], SIGNATURE, id="nobody-verified-it"),
        pytest.param(
            [("x-client-dn", BATCH), ("x-client-verify", "NONE")], SIGNATURE, id="said-none"
        ),
        pytest.param(
            [("x-client-dn", BATCH), ("x-client-verify", "FAILED:expired")], SIGNATURE, id="failed"
        ),
        pytest.param(
            [("x-client-dn", BATCH), ("x-client-verify", "success")], SIGNATURE, id="case"
        ),
        pytest.param(
            [("x-client-dn", BATCH), ("x-client-verify", "SUCCESS, NONE")], SIGNATURE, id="list"
        ),
        pytest.param([VERIFIED], MALFORMED, id="verified-nobody"),
        pytest.param([("x-client-dn", BATCH)] * 2 + [VERIFIED], MALFORMED, id="twice"),
        pytest.param([("x-client-dn", BATCH), VERIFIED, VERIFIED], MALFORMED, id="verified-twice"),
        pytest.param([("x-client-dn", b"CN=\xff"), VERIFIED], MALFORMED, id="no-utf-8"),
        pytest.param([("x-client-dn", "CN=a\tb"), VERIFIED], MALFORMED, id="control"),
        pytest.param(
            [("x-client-dn", "C" * (MAX_CERTIFICATE_OCTETS + 1)), VERIFIED], MALFORMED, id="long"
        ),
        pytest.param([("x_client_dn", BATCH), VERIFIED], MALFORMED, id="underscores"),
        pytest.param([("x_client_dn", BATCH), ("x_client_verify", "SUCCESS")], None, id="both"),
        pytest.param(
            [("x-client-dn", "CN=other"), ("x_client_dn", BATCH), VERIFIED],
            proven("CN=other"),
            id="an-underscored-one-beside-it",
        ),
    ],
)
def test_a_subject_counts_where_the_proxy_says_success(
    headers: list[tuple[str, str | bytes]], proof: Proof | None
) -> None:
    assert ask(NGINX, *headers) == proof


@pytest.mark.parametrize(
    ("value", "proof"),
    [
        pytest.param(f'Hash=ab;Subject="{BATCH}"', proven(BATCH, "batch", "reports"), id="subject"),
        pytest.param(
            'By=spiffe://x;Subject="";URI=spiffe://mesh/ns/a/sa/b',
            proven("spiffe://mesh/ns/a/sa/b", "mesh"),
            id="a-mesh-has-uris",
        ),
        pytest.param("", None, id="empty"),
        pytest.param(f'Subject="{BATCH}",Subject="{BATCH}"', MALFORMED, id="two-elements"),
        pytest.param(f'Hash=ab,Hash=cd;Subject="{BATCH}"', MALFORMED, id="another-hop"),
        pytest.param(f'Subject="{BATCH}";Subject="CN=other"', MALFORMED, id="two-subjects"),
        pytest.param("Hash=ab", MALFORMED, id="nobody"),
        pytest.param("URI=CN%3Dother;Hash=ab", MALFORMED, id="a-uri-that-is-none"),
        pytest.param("URI=spiffe://a/b;URI=spiffe://c/d", MALFORMED, id="two-uris"),
        pytest.param('Subject="CN=third"', UNKNOWN, id="not-in-the-map"),
        pytest.param(
            'Subject="CN=third";URI=spiffe://mesh/ns/a/sa/b', UNKNOWN, id="uri-of-a-stranger"
        ),
        pytest.param(f'Subject="{BATCH}', MALFORMED, id="half-a-quote"),
    ],
)
def test_the_one_element_of_envoys_header_names_the_client(value: str, proof: Proof | None) -> None:
    assert ask(ENVOY, ("x-forwarded-client-cert", value)) == proof


def test_envoys_header_twice_is_refused() -> None:
    header = ("x-forwarded-client-cert", f'Subject="{BATCH}"')

    assert ask(ENVOY, header, header) == MALFORMED


def test_a_whole_certificate_names_its_subject_as_rfc_4514_writes_it() -> None:
    value = certificate((NameOID.ORGANIZATION_NAME, "Example"), (NameOID.COMMON_NAME, "batch"))

    assert ask(RFC9440, ("client-cert", value)) == proven(BATCH, "batch", "reports")


def test_a_whole_certificate_of_another_is_refused() -> None:
    value = certificate((NameOID.COMMON_NAME, "third"))

    assert ask(RFC9440, ("client-cert", value)) == UNKNOWN


def test_a_certificate_without_a_subject_is_refused() -> None:
    assert ask(
        CertificateSettings("client-cert", form="rfc9440"), ("client-cert", certificate())
    ) == (MALFORMED)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda value: value[1:], id="no-colon-before"),
        pytest.param(lambda value: value[:-1], id="no-colon-after"),
        pytest.param(lambda value: ":", id="one-colon"),
        pytest.param(lambda value: "::", id="empty"),
        pytest.param(lambda value: value + ";a=b", id="parameter"),
        pytest.param(lambda value: f"{value}, {value}", id="list"),
        pytest.param(lambda value: value[:40] + " " + value[40:], id="blank-inside"),
        pytest.param(lambda value: value[:40] + ":", id="cut"),
        pytest.param(lambda value: value[:40] + "ü" + value[40:], id="no-ascii"),
        pytest.param(lambda value: f":{base64.b64encode(b'junk').decode()}:", id="no-der"),
    ],
)
def test_what_is_no_certificate_is_refused(spoil: object) -> None:
    value = certificate((NameOID.COMMON_NAME, "other"))
    assert ask(RFC9440, ("client-cert", value)) == proven("CN=other")
    assert callable(spoil)

    assert ask(RFC9440, ("client-cert", spoil(value))) == MALFORMED


def with_serial_number(value: str, serial_number: bytes) -> str:
    """The certificate with another serial number of one octet (RFC 5280 s4.1.2.2)."""
    der = base64.b64decode(value.strip(":"))
    before = b"\xa0\x03\x02\x01\x02\x02\x01"  # version 3, then an INTEGER of one octet
    assert der.count(before + b"\x01") == 1
    changed = der.replace(before + b"\x01", before + serial_number)
    return f":{base64.b64encode(changed).decode()}:"


@pytest.mark.parametrize(
    ("serial_number", "proof"),
    [(b"\x7f", proven("CN=other")), (b"\x00", MALFORMED), (b"\xff", MALFORMED)],
)
def test_a_serial_number_that_is_not_positive_is_refused_without_a_warning(
    serial_number: bytes, proof: Proof
) -> None:
    value = certificate((NameOID.COMMON_NAME, "other"))

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        found = ask(RFC9440, ("client-cert", with_serial_number(value, serial_number)))

    assert (found, warned) == (proof, [])


def test_without_a_map_any_subject_is_taken_and_has_no_roles() -> None:
    settings = CertificateSettings("x-client-dn", verified_header="x-client-verify")

    assert ask(settings, ("x-client-dn", "CN=anybody"), VERIFIED) == proven("CN=anybody")
