"""Signing keys: made once, read strictly, never shown."""

import base64
import json
import re
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

from tests.unit.token_service.key_folders import NOW, begun
from token_service.errors import KeyringError
from token_service.keys import Keyring, KeysFolder, PrivateKey, load_key
from token_service.keys.signing import make_key

#: RFC 8037 app. A.1 and A.3
RFC_8037_PEM = b"""-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
"""


def active_file(directory: Path) -> Path:
    return directory / f"{Keyring(directory).active.kid}.pem"


def pem(key: PrivateKey, encryption: KeySerializationEncryption | None = None) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


@pytest.mark.parametrize(("alg", "kty"), [("RS256", "RSA"), ("ES256", "EC"), ("EdDSA", "OKP")])
def test_an_empty_folder_gets_a_key_that_signs_and_one_that_comes_next(
    tmp_path: Path, alg: str, kty: str
) -> None:
    ring = Keyring.open(tmp_path / "keys", alg)

    token = ring.sign({"sub": "user:x"})

    key, upcoming = ring.jwks()["keys"]
    assert jwt.get_unverified_header(token) == {"alg": alg, "typ": "at+jwt", "kid": key["kid"]}
    assert jwt.decode(token, key=jwt.PyJWK.from_dict(dict(key)), algorithms=[alg])
    assert (key["kty"], key["use"], key["alg"]) == (kty, "sig", alg)
    assert upcoming["alg"] == alg
    assert upcoming["kid"] != key["kid"]
    assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & (set(key) | set(upcoming))


def test_keys_and_their_folder_are_for_their_owner_alone(tmp_path: Path) -> None:
    Keyring.open(tmp_path / "keys", "ES256")

    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    for file in (tmp_path / "keys").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600


def test_the_key_id_is_the_thumbprint_of_rfc_7638() -> None:
    key = load_key(RFC_8037_PEM)

    assert key.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_key_is_never_named_like_an_option() -> None:
    named = {make_key("EdDSA").kid[0] for _ in range(400)}

    assert "-" not in named


def test_opening_again_finds_the_same_keys(tmp_path: Path) -> None:
    first = Keyring.open(tmp_path / "keys", "ES256")

    again = Keyring.open(tmp_path / "keys", "ES256")

    assert [key.kid for key in again.keys] == [key.kid for key in first.keys]


def open_ring(directory: Path) -> tuple[str, ...]:
    return tuple(key.kid for key in Keyring.open(directory, "ES256").keys)


def test_processes_that_start_together_make_the_keys_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        rings = set(pool.map(open_ring, [tmp_path / "keys"] * 8))

    [kids] = rings
    assert {file.stem for file in (tmp_path / "keys").glob("*.pem")} == set(kids)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:60])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def open_to_all(file: Path) -> None:
    file.chmod(0o644)


def rename(file: Path) -> None:
    file.rename(file.with_name("mine.pem"))


def put_another(file: Path) -> None:
    file.write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))


@pytest.mark.parametrize("damage", [cut, empty, open_to_all, rename, put_another])
def test_a_damaged_key_stops_the_start_and_is_named(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    directory = tmp_path / "keys"
    Keyring.open(directory, "ES256")
    file = active_file(directory)
    damage(file)

    with pytest.raises(KeyringError) as caught:
        Keyring.open(directory, "ES256")

    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("place", ["active", "next", "retired"])
def test_a_key_that_is_missing_stops_the_start_with_a_way_out_that_works(
    tmp_path: Path, place: str
) -> None:
    folder = begun(tmp_path / "keys")
    state = folder.rotate(NOW)
    kid = {"active": state.active.kid, "next": state.next.kid, "retired": state.retired[0].kid}
    (folder.directory / f"{kid[place]}.pem").unlink()

    with pytest.raises(KeyringError, match="is missing, restore it, or give it up") as caught:
        Keyring.open(folder.directory, "EdDSA")

    for command in re.findall(r"`scopegate key ([^`]+)`", str(caught.value)):
        follow(folder, command)
    assert Keyring.open(folder.directory, "EdDSA").sign({})


def follow(folder: KeysFolder, command: str) -> None:
    verb, *kid = command.split()
    if verb == "rotate":
        folder.rotate(NOW)
    else:
        folder.retire(kid[0], NOW)


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


def with_a_wrong_private_half() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    own = key.private_numbers()
    wrong = rsa.RSAPrivateNumbers(
        p=own.p,
        q=own.q,
        d=own.d ^ 2**50,
        dmp1=own.dmp1 ^ 2**50,
        dmq1=own.dmq1,
        iqmp=own.iqmp,
        public_numbers=own.public_numbers,
    )
    return pem(wrong.private_key(unsafe_skip_rsa_key_validation=True))


def with_an_even_prime() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    prime = key.private_numbers().p
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    damaged = der.replace(prime.to_bytes(128), (prime - 1).to_bytes(128))
    lines = base64.encodebytes(damaged).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{lines}-----END PRIVATE KEY-----\n".encode()


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
        with_a_wrong_private_half(),
        with_an_even_prime(),
    ],
    ids=[
        "short RSA",
        "other curve",
        "encrypted",
        "other type",
        "nonsense",
        "wrong half",
        "even prime",
    ],
)
def test_keys_that_cannot_sign_safely_are_refused(unfit: bytes) -> None:
    with pytest.raises(ValueError, match=r"key|half"):
        load_key(unfit)


def test_no_repr_shows_what_a_key_holds(tmp_path: Path) -> None:
    ring = Keyring.open(tmp_path / "keys", "ES256")

    assert "private" not in repr(ring) + repr(ring.keys)
    assert json.dumps(ring.jwks()["keys"][0]["x"]) not in repr(ring) + repr(ring.keys)
