"""A folder of keys: taken over, rotated and retired, by several processes and by killed ones."""

import json
import logging
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.unit.token_service.key_folders import HOUR, NOW, begun, files_of, from_before
from token_service.errors import KeyringError, UnknownNameError
from token_service.keys import Keyring, KeysFolder, KeyState, RingState
from token_service.keys.files import STATE_FILE, write_key
from token_service.keys.signing import make_key


def retired(state: RingState) -> set[str]:
    return {key.kid for key in state.retired}


def test_of_keys_from_before_the_newest_of_the_algorithm_signs(tmp_path: Path) -> None:
    old, signing, other = from_before(tmp_path / "keys", "EdDSA", "EdDSA", "ES256")

    state = KeysFolder(tmp_path / "keys", "EdDSA").open(NOW)

    assert state.active.kid == signing
    assert retired(state) == {old, other}
    assert state.next.kid not in {old, signing, other}
    assert files_of(tmp_path / "keys") == state.kids


def test_keys_from_before_of_another_algorithm_only_verify(tmp_path: Path) -> None:
    [old] = from_before(tmp_path / "keys", "ES256")

    state = KeysFolder(tmp_path / "keys", "EdDSA").open(NOW)

    assert (state.active.alg, state.next.alg) == ("EdDSA", "EdDSA")
    assert retired(state) == {old}


@pytest.mark.parametrize(
    ("algs", "signs"),
    [
        pytest.param(["ES256", "EdDSA"], "EdDSA", id="the newest"),
        pytest.param(["RS256", "EdDSA"], "RS256", id="the default"),
        pytest.param([], "RS256", id="none"),
    ],
)
def test_keys_from_before_keep_their_algorithm_if_nobody_chose_one(
    tmp_path: Path, algs: list[str], signs: str
) -> None:
    from_before(tmp_path / "keys", *algs)

    state = KeysFolder(tmp_path / "keys", "RS256", alg_is_chosen=False).open(NOW)

    assert state.active.alg == signs


@pytest.mark.parametrize("change", ["rotate", "list"])
def test_a_folder_from_before_is_taken_over_by_any_command(tmp_path: Path, change: str) -> None:
    [old] = from_before(tmp_path / "keys", "EdDSA")
    folder = KeysFolder(tmp_path / "keys", "EdDSA")

    state = folder.rotate(NOW) if change == "rotate" else folder.list(NOW)

    assert state.find(old).state is (KeyState.RETIRED if change == "rotate" else KeyState.ACTIVE)


def test_a_damaged_key_from_before_stops_the_start(tmp_path: Path) -> None:
    [old] = from_before(tmp_path / "keys", "EdDSA")
    (tmp_path / "keys" / f"{old}.pem").write_bytes(b"-----BEGIN")

    with pytest.raises(KeyringError, match="restore it or move it away"):
        KeysFolder(tmp_path / "keys", "EdDSA").open(NOW)

    assert not (tmp_path / "keys" / STATE_FILE).exists()


def test_another_algorithm_retires_the_old_key_when_it_is_chosen(tmp_path: Path) -> None:
    before = begun(tmp_path / "keys", "ES256").list(NOW)

    state = KeysFolder(tmp_path / "keys", "EdDSA").open(NOW)

    assert (state.active.alg, state.next.alg) == ("EdDSA", "EdDSA")
    assert retired(state) == {before.active.kid}
    assert files_of(tmp_path / "keys") == state.kids


def test_an_algorithm_that_nobody_chose_changes_nothing(tmp_path: Path) -> None:
    before = begun(tmp_path / "keys", "ES256").list(NOW)
    careless = KeysFolder(tmp_path / "keys", "RS256", HOUR, alg_is_chosen=False)

    assert careless.open(NOW) == before
    assert careless.rotate(NOW).next.alg == "ES256"


def test_a_rotation_to_another_algorithm_is_one_rotation(tmp_path: Path) -> None:
    before = begun(tmp_path / "keys", "ES256").list(NOW)

    state = KeysFolder(tmp_path / "keys", "EdDSA").rotate(NOW)

    assert state.active.alg == "EdDSA"
    assert retired(state) == {before.active.kid}


def test_a_start_with_longer_lives_is_remembered_by_a_rotation_without(tmp_path: Path) -> None:
    folder = begun(tmp_path / "keys")
    KeysFolder(tmp_path / "keys", "EdDSA", 10 * HOUR).open(NOW)

    [old] = folder.rotate(NOW).retired

    assert old.until is not None
    assert old.until >= NOW + 10 * HOUR


def test_rotating_drops_the_keys_whose_tokens_have_expired(tmp_path: Path) -> None:
    folder = begun(tmp_path / "keys")
    first = folder.list(NOW).active.kid
    folder.rotate(NOW)

    kept = folder.rotate(NOW + HOUR)
    dropped = folder.rotate(NOW + HOUR + 60)

    assert first in kept.kids
    assert first not in dropped.kids
    assert files_of(tmp_path / "keys") == dropped.kids


def test_listing_drops_them_too_and_changes_nothing_else(tmp_path: Path) -> None:
    folder = begun(tmp_path / "keys")
    rotated = folder.rotate(NOW)

    assert folder.list(NOW) == rotated
    assert folder.list(NOW + 2 * HOUR).keys == rotated.keys[:2]


def test_a_retired_key_is_given_up_with_its_file(tmp_path: Path) -> None:
    folder = begun(tmp_path / "keys")
    [old] = folder.rotate(NOW).retired

    state = folder.retire(old.kid, NOW)

    assert old.kid not in state.kids
    assert files_of(tmp_path / "keys") == state.kids


def test_a_next_key_is_given_up_for_another_one(tmp_path: Path) -> None:
    folder = begun(tmp_path / "keys")
    before = folder.list(NOW)

    state = folder.retire(before.next.kid, NOW)

    assert state.active == before.active
    assert state.next.kid != before.next.kid
    assert files_of(tmp_path / "keys") == state.kids


def test_what_cannot_be_given_up_stays(tmp_path: Path) -> None:
    folder = begun(tmp_path / "keys")
    before = folder.list(NOW)

    with pytest.raises(KeyringError, match="rotate"):
        folder.retire(before.active.kid, NOW)
    with pytest.raises(UnknownNameError):
        folder.retire("nobody", NOW)

    assert folder.list(NOW) == before
    assert files_of(tmp_path / "keys") == before.kids


def test_a_damaged_next_key_never_comes_to_sign(tmp_path: Path) -> None:
    folder = begun(tmp_path / "keys")
    before = folder.list(NOW)
    (tmp_path / "keys" / f"{before.next.kid}.pem").write_bytes(b"")

    with pytest.raises(KeyringError, match=f"scopegate key retire {before.next.kid}"):
        folder.rotate(NOW)

    assert folder.list(NOW) == before


@pytest.mark.parametrize("change", ["rotate", "retire", "list"])
def test_no_command_makes_a_folder(tmp_path: Path, change: str) -> None:
    folder = KeysFolder(tmp_path / "keys", "EdDSA")

    with pytest.raises(KeyringError, match="`scopegate serve` makes them"):
        folder.retire("a", NOW) if change == "retire" else getattr(folder, change)(NOW)

    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 1}', '{"schema": 9, "keys": []}'])
def test_a_garbled_state_stops_the_start_and_every_change(tmp_path: Path, text: str) -> None:
    folder = begun(tmp_path / "keys")
    (tmp_path / "keys" / STATE_FILE).write_text(text)

    for change in (folder.open, folder.rotate, folder.list):
        with pytest.raises(KeyringError, match="restore it or move it away") as caught:
            change(NOW)
        assert "\n" not in str(caught.value)
    assert (tmp_path / "keys" / STATE_FILE).read_text() == text


def test_without_its_state_a_folder_is_taken_over_again(tmp_path: Path) -> None:
    folder = begun(tmp_path / "keys")
    kids = folder.list(NOW).kids
    (tmp_path / "keys" / STATE_FILE).unlink()

    assert kids <= folder.open(NOW).kids


@pytest.mark.parametrize("name", [STATE_FILE, "."])
def test_what_others_may_read_stops_the_start(tmp_path: Path, name: str) -> None:
    folder = begun(tmp_path / "keys")
    path = tmp_path / "keys" / name
    path.chmod(path.stat().st_mode | 0o040)

    with pytest.raises(KeyringError, match="run `chmod"):
        folder.open(NOW)


def test_a_state_that_tells_another_algorithm_than_the_key_stops_the_start(tmp_path: Path) -> None:
    begun(tmp_path / "keys")
    file = tmp_path / "keys" / STATE_FILE
    told = json.loads(file.read_text())
    for key in told["keys"]:
        key["alg"] = "ES256"
    file.write_text(json.dumps(told))

    with pytest.raises(KeyringError, match="is for EdDSA, not ES256"):
        Keyring.open(tmp_path / "keys", "ES256")


def test_a_key_that_the_state_does_not_name_is_told_and_never_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = begun(tmp_path / "keys")
    stranger = make_key("EdDSA")
    write_key(tmp_path / "keys", stranger)

    with caplog.at_level(logging.WARNING, logger="scopegate.tokens"):
        ring = Keyring.open(tmp_path / "keys", "EdDSA")

    assert stranger.kid not in {key.kid for key in ring.keys} | folder.rotate(NOW).kids
    [line] = caplog.messages
    assert f"{stranger.kid}.pem` is not used" in line


def rotate(directory: Path) -> tuple[str, str]:
    state = KeysFolder(directory, "EdDSA", HOUR).rotate(NOW)
    return state.active.kid, state.next.kid


def test_rotations_at_once_are_as_many_rotations(tmp_path: Path) -> None:
    folder = begun(tmp_path / "keys")
    first = folder.list(NOW)

    with ProcessPoolExecutor(4) as pool:
        turns = list(pool.map(rotate, [tmp_path / "keys"] * 24))

    state = folder.list(NOW)
    assert len(set(turns)) == len({active for active, _ in turns}) == 24
    assert {active for active, _ in turns} == state.kids - {first.active.kid, state.next.kid}
    assert len(state.retired) == 24
    assert files_of(tmp_path / "keys") == state.kids


def rotate_forever(directory: Path) -> None:
    folder = KeysFolder(directory, "EdDSA", HOUR)
    while True:
        state = folder.rotate(NOW)
        if len(state.retired) > 3:
            folder.retire(state.retired[-1].kid, NOW)


def test_readers_never_see_a_torn_folder_and_a_killed_writer_leaves_none(tmp_path: Path) -> None:
    begun(tmp_path / "keys")
    seen = set()

    for _ in range(5):
        writer = multiprocessing.Process(target=rotate_forever, args=[tmp_path / "keys"])
        writer.start()
        seen |= {Keyring(tmp_path / "keys").active.kid for _ in range(60)}
        writer.kill()
        writer.join()
        seen.add(Keyring.open(tmp_path / "keys", "EdDSA").active.kid)
        assert not {file for file in (tmp_path / "keys").iterdir() if file.stat().st_mode & 0o077}

    assert len(seen) > 5
