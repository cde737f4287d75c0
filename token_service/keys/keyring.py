"""The keyring as a running process has it: follows its folder, and never breaks with it."""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from token_service.errors import KeyringError
from token_service.keys.files import read_key, read_state_text, reporting, state_of
from token_service.keys.folder import KeysFolder
from token_service.keys.signing import SigningKey
from token_service.ports import Clock

_log = logging.getLogger("scopegate.tokens")

#: a JWK Set (RFC 7517 s5)
Jwks = Mapping[str, list[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys of a folder as they were at one moment."""

    #: the key that signs, then the others that a token may be verified with
    keys: tuple[SigningKey, ...]
    #: the state they were read by
    text: bytes = field(repr=False)
    jwks: Jwks = field(repr=False)


def read_ring(directory: Path, held: Mapping[str, SigningKey] | None = None) -> Ring:
    """Read a folder as it is and change nothing; raises KeyringError.

    Keys that are `held` are not read again: a `kid` is the thumbprint of the key itself.
    """
    with reporting(directory):
        text = _state_text(directory)
        while True:
            try:
                return _read(directory, text, held or {})
            except KeyringError:
                # Somebody may have changed the folder between its state and its keys.
                before, text = text, _state_text(directory)
                if text == before:
                    raise


class Keyring:
    """The keys of one folder, followed: a change of its state counts at the next call.

    A call reads the small file of the state, about 20 microseconds, and nothing more while it is
    the same. Whatever is wrong with a changed folder is logged once, and the keys stay as they
    were. Threads may share it.
    """

    def __init__(self, directory: Path) -> None:
        """Read the folder as it is; raises KeyringError."""
        self._directory = directory
        self._ring = read_ring(directory)
        self._lock = threading.Lock()
        self._complaint = ""

    @classmethod
    def open(
        cls,
        directory: Path,
        alg: str,
        *,
        alg_is_chosen: bool = True,
        token_seconds: int = 3600,
        clock: Clock = time.time,
    ) -> "Keyring":
        """Make the folder what the settings ask for, and read it; raises KeyringError.

        Of processes that open an empty folder at once, one makes the keys and all read them.
        """
        folder = KeysFolder(directory, alg, token_seconds, alg_is_chosen)
        folder.open(int(clock()))
        return cls(directory)

    def __repr__(self) -> str:
        """Show nothing that the keys hold."""
        return f"Keyring({str(self._directory)!r})"

    @property
    def active(self) -> SigningKey:
        """The key that signs."""
        return self.keys[0]

    @property
    def keys(self) -> tuple[SigningKey, ...]:
        """Every key a token may be verified with, the active one first."""
        return self._current().keys

    def jwks(self) -> Jwks:
        """The public keys; the very same object as long as they are the same."""
        return self._current().jwks

    def sign(self, claims: Mapping[str, object]) -> str:
        """The claims as an access token, signed with the active key."""
        return self.active.sign(claims)

    def _current(self) -> Ring:
        try:
            if _state_text(self._directory) != self._ring.text:
                with self._lock:
                    self._follow()
            self._complaint = ""
        except (KeyringError, OSError) as error:
            self._complain(str(error))
        return self._ring

    def _follow(self) -> None:
        if _state_text(self._directory) != self._ring.text:  # else another thread was faster
            self._ring = read_ring(self._directory, {key.kid: key for key in self._ring.keys})

    def _complain(self, message: str) -> None:
        if message != self._complaint:
            self._complaint = message
            _log.error("the signing keys stay as they were: %s", message)


def _state_text(directory: Path) -> bytes:
    text = read_state_text(directory)
    if text is None:
        raise KeyringError(f"the state of the keys in `{directory}` is gone, restore it")
    return text


def _read(directory: Path, text: bytes, held: Mapping[str, SigningKey]) -> Ring:
    records = state_of(directory, text).keys
    keys = tuple(held.get(record.kid) or read_key(directory, record) for record in records)
    return Ring(keys, text, {"keys": [dict(key.jwk) for key in keys]})
