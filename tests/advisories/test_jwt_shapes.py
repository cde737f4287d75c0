"""JWTs of a wrong shape or header, many of them truly signed: refused before any key is used.

Sources: RFC 8725, RFC 9068 s4 and s5, and the advisories of JWT libraries since 2015.
"""

import json
import zlib
from collections.abc import Callable
from functools import partial

import pytest

from gateway.model import Refused, TokenFault
from tests.unit.tokens.minting import (
    CLAIMS,
    NOW,
    header_of,
    mint,
    outcome_of,
    segment,
    sign,
    with_header,
    without,
)

Maker = Callable[[], str]

MALFORMED = TokenFault.MALFORMED


def with_raw_header(raw: bytes) -> str:
    """A token truly signed by us over a header of any octets."""
    return sign(raw, CLAIMS, alg="EdDSA")


def with_raw_claims(raw: bytes) -> str:
    """A token truly signed by us over claims of any octets."""
    return sign(header_of(), raw, alg="EdDSA")


def claims_text(name: str, literal: str) -> str:
    """A token whose claim is a literal that json.dumps would not write."""
    text = json.dumps({**CLAIMS, name: "@@"}).replace('"@@"', literal)
    return with_raw_claims(text.encode())


def lacking_header(name: str) -> str:
    return sign(without(header_of(), name), CLAIMS, alg="EdDSA")


CRITICAL: dict[str, Maker] = {
    "unknown": partial(with_header, crit=["x"], x=1),
    "empty": partial(with_header, crit=[]),
    "string": partial(with_header, crit="exp"),
    "null": partial(with_header, crit=None),
    "registered": partial(with_header, crit=["alg"]),
    "exp": partial(with_header, crit=["exp"], exp=NOW),
    "b64": partial(with_header, crit=["b64"], b64=False),
    "b64-alone": partial(with_header, b64=False),
    "b64-true": partial(with_header, b64=True),
}


@pytest.mark.parametrize("make", CRITICAL.values(), ids=CRITICAL)
def test_a_critical_extension_is_refused_since_we_know_none(make: Maker) -> None:
    assert outcome_of(make()) == Refused(TokenFault.CRITICAL)


HEADERS: dict[str, tuple[Maker, TokenFault]] = {
    "no-alg": (partial(lacking_header, "alg"), TokenFault.ALGORITHM),
    "no-typ": (partial(lacking_header, "typ"), TokenFault.TYPE),
    "no-kid": (partial(lacking_header, "kid"), TokenFault.UNKNOWN_KEY),
    "alg-not-allowed": (partial(with_header, alg="PS256"), TokenFault.ALGORITHM),
    "alg-case": (partial(with_header, alg="eddsa"), TokenFault.ALGORITHM),
    "alg-of-another-key": (partial(with_header, alg="RS256"), TokenFault.ALGORITHM),
    "kid-of-another-key": (partial(with_header, kid="RS256"), TokenFault.ALGORITHM),
    "alg-twice": (
        partial(with_raw_header, b'{"alg":"none","alg":"EdDSA","typ":"at+jwt","kid":"EdDSA"}'),
        MALFORMED,
    ),
    **{
        f"typ-{typ!r}": (partial(with_header, typ=typ), TokenFault.TYPE)
        for typ in [
            "JWT", "jwt", "id+jwt", "logout+jwt", "dpop+jwt", "at+jwt ", "at +jwt", "at+jwt\x00",
            "application/jwt", "application/application/at+jwt", "text/at+jwt", "", "*",
            None, 0, True, ["at+jwt"], {"at+jwt": 1},
        ]
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("make", "fault"), [pytest.param(*case, id=name) for name, case in HEADERS.items()]
)
def test_a_signed_token_with_a_wrong_header_is_refused(make: Maker, fault: TokenFault) -> None:
    assert outcome_of(make()) == Refused(fault)


def deep(opening: str, closing: str, depth: int = 3000) -> str:
    return claims_text("deep", opening * depth + "1" + closing * depth)


def json_serialization() -> str:
    """The flattened form (RFC 7515 s7.2.2)."""
    header, claims, signature = mint().split(".")
    return json.dumps({"protected": header, "payload": claims, "signature": signature})


def general_serialization() -> str:
    """The form with several signatures (RFC 7515 s7.2.1)."""
    header, claims, signature = mint().split(".")
    signatures = [{"protected": header, "signature": signature}]
    return json.dumps({"payload": claims, "signatures": signatures})


def jwe_bomb() -> str:
    """Five segments whose deflated text would be a thousand times its size."""
    header = segment({"alg": "dir", "enc": "A128GCM", "zip": "DEF"})
    return ".".join((header, "", "AAAA", segment(zlib.compress(bytes(4_000_000))), "AAAA"))


SHAPES: dict[str, Maker] = {
    "empty": lambda: "",
    "one-segment": lambda: mint().split(".")[0],
    "two-segments": lambda: mint().rpartition(".")[0],
    "no-signature": lambda: mint().rpartition(".")[0] + ".",
    "four-segments": lambda: mint() + ".AAAA",
    "trailing-dot": lambda: mint() + ".",
    "leading-dot": lambda: "." + mint(),
    "five-segments-as-jwe": lambda: ".".join(
        (segment({"alg": "dir", "enc": "A128GCM", "zip": "DEF"}), "", "AAAA", "AAAA", "AAAA")
    ),
    "jwe-zip-bomb": jwe_bomb,
    "dots-alone": lambda: "..",
    "many-dots": lambda: "." * 16_000,
    "json-serialization": json_serialization,
    "json-general-serialization": general_serialization,
    "bearer-inside": lambda: "Bearer " + mint(),
    "padding": lambda: mint() + "==",
    "standard-base64": lambda: with_header(x="???>>>").replace("_", "/").replace("-", "+"),
    "white-space": lambda: mint().replace(".", ". "),
    "newline": lambda: mint() + "\n",
    "nul": lambda: mint() + "\x00",
    "latin-1": lambda: mint() + "\xe9",
    "lone-surrogate": lambda: mint() + "\ud800",
    "full-width-dot": lambda: mint().replace(".", "\uff0e"),
    "one-megabyte": lambda: "A" * 1_000_000,
    "large-but-whole": lambda: mint(pad="x" * 16_000),
    "header-list": lambda: with_raw_header(b'["alg"]'),
    "header-null": lambda: with_raw_header(b"null"),
    "header-utf-16": lambda: with_raw_header(json.dumps(header_of()).encode("utf-16")),
    "header-bom": lambda: with_raw_header(b"\xef\xbb\xbf" + json.dumps(header_of()).encode()),
    "header-bad-utf-8": lambda: with_raw_header(b'{"alg":"EdDSA","x":"\xff"}'),
    "claims-list": lambda: with_raw_claims(b"[]"),
    "claims-string": lambda: with_raw_claims(b'"a"'),
    "claims-utf-16": lambda: with_raw_claims(json.dumps(CLAIMS).encode("utf-16")),
    "claims-bom": lambda: with_raw_claims(b"\xef\xbb\xbf" + json.dumps(CLAIMS).encode()),
    "claims-latin-1": lambda: with_raw_claims(json.dumps(CLAIMS).encode()[:-1] + b',"x":"\xe9"}'),
    "claims-name-twice": lambda: claims_text("x", '1,"scope":"admin"'),
    "claims-depth-lists": lambda: deep("[", "]"),
    "claims-depth-objects": lambda: deep('{"a":', "}", 1500),
    "claims-huge-integer": lambda: claims_text("exp", "9" * 6000),
    **{
        f"{name}-{literal}": partial(claims_text, name, literal)
        for name in ("exp", "nbf", "iat", "deep")
        for literal in ("NaN", "Infinity", "-Infinity", "1e400", "-1e400")
    },
    "header-huge-integer": lambda: with_raw_header(
        json.dumps({**header_of(), "x": "@"}).replace('"@"', "9" * 6000).encode()
    ),
    "header-depth": lambda: with_raw_header(
        json.dumps({**header_of(), "x": "@"}).replace('"@"', "[" * 3000 + "]" * 3000).encode()
    ),
    "claims-half-surrogate": lambda: claims_text("sub", '"\\ud800"'),
    "claims-trailing-text": lambda: with_raw_claims(json.dumps(CLAIMS).encode() + b"x"),
}


@pytest.mark.parametrize("make", SHAPES.values(), ids=SHAPES)
def test_a_token_of_any_wrong_shape_is_malformed(make: Maker) -> None:
    assert outcome_of(make()) == Refused(MALFORMED)
