"""What a credential proved a moment ago, so that a burst of requests asks the store once."""

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.model import Proven

#: seconds for which a proof holds: so long after its end a credential may still be taken
RECENT_SECONDS = 1.0
#: the most proofs kept
RECENT = 1000


@dataclass(frozen=True, slots=True)
class RecentProofs:
    """Valid credentials alone, by an HMAC under a key that dies with the process."""

    clock: Callable[[], float]
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _proofs: dict[bytes, tuple[Proven, float]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def digest(self, *parts: str) -> bytes:
        """What a credential is kept under; its text cannot be had from it."""
        written = "".join(f"{len(part)}:{part}" for part in parts)
        return hmac.digest(self._key, written.encode("utf-8", "surrogatepass"), "sha256")

    def find(self, digest: bytes) -> Proven | None:
        """What the credential proved, if that is recent."""
        proof, then = self._proofs.get(digest, (None, 0.0))
        return proof if 0 <= self.clock() - then < RECENT_SECONDS else None

    def keep(self, digest: bytes, proof: Proven, *, asked_at: float) -> None:
        """Keep a proof from the moment the store was asked, and drop the oldest of too many."""
        with self._lock:
            self._proofs.pop(digest, None)
            self._proofs[digest] = (proof, asked_at)
            if len(self._proofs) > RECENT:
                del self._proofs[next(iter(self._proofs))]
