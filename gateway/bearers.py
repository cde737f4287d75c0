"""The bearer schemes with the keys that their tokens are verified by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.bindings import Trusts
from gateway.spec.model import SchemeName
from gateway.tokens.binding import TokenTrust
from gateway.tokens.jwks_client import jwks_url_keys
from gateway.tokens.key_cache import embedded_keys
from gateway.tokens.ports import KeySource, RevocationFeed


@dataclass(frozen=True, slots=True)
class BearerBinding:
    """Whose tokens a bearer scheme accepts, and where their keys are."""

    trust: TokenTrust
    keys: KeySource
    #: which of its tokens were taken back; only our own issuer tells
    revocations: RevocationFeed | None = None


def bind_keys(
    trusts: Trusts,
    *,
    embedded: Callable[[], Mapping[str, Any]],
    clock: Callable[[], float],
    revocations: RevocationFeed | None = None,
) -> Mapping[SchemeName, BearerBinding]:
    """Give each bearer scheme its keys; `embedded` is our own keyring's JWKS.

    `revocations` are those of our own tokens.

    Schemes with one JWKS URL, or with our keyring, share one source of keys.
    """
    sources: dict[tuple[str | None, tuple[str, ...]], KeySource] = {}
    bound: dict[SchemeName, BearerBinding] = {}
    for name, trust in trusts.bearers.items():
        url = trusts.jwks_uris.get(name)
        place = (url, trust.algorithms)
        if place not in sources:
            sources[place] = (
                jwks_url_keys(url, trust.algorithms, clock=clock)
                if url
                else embedded_keys(embedded, trust.algorithms, clock=clock)
            )
        bound[name] = BearerBinding(trust, sources[place], None if url else revocations)
    return bound
