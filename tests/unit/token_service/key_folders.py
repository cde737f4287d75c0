"""Folders of keys as the tests of the keyring begin with them."""

import os
from pathlib import Path

from token_service.keys import KeysFolder, load_key
from token_service.keys.files import write_key
from token_service.keys.signing import make_key

NOW = 1_800_000_000
HOUR = 3600


def begun(directory: Path, alg: str = "EdDSA") -> KeysFolder:
    """A folder with its first two keys."""
    folder = KeysFolder(directory, alg, HOUR)
    folder.open(NOW)
    return folder


def from_before(directory: Path, *algs: str) -> list[str]:
    """A folder of keys as there were before keys had states, the newest last; their names."""
    directory.mkdir(mode=0o700)
    kids = []
    for place, alg in enumerate(algs):
        key = make_key(alg)
        write_key(directory, key)
        os.utime(directory / f"{key.kid}.pem", (place, place))
        kids.append(key.kid)
    return kids


def files_of(directory: Path) -> set[str]:
    """The names of the keys that there are files of."""
    return {load_key(file.read_bytes()).kid for file in directory.glob("*.pem")}
