"""Forged JWTs: whatever the header and the signature say, only our keys verify.

Sources: RFC 8725, RFC 9068 s4 and s5, and the advisories of JWT libraries since 2015.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt import get_algorithm_by_name

from gateway.model import AccessToken, Refused, TokenFault
from tests.unit.tokens.minting import (
    CLAIMS,
    base64url,
    header_of,
    mint,
    outcome_of,
    private_key,
    public_jwk,
    segment,
    sign,
)

Maker = Callable[[], str]

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def with_signature(change: Callable[[bytes], bytes], alg: str = "ES256") -> str:
    """A good token with another signature."""
    text, _, signature = mint(alg).rpartition(".")
    raw = change(base64url_decoded(signature))
    return f"{text}.{base64url(raw)}"


def base64url_decoded(text: str) -> bytes:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    bits = "".join(f"{alphabet.index(character):06b}" for character in text)
    return int(bits[: len(bits) // 8 * 8], 2).to_bytes(len(bits) // 8, "big")


def ecdsa(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def unsigned(alg: Any, signature: str) -> str:
    return f"{segment(header_of(alg=alg))}.{segment(CLAIMS)}.{signature}"


NONE_SPELLINGS = [
    "none", "None", "NONE", "nOnE", "noNe", " none", "none ", "none\x00", "n\u043ene", "",
    "null", "0", None, 0, False, True, [], ["none"], {}, {"alg": "none"},
]  # fmt: skip


@pytest.mark.parametrize("alg", NONE_SPELLINGS, ids=repr)
def test_alg_none_in_any_spelling_is_refused(alg: Any) -> None:
    signature = mint().rpartition(".")[2]

    assert outcome_of(unsigned(alg, signature)) == Refused(TokenFault.ALGORITHM)
    assert outcome_of(unsigned(alg, "AA")) == Refused(TokenFault.ALGORITHM)
    assert outcome_of(unsigned(alg, "")) == Refused(TokenFault.MALFORMED)


def public_key_spellings() -> dict[str, bytes]:
    """Our RSA public key as an attacker may have it, and secrets he may guess."""
    public = private_key("RS256").public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    jwk = public_jwk("RS256")
    return {
        "pem": pem,
        "pem-stripped": pem.strip(),
        "pem-crlf": pem.replace(b"\n", b"\r\n"),
        "pkcs1-pem": public.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        "der": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "pkcs1-der": public.public_bytes(Encoding.DER, PublicFormat.PKCS1),
        "ssh": public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        "jwk": json.dumps(jwk).encode(),
        "jwks": json.dumps({"keys": [jwk]}).encode(),
        "modulus": jwk["n"].encode(),
        "modulus-octets": base64url_decoded(jwk["n"]),
        "empty": b"",
        "kid": b"RS256",
    }


def hmacked(secret: bytes, digest: str, alg: str) -> str:
    """A token whose signature is an HMAC with the secret, under any `alg`."""
    text = f"{segment(header_of('RS256', alg=alg))}.{segment(CLAIMS)}"
    signature = hmac.new(secret, text.encode(), getattr(hashlib, digest)).digest()
    return f"{text}.{base64url(signature)}"


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_a_token_hmacked_with_the_public_key_in_any_encoding_is_refused(digest: str) -> None:
    for name, secret in public_key_spellings().items():
        for alg, expected in (
            (f"HS{digest[3:]}", TokenFault.ALGORITHM),
            ("RS256", TokenFault.SIGNATURE),
        ):
            assert outcome_of(hmacked(secret, digest, alg)) == Refused(expected), (name, alg)


@pytest.mark.parametrize("alg", ["RS256", "ES256", "EdDSA"])
def test_a_key_of_the_attacker_under_our_kid_is_refused(alg: str) -> None:
    assert outcome_of(mint(alg, which="theirs")) == Refused(TokenFault.SIGNATURE)


def brought_along(name: str) -> str:
    """A token of the attacker's that says where its key is, or brings it."""
    members = {
        "jku": "https://evil.example/jwks",
        "x5u": "https://evil.example/cert",
        "x5c": ["MIIB"],
        "x5t": "AAAA",
        "jwk": public_jwk("EdDSA", "theirs"),
    }
    header = header_of(**{name: members[name]})
    return sign(header, CLAIMS, alg="EdDSA", which="theirs")


BROUGHT = ("jku", "x5u", "x5c", "x5t", "jwk")


@pytest.mark.parametrize("name", BROUGHT)
def test_a_key_that_the_token_brings_along_is_never_used(name: str) -> None:
    assert outcome_of(brought_along(name)) == Refused(TokenFault.SIGNATURE)


NO_KIDS = [
    "unknown", "eddsa", "EdDSA ", "EdDSA\x00", "../../dev/null", "/dev/null", "",
    "' UNION SELECT 'a", "https://evil.example/key", "EdDSA\n", "x" * 10_000,
    None, 0, True, ["EdDSA"], {"EdDSA": 1},
]  # fmt: skip


def with_kid(kid: Any) -> str:
    return sign(header_of(kid=kid), CLAIMS, alg="EdDSA")


@pytest.mark.parametrize("kid", NO_KIDS, ids=lambda kid: repr(kid)[:30])
def test_a_kid_that_is_not_exactly_one_of_ours_names_no_key(kid: Any) -> None:
    assert outcome_of(with_kid(kid)) == Refused(TokenFault.UNKNOWN_KEY)


SIGNATURES: dict[str, Maker] = {
    "es256-zero": lambda: with_signature(lambda _: bytes(64)),
    "es256-r-and-s-zero-long": lambda: with_signature(lambda _: bytes(96)),
    "es256-r-and-s-order": lambda: with_signature(lambda _: ecdsa(P256_ORDER, P256_ORDER)),
    "es256-r-zero": lambda: with_signature(lambda raw: bytes(32) + raw[32:]),
    "es256-s-zero": lambda: with_signature(lambda raw: raw[:32] + bytes(32)),
    "es256-one-one": lambda: with_signature(lambda _: ecdsa(1, 1)),
    "es256-s-plus-order-wraps": lambda: with_signature(lambda raw: raw[:32] + b"\xff" * 32),
    "es256-der": lambda: with_signature(der),
    "es256-short": lambda: with_signature(lambda raw: raw[:-1]),
    "es256-long": lambda: with_signature(lambda raw: raw + b"\x00"),
    "es256-flip": lambda: with_signature(flip),
    "rs256-zero": lambda: with_signature(lambda raw: bytes(len(raw)), "RS256"),
    "rs256-ones": lambda: with_signature(lambda raw: b"\xff" * len(raw), "RS256"),
    "rs256-short": lambda: with_signature(lambda raw: raw[1:], "RS256"),
    "rs256-leading-zero": lambda: with_signature(lambda raw: b"\x00" + raw, "RS256"),
    "rs256-flip": lambda: with_signature(lambda raw: flip(raw), "RS256"),
    "eddsa-zero": lambda: with_signature(lambda _: bytes(64), "EdDSA"),
    "eddsa-short": lambda: with_signature(lambda raw: raw[:63], "EdDSA"),
    "eddsa-s-plus-order": lambda: with_signature(ed25519_second, "EdDSA"),
    "eddsa-flip": lambda: with_signature(lambda raw: flip(raw), "EdDSA"),
    "one-octet": lambda: with_signature(lambda _: b"\x00"),
    "huge": lambda: with_signature(lambda _: b"\x01" * 8000),
    "of-another-token": lambda: mint(jti="a").rpartition(".")[0] + "." + mint().rpartition(".")[2],
    "other-claims": lambda: ".".join(
        (mint().split(".")[0], segment({**CLAIMS, "scope": "admin"}), mint().split(".")[2])
    ),
}


def flip(raw: bytes) -> bytes:
    return raw[:-1] + bytes([raw[-1] ^ 1])


def der(raw: bytes) -> bytes:
    integers = b"".join(
        b"\x02" + bytes([len(part) + 1]) + b"\x00" + part for part in (raw[:32], raw[32:])
    )
    return b"\x30" + bytes([len(integers)]) + integers


def ed25519_second(raw: bytes) -> bytes:
    """The signature with the group's order added to S: the same point, refused by RFC 8032."""
    order = 2**252 + 27742317777372353535851937790883648493
    return raw[:32] + (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")


@pytest.mark.parametrize("make", SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_of_any_wrong_form_is_refused(make: Maker) -> None:
    assert outcome_of(make()) == Refused(TokenFault.SIGNATURE)


def test_a_pss_signature_does_not_pass_for_pkcs1() -> None:
    text = f"{segment(header_of('RS256'))}.{segment(CLAIMS)}"
    signature = get_algorithm_by_name("PS256").sign(text.encode(), private_key("RS256"))

    assert outcome_of(f"{text}.{base64url(signature)}") == Refused(TokenFault.SIGNATURE)


def test_a_second_valid_signature_still_has_the_same_jti() -> None:
    """ECDSA signatures have a twin; so revocation goes by `jti`, never by the text."""
    twin = with_signature(
        lambda raw: raw[:32] + (P256_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    )

    token = outcome_of(twin)

    assert isinstance(token, AccessToken)
    assert token.jti == CLAIMS["jti"]
