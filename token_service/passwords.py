"""Argon2id hashes for passwords and client secrets, at one price for known and unknown names."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from token_service.settings import Argon2Profile
from token_service.values import MAX_SECRET_BYTES


class SecretHasher:
    """Hashes secrets and checks them; each check costs one hash, or none if it is too long."""

    def __init__(self, profile: Argon2Profile) -> None:
        self._argon2 = PasswordHasher(
            time_cost=profile.time_cost,
            memory_cost=profile.memory_kib,
            parallelism=profile.parallelism,
        )
        self._nobody = self._argon2.hash("nobody")

    def hash(self, secret: str) -> str:
        """The salted hash to store; the caller has checked the length."""
        return self._argon2.hash(secret)

    def matches(self, stored: str | None, secret: str) -> bool:
        """Whether the secret is the stored one; None costs the same and never matches."""
        if len(secret.encode()) > MAX_SECRET_BYTES:
            return False
        try:
            self._argon2.verify(self._nobody if stored is None else stored, secret)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None
