"""The signing keys in SCOPEGATE_HOME, for commands that must not create them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.errors import KeysUnavailableError, UsageError
from gateway.settings import Settings
from token_service.errors import KeyringError
from token_service.keys import Keyring


def keys_folder(settings: Settings) -> Path:
    """Where the keyring is."""
    return settings.home / "keys"


def stored_jwks(settings: Settings) -> Mapping[str, Any]:
    """The public keys of the keyring; raises KeysUnavailableError where there is none yet."""
    folder = keys_folder(settings)
    if not any(folder.glob("*.pem")):
        raise KeysUnavailableError(f"there are no keys in {folder}", retry_after=1)
    return open_keyring(settings).jwks()


def open_keyring(settings: Settings) -> Keyring:
    """Open the keyring, with a first key if it has none."""
    try:
        return Keyring.open(keys_folder(settings), settings.signing_alg)
    except KeyringError as error:
        raise UsageError(str(error)) from error
