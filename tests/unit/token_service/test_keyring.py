"""The keyring of a running process: follows its folder, and never breaks with it."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jwt
import pytest

from tests.unit.token_service.key_folders import NOW, begun
from token_service.errors import KeyringError
from token_service.keys import Keyring, KeysFolder, read_ring
from token_service.keys.files import STATE_FILE

ALGORITHMS = ("RS256", "ES256", "EdDSA")


def signer(ring: Keyring) -> str:
    kid: str = jwt.get_unverified_header(ring.sign({"sub": "user:x"}))["kid"]
    return kid


def published(ring: Keyring) -> list[str]:
    return [key["kid"] for key in ring.jwks()["keys"]]


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_rotation_counts_at_the_next_call(tmp_path: Path, alg: str) -> None:
    folder = begun(tmp_path / "keys", alg)
    ring = Keyring(tmp_path / "keys")
    old, upcoming = published(ring)

    fresh = folder.rotate(NOW).next.kid

    assert signer(ring) == ring.active.kid == upcoming
    assert published(ring) == [upcoming, fresh, old]


def test_a_key_is_published_before_it_signs(tmp_path: Path) -> None:
    folder = begun(tmp_path / "keys")
    ring = Keyring(tmp_path / "keys")

    for _ in range(5):
        before = published(ring)
        folder.rotate(NOW)
        assert signer(ring) in before


def test_a_key_that_is_given_up_is_gone_at_the_next_call(tmp_path: Path) -> None:
    folder = begun(tmp_path / "keys")
    ring = Keyring(tmp_path / "keys")
    old, _ = published(ring)
    folder.rotate(NOW)

    folder.retire(old, NOW)

    assert old not in published(ring)
    assert old not in {key.kid for key in ring.keys}


def test_another_algorithm_is_followed(tmp_path: Path) -> None:
    begun(tmp_path / "keys", "ES256")
    ring = Keyring(tmp_path / "keys")

    KeysFolder(tmp_path / "keys", "EdDSA").open(NOW)

    assert ring.active.alg == "EdDSA"
    assert jwt.get_unverified_header(ring.sign({}))["alg"] == "EdDSA"


def test_an_unchanged_folder_gives_the_same_objects(tmp_path: Path) -> None:
    begun(tmp_path / "keys")
    ring = Keyring(tmp_path / "keys")

    assert ring.jwks() is ring.jwks()
    assert ring.active is ring.active


def test_a_changed_folder_is_read_without_reading_known_keys_again(tmp_path: Path) -> None:
    folder = begun(tmp_path / "keys")
    ring = Keyring(tmp_path / "keys")
    before = ring.keys

    folder.rotate(NOW)

    assert ring.keys[0] is before[1]
    assert ring.keys[2] is before[0]


def test_threads_share_a_keyring_through_a_rotation(tmp_path: Path) -> None:
    folder = begun(tmp_path / "keys")
    ring = Keyring(tmp_path / "keys")
    allowed = set(published(ring))

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(signer, ring) for _ in range(200)]
        allowed |= folder.rotate(NOW).kids
        asked += [pool.submit(signer, ring) for _ in range(200)]
        signers = [future.result() for future in asked]

    assert set(signers) <= allowed
    assert signer(ring) == folder.list(NOW).active.kid


def garble(directory: Path) -> None:
    (directory / STATE_FILE).write_bytes(b"{")


def remove(directory: Path) -> None:
    (directory / STATE_FILE).unlink()


def put_a_folder(directory: Path) -> None:
    (directory / STATE_FILE).unlink()
    (directory / STATE_FILE).mkdir()


def open_to_others(directory: Path) -> None:
    KeysFolder(directory, "EdDSA").rotate(NOW)
    (directory / STATE_FILE).chmod(0o644)


def lose_a_new_key(directory: Path) -> None:
    (directory / f"{KeysFolder(directory, 'EdDSA').rotate(NOW).next.kid}.pem").unlink()


@pytest.mark.parametrize("damage", [garble, remove, put_a_folder, open_to_others, lose_a_new_key])
def test_a_damaged_folder_is_told_once_and_the_keys_stay(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None]
) -> None:
    begun(tmp_path / "keys")
    ring = Keyring(tmp_path / "keys")
    before = published(ring)
    damage(tmp_path / "keys")

    with caplog.at_level(logging.WARNING):
        after = [(signer(ring), published(ring)) for _ in range(3)]

    assert after == [(before[0], before)] * 3
    [line] = caplog.records
    assert line.name == "scopegate.tokens"
    assert line.getMessage().startswith("the signing keys stay as they were: ")
    assert "\n" not in line.getMessage()
    with pytest.raises(KeyringError):
        Keyring(tmp_path / "keys")


def test_a_folder_that_was_mended_is_followed_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = begun(tmp_path / "keys")
    ring = Keyring(tmp_path / "keys")
    state = (tmp_path / "keys" / STATE_FILE).read_bytes()

    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            garble(tmp_path / "keys")
            ring.jwks()
            (tmp_path / "keys" / STATE_FILE).write_bytes(state)
            ring.jwks()
    folder.rotate(NOW)

    assert signer(ring) == folder.list(NOW).active.kid
    assert len(caplog.records) == 2


def test_reading_a_folder_changes_nothing_in_it(tmp_path: Path) -> None:
    begun(tmp_path / "keys")
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "keys").iterdir()}

    read_ring(tmp_path / "keys")

    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "keys").iterdir()} == before


def test_a_folder_without_a_state_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="is gone"):
        read_ring(tmp_path)
