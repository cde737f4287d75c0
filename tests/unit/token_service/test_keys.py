"""The keyring: made once, read strictly, never shown."""

import json
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from token_service.errors import KeyringError
from token_service.keys import Keyring, PrivateKey, load_key

#: RFC 8037 app. A.1 and A.3
RFC_8037_PEM = b"""-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
"""


def only_file(directory: Path) -> Path:
    [file] = directory.glob("*.pem")
    return file


def pem(key: PrivateKey, encryption: KeySerializationEncryption | None = None) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


@pytest.mark.parametrize(("alg", "kty"), [("RS256", "RSA"), ("ES256", "EC"), ("EdDSA", "OKP")])
def test_an_empty_folder_gets_a_first_key_that_signs(tmp_path: Path, alg: str, kty: str) -> None:
    ring = Keyring.open(tmp_path / "keys", alg)

    token = ring.sign({"sub": "user:x"})

    [key] = ring.jwks()["keys"]
    assert jwt.get_unverified_header(token) == {"alg": alg, "typ": "at+jwt", "kid": key["kid"]}
    assert jwt.decode(token, key=jwt.PyJWK.from_dict(dict(key)), algorithms=[alg])
    assert (key["kty"], key["use"], key["alg"]) == (kty, "sig", alg)
    assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)


def test_keys_and_their_folder_are_for_their_owner_alone(tmp_path: Path) -> None:
    Keyring.open(tmp_path / "keys", "ES256")

    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    for file in (tmp_path / "keys").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600


def test_the_key_id_is_the_thumbprint_of_rfc_7638() -> None:
    key = load_key(RFC_8037_PEM)

    assert key.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_opening_again_finds_the_same_key(tmp_path: Path) -> None:
    first = Keyring.open(tmp_path / "keys", "ES256")

    again = Keyring.open(tmp_path / "keys", "ES256")

    assert again.active.kid == first.active.kid
    assert len(again.keys) == 1


def test_another_algorithm_adds_a_key_and_keeps_the_old_one(tmp_path: Path) -> None:
    old = Keyring.open(tmp_path / "keys", "ES256")

    ring = Keyring.open(tmp_path / "keys", "EdDSA")

    assert ring.active.alg == "EdDSA"
    assert {key.alg for key in ring.keys} == {"ES256", "EdDSA"}
    assert old.active.kid in {key["kid"] for key in ring.jwks()["keys"]}


def test_the_newest_key_of_the_algorithm_signs(tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    first = Keyring.open(directory, "ES256").active.kid
    second = load_key(pem(ec.generate_private_key(ec.SECP256R1())))
    file = directory / f"{second.kid}.pem"
    file.write_bytes(pem(second.private))
    file.chmod(0o600)

    os.utime(file, ns=(1, 1))
    assert Keyring.open(directory, "ES256").active.kid == first
    os.utime(file, ns=(2**62, 2**62))
    assert Keyring.open(directory, "ES256").active.kid == second.kid


def open_ring(directory: Path) -> str:
    return Keyring.open(directory, "ES256").active.kid


def test_processes_that_start_together_make_one_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        kids = set(pool.map(open_ring, [tmp_path / "keys"] * 8))

    assert len(kids) == 1
    assert only_file(tmp_path / "keys").stem in kids


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:60])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def open_to_all(file: Path) -> None:
    file.chmod(0o644)


def rename(file: Path) -> None:
    file.rename(file.with_name("mine.pem"))


@pytest.mark.parametrize("damage", [cut, empty, open_to_all, rename])
def test_a_damaged_key_stops_the_start_and_is_named(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    directory = tmp_path / "keys"
    Keyring.open(directory, "ES256")
    damage(only_file(directory))

    with pytest.raises(KeyringError) as caught:
        Keyring.open(directory, "ES256")

    assert str(only_file(directory)) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_open_to_others_stops_the_start(tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    directory.mkdir(mode=0o755)

    with pytest.raises(KeyringError, match="chmod 700"):
        Keyring.open(directory, "ES256")


def test_a_folder_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file")

    with pytest.raises(KeyringError, match="cannot be used"):
        Keyring.open(tmp_path / "keys", "ES256")


def test_an_unknown_algorithm_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="HS256"):
        Keyring.open(tmp_path / "keys", "HS256")


@pytest.mark.parametrize(
    "unfit",
    [
        pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)),  # noqa: S505 -- what must not pass
        pem(ec.generate_private_key(ec.SECP384R1())),
        pem(ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"a-passphrase")),
        ed448.Ed448PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ),
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ],
    ids=["short RSA", "other curve", "encrypted", "other type", "nonsense"],
)
def test_keys_that_cannot_sign_safely_are_refused(unfit: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        load_key(unfit)


def test_no_repr_shows_what_a_key_holds(tmp_path: Path) -> None:
    ring = Keyring.open(tmp_path / "keys", "ES256")

    assert "private" not in repr(ring)
    assert json.dumps(ring.jwks()["keys"][0]["x"]) not in repr(ring)
