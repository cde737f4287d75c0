"""The signing keys in SCOPEGATE_HOME, for commands that must not create them."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gateway.errors import KeysUnavailableError, UsageError
from gateway.settings import Settings
from token_service.errors import KeyringError
from token_service.keys import KeysFolder, read_ring


def keys_folder(settings: Settings) -> Path:
    """Where the keyring is."""
    return settings.home / "keys"


def stored_keys(settings: Settings) -> KeysFolder:
    """The keyring as commands list and change it."""
    return KeysFolder(
        keys_folder(settings),
        settings.signing_alg,
        token_seconds=settings.access_token_seconds,
        alg_is_chosen=settings.origins["signing_alg"] != "default",
    )


def stored_jwks(settings: Settings) -> Mapping[str, Any]:
    """The public keys of the keyring; raises KeysUnavailableError where there is none yet."""
    keys = stored_keys(settings)
    with usable_keys():
        if not keys.has_keys:
            raise KeysUnavailableError(f"there are no keys in {keys.directory}", retry_after=1)
        if not keys.has_state:
            keys.list(int(time.time()))
        return read_ring(keys.directory).jwks


@contextmanager
def usable_keys() -> Iterator[None]:
    """End the command with a line where keys cannot be used."""
    try:
        yield
    except KeyringError as error:
        raise UsageError(str(error)) from error
