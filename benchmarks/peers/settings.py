"""What a peer is told by its environment: keys and where they are trusted from."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

ISSUER = os.environ.get("BENCH_ISSUER", "")
AUDIENCE = os.environ.get("BENCH_AUDIENCE", "")


def public_key() -> RSAPublicKey:
    """The key that the peers' tokens are signed with."""
    key = load_pem_public_key((Path(os.environ["BENCH_KEYS"]) / "public.pem").read_bytes())
    if not isinstance(key, RSAPublicKey):
        raise TypeError("the key of a run is an RSA key")
    return key
