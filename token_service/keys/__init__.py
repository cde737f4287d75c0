"""The keyring: private keys in PEM files, one of which signs, all of which verify (RFC 7517)."""

from token_service.keys.folder import KeysFolder
from token_service.keys.keyring import Keyring, Ring, read_ring
from token_service.keys.signing import PrivateKey, SigningKey, load_key
from token_service.keys.states import KeyRecord, KeyState, RingState

__all__ = [
    "KeyRecord",
    "KeyState",
    "Keyring",
    "KeysFolder",
    "PrivateKey",
    "Ring",
    "RingState",
    "SigningKey",
    "load_key",
    "read_ring",
]
