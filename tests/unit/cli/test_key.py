"""Signing keys from the command line: listed, rotated, retired, and named by how they begin."""

import itertools
import json
import re
import shutil
import time
from pathlib import Path

import pytest

from tests.unit.cli.commands import CommandLine, Outcome
from token_service.keys import KeysFolder

_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
_KEY = r"[\w-]{43}  EdDSA"


@pytest.fixture
def keys(scopegate: CommandLine) -> KeysFolder:
    """The keys of this home, their algorithm chosen in its settings."""
    (scopegate.folder / "scopegate.toml").write_text('signing_alg = "EdDSA"\n')
    folder = KeysFolder(scopegate.folder / "var" / "keys", "EdDSA")
    folder.open(int(time.time()))
    return folder


def states(outcome: Outcome) -> list[tuple[str, str]]:
    return [(key["kid"], key["state"]) for key in outcome.json()["keys"]]


def in_folder(keys: KeysFolder) -> list[tuple[str, str]]:
    return [(key.kid, key.state.value) for key in keys.list(int(time.time())).keys]


def test_keys_are_listed_with_their_states(scopegate: CommandLine, keys: KeysFolder) -> None:
    scopegate("key", "rotate")

    listed = scopegate("key", "list")

    lines = listed.out.splitlines()
    assert re.fullmatch(rf"{_KEY}  active   since {_TIME}", lines[0])
    assert re.fullmatch(rf"{_KEY}  next     since {_TIME}", lines[1])
    assert re.fullmatch(rf"{_KEY}  retired  since {_TIME}  until {_TIME}", lines[2])
    assert lines[3:] == ["3 keys in var/keys"]
    assert [line[:43] for line in lines[:3]] == [kid for kid, _ in in_folder(keys)]


def test_keys_are_told_as_json(scopegate: CommandLine, keys: KeysFolder) -> None:
    rotated = scopegate("key", "rotate", "--format", "json").json()

    assert rotated.pop("schema") == 1
    assert rotated == {
        "keys": [
            {
                "kid": key.kid,
                "alg": "EdDSA",
                "state": key.state.value,
                "since": key.since,
                "until": key.until,
            }
            for key in keys.list(int(time.time())).keys
        ]
    }


def test_a_rotation_says_which_key_signs(scopegate: CommandLine, keys: KeysFolder) -> None:
    upcoming = in_folder(keys)[1][0]

    rotated = scopegate("keys", "rotate")

    assert rotated.status == 0
    assert rotated.err == f"key {upcoming} signs from now on\n"
    assert rotated.out == scopegate("key", "list").out


@pytest.mark.parametrize("length", [1, 8, 43])
def test_a_key_is_retired_by_how_it_begins(
    scopegate: CommandLine, keys: KeysFolder, length: int
) -> None:
    scopegate("key", "rotate")
    old = beginning(keys, length)

    retired = scopegate("key", "retire", old[:length], "--format", "json")

    assert retired.status == 0
    assert retired.err == f"key {old} is deleted; tokens it signed are refused from now on\n"
    assert old not in dict(states(retired))
    assert states(retired) == in_folder(keys)


def beginning(keys: KeysFolder, length: int) -> str:
    """The retired key, after as many rotations as it takes to tell it by so few characters."""
    while True:
        active, upcoming, old = (kid for kid, _ in in_folder(keys)[:3])
        if old[:length] not in {active[:length], upcoming[:length]}:
            for kid, _ in in_folder(keys)[3:]:
                keys.retire(kid, int(time.time()))
            return old
        keys.rotate(int(time.time()))


def test_the_active_key_is_not_retired_and_the_hint_works(
    scopegate: CommandLine, keys: KeysFolder
) -> None:
    active = in_folder(keys)[0][0]

    refused = scopegate("key", "retire", active)
    [hint] = re.findall(r"`scopegate ([^`]+)`", refused.err)
    scopegate(*hint.split())
    retired = scopegate("key", "retire", active)

    assert (refused.status, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert retired.status == 0


def test_a_misspelt_key_is_answered_with_the_nearest(
    scopegate: CommandLine, keys: KeysFolder
) -> None:
    kid = in_folder(keys)[1][0]
    misspelt = f"{kid[:9]}!{kid[10:20]}"

    refused = scopegate("key", "retire", misspelt)

    assert refused.status == 2
    assert refused.err == f"error: there is no key `{misspelt}`; did you mean `{kid[:20]}`?\n"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        pytest.param("!", "there is no key `!`", id="unknown"),
        pytest.param("", "there is no key ``", id="empty"),
    ],
)
def test_a_name_of_no_key_is_refused(
    scopegate: CommandLine, keys: KeysFolder, name: str, complaint: str
) -> None:
    before = in_folder(keys)

    refused = scopegate("key", "retire", name)

    assert (refused.status, refused.err) == (2, f"error: {complaint}\n")
    assert in_folder(keys) == before


def test_a_beginning_of_two_keys_is_refused_with_both(
    scopegate: CommandLine, keys: KeysFolder
) -> None:
    while len({kid[0] for kid, _ in in_folder(keys)}) == len(in_folder(keys)):
        keys.rotate(int(time.time()))
    kids = sorted(kid for kid, _ in in_folder(keys))
    name = next(kid[0] for kid, after in itertools.pairwise(kids) if kid[0] == after[0])

    refused = scopegate("key", "retire", name)

    both = ", ".join(kid for kid in kids if kid[0] == name)
    assert (refused.status, refused.err) == (
        2,
        f"error: `{name}` begins more than one key: {both}\n",
    )


@pytest.mark.parametrize("command", [("rotate",), ("retire", "a")])
def test_without_keys_there_is_nothing_to_change(
    scopegate: CommandLine, command: tuple[str, ...]
) -> None:
    refused = scopegate("key", *command)

    assert refused.status == 2
    assert refused.err.startswith("error: there are no keys in `var/keys`")
    assert not (scopegate.folder / "var").exists()


@pytest.mark.parametrize("command", [("list",), ("rotate",), ("retire", "a")])
def test_a_garbled_state_is_refused_in_one_line(
    scopegate: CommandLine, keys: KeysFolder, command: tuple[str, ...]
) -> None:
    (keys.directory / "keyring.json").write_text("{")

    refused = scopegate("key", *command)

    assert (refused.status, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert "keyring.json` cannot be used: it is not JSON" in refused.err


def test_a_token_is_verified_until_its_key_is_retired(
    scopegate: CommandLine, keys: KeysFolder
) -> None:
    mint = ("token", "mint", "--sub", "client:t", "--scope", "", "--spec", "seed-songs.yaml")
    token = scopegate(*mint).out
    old = in_folder(keys)[0][0]

    scopegate("key", "rotate")
    rotated = scopegate("token", "inspect", "-", stdin=token)
    scopegate("key", "retire", old)
    retired = scopegate("token", "inspect", "-", stdin=token)

    assert rotated.out.startswith("VERIFIED by")
    assert retired.out.startswith("NOT VERIFIED: unknown_key")


def test_a_command_without_the_choice_keeps_the_algorithm(
    scopegate: CommandLine, keys: KeysFolder
) -> None:
    before = in_folder(keys)
    (scopegate.folder / "scopegate.toml").unlink()

    scopegate("group", "list")
    rotated = scopegate("key", "rotate", "--format", "json")

    assert rotated.json()["keys"][0]["kid"] == before[1][0]
    assert {key["alg"] for key in rotated.json()["keys"]} == {"EdDSA"}


def test_keys_from_before_verify_without_a_start(scopegate: CommandLine, keys: KeysFolder) -> None:
    mint = ("token", "mint", "--sub", "client:t", "--scope", "", "--spec", "seed-songs.yaml")
    token = scopegate(*mint).out
    (keys.directory / "keyring.json").unlink()

    inspected = scopegate("token", "inspect", "-", stdin=token)

    assert inspected.out.startswith("VERIFIED by")
    assert json.loads((keys.directory / "keyring.json").read_text())["schema"] == 1


def test_a_copied_home_lists_the_same_keys(
    scopegate: CommandLine, keys: KeysFolder, tmp_path: Path
) -> None:
    shutil.copytree(scopegate.folder / "var", tmp_path / "copy")
    (tmp_path / "copy" / "keys").chmod(0o700)

    listed = scopegate("key", "list", "--home", str(tmp_path / "copy"), "--format", "json")

    assert states(listed) == in_folder(keys)
