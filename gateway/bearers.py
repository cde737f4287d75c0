"""The bearer schemes with what their tokens are proven by."""

from collections.abc import Callable, Mapping
from typing import Any, assert_never

from gateway.bindings import Trusts
from gateway.spec.model import SchemeName
from gateway.tokens.binding import TokenTrust
from gateway.tokens.discovery import discovered_keys
from gateway.tokens.introspect import Introspector
from gateway.tokens.jwks_client import jwks_url_keys
from gateway.tokens.key_cache import CachedKeys, embedded_keys
from gateway.tokens.keys import NoKeys
from gateway.tokens.ports import RevocationFeed
from gateway.tokens.prove import BearerBinding
from gateway.tokens.source import Discovery, Introspection, JwksUrl, OwnKeyring, TokenSource

_Place = tuple[TokenSource, tuple[str, ...]]


def bind_keys(
    trusts: Trusts,
    *,
    embedded: Callable[[], Mapping[str, Any]],
    clock: Callable[[], float],
    revocations: RevocationFeed | None = None,
) -> Mapping[SchemeName, BearerBinding]:
    """Give each bearer scheme its keys; `embedded` is our own keyring's JWKS.

    `revocations` are those of our own tokens.

    Schemes with one JWKS URL, one issuer, or our keyring, share one source of keys; schemes that
    ask one endpoint for one trust share its answers.
    """
    keys: dict[_Place, CachedKeys] = {}
    askers: dict[tuple[Introspection, TokenTrust], Introspector] = {}
    no_keys = NoKeys()
    bound: dict[SchemeName, BearerBinding] = {}
    for name, trust in trusts.bearers.items():
        source = trusts.sources.get(name, OwnKeyring())
        if isinstance(source, Introspection):
            asker = askers.setdefault((source, trust), Introspector(source, trust, clock=clock))
            bound[name] = BearerBinding(trust, no_keys, introspector=asker)
            continue
        place = (source, trust.algorithms)
        if place not in keys:
            keys[place] = _keys(source, trust, embedded=embedded, clock=clock)
        is_ours = isinstance(source, OwnKeyring)
        bound[name] = BearerBinding(trust, keys[place], revocations if is_ours else None)
    return bound


def kept_bearers(
    trusts: Trusts,
    bearers: Mapping[SchemeName, BearerBinding],
    *,
    before: Trusts,
    kept: Mapping[SchemeName, BearerBinding],
) -> Mapping[SchemeName, BearerBinding]:
    """The bearers, those of a ruleset before in the place of each that trusts the same.

    So no key is fetched anew and no answer of an issuer forgotten.
    """
    old = {_trusted(before, name): bearer for name, bearer in kept.items()}
    return {name: old.get(_trusted(trusts, name), bearer) for name, bearer in bearers.items()}


def _trusted(trusts: Trusts, name: SchemeName) -> tuple[TokenTrust, TokenSource]:
    return trusts.bearers[name], trusts.sources.get(name, OwnKeyring())


async def close_bearers(bearers: Mapping[SchemeName, BearerBinding]) -> None:
    """Give back the connections to those who are asked about tokens."""
    for asker in {bearer.introspector for bearer in bearers.values()} - {None}:
        if isinstance(asker, Introspector):
            await asker.close()


def _keys(
    source: OwnKeyring | JwksUrl | Discovery,
    trust: TokenTrust,
    *,
    embedded: Callable[[], Mapping[str, Any]],
    clock: Callable[[], float],
) -> CachedKeys:
    match source:
        case OwnKeyring():
            return embedded_keys(embedded, trust.algorithms, clock=clock)
        case JwksUrl(url):
            return jwks_url_keys(url, trust.algorithms, clock=clock)
        case Discovery(issuer):
            return discovered_keys(issuer, trust.algorithms, clock=clock)
        case _ as never:
            assert_never(never)
