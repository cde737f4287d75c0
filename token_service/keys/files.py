"""The files of a keyring: PEM and state, whole or not at all, for their owner alone.

Readers take no lock. Whoever changes something holds the lock, writes new keys first, then renames
the state into place, and removes old keys last.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from token_service.errors import KeyringError
from token_service.keys.record import parse_state, render_state
from token_service.keys.signing import SigningKey, load_key, pem_of
from token_service.keys.states import KeyRecord, KeyState, RingState

STATE_FILE = "keyring.json"


@contextmanager
def reporting(directory: Path) -> Iterator[None]:
    """Tell what the operating system refuses as a KeyringError."""
    try:
        yield
    except OSError as error:
        raise KeyringError(
            f"keys in `{error.filename or directory}` cannot be used: {error.strerror}"
        ) from error


@contextmanager
def changing(directory: Path) -> Iterator[None]:
    """Hold the folder against other processes; the lock ends with the process at the latest."""
    with reporting(directory):
        _demand_private(directory, "700")
        with (directory / ".lock").open("a") as stream:
            (directory / ".lock").chmod(0o600)
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield


def read_state_text(directory: Path) -> bytes | None:
    """The text of the state; None if the folder has none."""
    try:
        return (directory / STATE_FILE).read_bytes()
    except FileNotFoundError:
        return None


def state_of(directory: Path, text: bytes) -> RingState:
    """The state that a text tells; raises KeyringError."""
    file = directory / STATE_FILE
    _demand_private(file, "600")
    try:
        return parse_state(text)
    except ValueError as error:
        raise KeyringError(
            f"`{file}` cannot be used: {error}, restore it or move it away: "
            "without it the newest key signs"
        ) from error


def write_state(directory: Path, state: RingState) -> None:
    """Put a state into the place of the one before."""
    _write(directory, STATE_FILE, render_state(state))


def read_key(directory: Path, record: KeyRecord) -> SigningKey:
    """The key that a state names; raises KeyringError."""
    file = _file_of(directory, record.kid)
    try:
        key = read_file(file)
    except FileNotFoundError as error:
        raise KeyringError(f"key file `{file}` is missing, {_way_out(record)}") from error
    except ValueError as error:
        raise KeyringError(
            f"key file `{file}` cannot be used: {error}, {_way_out(record)}"
        ) from error
    if key.alg != record.alg:
        raise KeyringError(
            f"key file `{file}` is for {key.alg}, not {record.alg} as its state says"
        )
    return key


def read_file(file: Path) -> SigningKey:
    """The key of a file that is named by it; a ValueError says what is wrong with the text."""
    _demand_private(file, "600")
    key = load_key(file.read_bytes())
    if file.stem != key.kid:
        raise KeyringError(f"key file `{file}` does not hold the key it is named by: {key.kid}")
    return key


def write_key(directory: Path, key: SigningKey) -> None:
    """Store a key."""
    _write(directory, f"{key.kid}.pem", pem_of(key))


def remove_key(directory: Path, kid: str) -> None:
    """Delete a key for good; it may be gone already."""
    _file_of(directory, kid).unlink(missing_ok=True)


def key_files(directory: Path) -> list[Path]:
    """The files of keys, known or not, in the order of their names."""
    return sorted(directory.glob("*.pem"))


def _file_of(directory: Path, kid: str) -> Path:
    return directory / f"{kid}.pem"


def _way_out(record: KeyRecord) -> str:
    give_up = f"`scopegate key retire {record.kid}`"
    if record.state is KeyState.ACTIVE:
        return f"restore it, or give it up with `scopegate key rotate` and then {give_up}"
    return f"restore it, or give it up with {give_up}"


def _demand_private(path: Path, mode: str) -> None:
    if path.stat().st_mode & 0o077:
        raise KeyringError(f"`{path}` is open to other users, run `chmod {mode} {path}`")


def _write(directory: Path, name: str, content: bytes) -> None:
    # mkstemp makes the file with mode 0600; the rename shows it whole or not at all.
    handle, temporary = tempfile.mkstemp(dir=directory, prefix=".new-")
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    Path(temporary).rename(directory / name)
    _sync(directory)


def _sync(directory: Path) -> None:
    """Keep a rename even if the machine loses its power."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
