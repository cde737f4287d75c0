"""What every grant has at hand: the parts of one token service."""

from dataclasses import dataclass

from token_service.keys import Keyring
from token_service.passwords import SecretHasher
from token_service.ports import Clock, DeclaredScopes
from token_service.settings import TokenServiceSettings
from token_service.store.engine import Engine
from token_service.throttle import Throttle


@dataclass(frozen=True, slots=True)
class GrantContext:
    """The parts of one token service."""

    settings: TokenServiceSettings
    engine: Engine
    keyring: Keyring
    declared: DeclaredScopes
    hasher: SecretHasher
    throttle: Throttle
    clock: Clock
