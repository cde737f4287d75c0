from typing import Any

import pytest
from jwt import get_algorithm_by_name

from gateway.errors import KeysUnavailableError
from gateway.tokens.keys import Kid, key_set_from_jwks
from tests.unit.tokens.minting import ALGORITHMS, private_key, public_jwk

ALL = (*ALGORITHMS, "RS384", "PS256", "ES384", "ES512")


def sole_key(jwk: Any, algorithms: tuple[str, ...] = ALL) -> dict[str, list[str]]:
    """What a set of one key serves: kid -> algorithms."""
    keys = key_set_from_jwks({"keys": [jwk]}, algorithms).keys
    return {kid: sorted(served) for kid, served in keys.items()}


@pytest.mark.parametrize("alg", ["RS256", "ES256", "ES384", "ES512", "EdDSA"])
def test_a_key_with_alg_serves_that_algorithm_alone_and_verifies(alg: str) -> None:
    keys = key_set_from_jwks({"keys": [public_jwk(alg)]}, ALL)
    signature = get_algorithm_by_name(alg).sign(b"text", private_key(alg))

    key = keys.find(Kid(alg), alg)

    assert key is not None
    assert list(keys.keys[Kid(alg)]) == [alg]
    assert key.verifies(b"text", signature)
    assert not key.verifies(b"other", signature)
    assert not key.verifies(b"text", b"")


@pytest.mark.parametrize(
    ("alg", "served"),
    [
        pytest.param("RS256", ["PS256", "RS256", "RS384"], id="rsa-serves-every-allowed"),
        pytest.param("ES256", ["ES256"], id="p-256"),
        pytest.param("ES384", ["ES384"], id="p-384"),
        pytest.param("EdDSA", ["EdDSA"], id="ed25519"),
    ],
)
def test_a_key_without_alg_serves_what_its_type_and_curve_allow(
    alg: str, served: list[str]
) -> None:
    assert sole_key(public_jwk(alg, alg=None)) == {alg: served}


def test_a_key_asked_for_another_algorithm_comes_back_pinned_to_its_own() -> None:
    keys = key_set_from_jwks({"keys": [public_jwk("RS256")]}, ALL)

    key = keys.find(Kid("RS256"), "PS256")

    assert key is not None
    assert key.alg == "RS256"
    assert keys.find(Kid("other"), "RS256") is None


@pytest.mark.parametrize(
    ("members", "why"),
    [
        pytest.param({"kid": None}, "no `kid`", id="no-kid"),
        pytest.param({"kid": ""}, "no `kid`", id="empty-kid"),
        pytest.param({"kid": 1}, "no `kid`", id="number-as-kid"),
        pytest.param({"use": "enc"}, "`use`", id="use-enc"),
        pytest.param({"use": ["sig"]}, "`use`", id="use-list"),
        pytest.param({"key_ops": ["sign"]}, "`key_ops`", id="key-ops-sign"),
        pytest.param({"key_ops": []}, "`key_ops`", id="no-key-ops"),
        pytest.param({"key_ops": "verify"}, "`key_ops`", id="key-ops-string"),
        pytest.param({"alg": "PS384"}, "no allowed algorithm", id="alg-not-allowed"),
        pytest.param({"alg": "RSA-OAEP"}, "no allowed algorithm", id="alg-of-encryption"),
        pytest.param({"alg": "HS256"}, "no allowed algorithm", id="alg-symmetric"),
        pytest.param({"alg": "ES256"}, "no allowed algorithm", id="alg-of-another-type"),
        pytest.param({"alg": ["RS256"]}, "no allowed algorithm", id="alg-list"),
        pytest.param({"kty": "oct", "k": "AAAA"}, "no allowed algorithm", id="oct"),
        pytest.param({"kty": "oct", "alg": "HS256"}, "no allowed algorithm", id="oct-hs256"),
        pytest.param({"kty": None}, "no allowed algorithm", id="no-kty"),
        pytest.param({"kty": ["RSA"]}, "no allowed algorithm", id="kty-list"),
        pytest.param({"n": None}, "make no key", id="no-modulus"),
        pytest.param({"n": 5}, "make no key", id="number-as-modulus"),
        pytest.param({"n": "!"}, "make no key", id="junk-as-modulus"),
        pytest.param({"e": ""}, "make no key", id="no-exponent"),
        pytest.param({"e": "AQ"}, "make no key", id="exponent-one"),
    ],
)
def test_a_key_that_must_not_verify_is_ignored_with_its_reason(
    members: dict[str, Any], why: str
) -> None:
    keys = key_set_from_jwks({"keys": [public_jwk("RS256", **members)]}, ALL)

    assert not keys.keys
    assert why in keys.ignored[0]


@pytest.mark.parametrize(
    ("alg", "members"),
    [
        pytest.param("ES256", {"crv": "P-384"}, id="another-curve"),
        pytest.param("ES256", {"crv": "secp256k1", "alg": None}, id="bitcoin-curve"),
        pytest.param("ES256", {"crv": None, "alg": None}, id="no-curve"),
        pytest.param("ES256", {"x": "AAAA"}, id="short-coordinate"),
        pytest.param("ES256", {"x": "A" * 43, "y": "A" * 43}, id="not-on-the-curve"),
        pytest.param("EdDSA", {"crv": "X25519"}, id="exchange-curve"),
        pytest.param("EdDSA", {"crv": "Ed448"}, id="ed448"),
        pytest.param("EdDSA", {"x": "AAAA"}, id="short-point"),
        pytest.param("EdDSA", {"x": None}, id="no-point"),
    ],
)
def test_a_curve_key_of_another_form_is_ignored(alg: str, members: dict[str, Any]) -> None:
    assert sole_key(public_jwk(alg, **members)) == {}


def test_an_rsa_key_under_2048_bits_is_ignored() -> None:
    keys = key_set_from_jwks({"keys": [public_jwk("RS256", "short")]}, ALL)

    assert not keys.keys
    assert "fewer than 2048 bits" in keys.ignored[0]


@pytest.mark.parametrize("members", [{"use": None}, {"key_ops": ["verify"]}, {"x5c": ["junk"]}])
def test_use_and_key_ops_may_be_absent_and_other_members_do_not_matter(
    members: dict[str, Any],
) -> None:
    assert sole_key(public_jwk("RS256", **members)) == {"RS256": ["RS256"]}


def test_two_keys_with_one_kid_are_both_unused_and_their_neighbour_is_not() -> None:
    jwks = {
        "keys": [
            public_jwk("RS256", kid="twin"),
            public_jwk("ES256", kid="twin"),
            public_jwk("EdDSA"),
        ]
    }

    keys = key_set_from_jwks(jwks, ALL)

    assert set(keys.keys) == {"EdDSA"}
    assert [line.partition(": ")[2] for line in keys.ignored] == ["its `kid` is not unique"] * 2


def test_a_kid_shared_with_an_unusable_key_is_not_unique_either() -> None:
    jwks = {"keys": [public_jwk("EdDSA"), {"kty": "oct", "k": "AAAA", "kid": "EdDSA"}]}

    assert not key_set_from_jwks(jwks, ALL).keys


def test_private_members_are_never_read() -> None:
    jwk = public_jwk("ES256", d="this is no number")

    assert sole_key(jwk) == {"ES256": ["ES256"]}


@pytest.mark.parametrize("entry", [None, "key", 1, ["kid"], {}])
def test_an_entry_that_is_no_key_is_ignored(entry: Any) -> None:
    assert sole_key(entry) == {}


@pytest.mark.parametrize("jwks", [{}, {"keys": None}, {"keys": {"kid": "a"}}, {"keys": "a"}])
def test_a_document_that_is_no_key_set_is_not_taken_for_an_empty_one(jwks: Any) -> None:
    with pytest.raises(KeysUnavailableError, match="a list `keys`") as unavailable:
        key_set_from_jwks(jwks, ALL)

    assert unavailable.value.retry_after > 0


def test_a_key_shows_no_key_material_when_printed() -> None:
    key = key_set_from_jwks({"keys": [public_jwk("EdDSA")]}, ALL).find(Kid("EdDSA"), "EdDSA")

    assert repr(key) == "VerificationKey(kid='EdDSA', alg='EdDSA')"
