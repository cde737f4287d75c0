"""Which schemes share a source of keys."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from gateway.bearers import bind_keys, close_bearers, kept_bearers
from gateway.bindings import Trusts
from gateway.errors import SettingsError
from gateway.spec.model import SchemeName
from gateway.tokens.binding import TokenTrust
from gateway.tokens.keys import Kid
from gateway.tokens.prove import BearerBinding
from gateway.tokens.source import Discovery, Introspection, JwksUrl, TokenSource
from tests.unit.tokens.minting import NOW, TRUST

JWKS = "https://issuer.example/jwks"


def bind(
    trusts: Mapping[str, TokenTrust], jwks_uris: Mapping[str, str] | None = None
) -> Mapping[str, BearerBinding]:
    return bind_sources(trusts, {name: JwksUrl(url) for name, url in (jwks_uris or {}).items()})


def bind_sources(
    trusts: Mapping[str, TokenTrust], places: Mapping[str, TokenSource]
) -> Mapping[str, BearerBinding]:
    def embedded() -> Mapping[str, Any]:
        return {"keys": []}

    named = {SchemeName(name): trust for name, trust in trusts.items()}
    sources = {SchemeName(name): place for name, place in places.items()}
    bound = bind_keys(Trusts(named, sources), embedded=embedded, clock=lambda: NOW)
    return {str(name): binding for name, binding in bound.items()}


def test_schemes_of_our_keyring_share_its_keys() -> None:
    bound = bind({"a": TRUST, "b": TokenTrust(TRUST.issuer, "another audience")})

    assert bound["a"].keys is bound["b"].keys


def test_schemes_of_one_jwks_url_share_its_keys_and_no_other() -> None:
    bound = bind(dict.fromkeys("abcd", TRUST), {"a": JWKS, "b": JWKS, "c": f"{JWKS}/2"})

    assert bound["a"].keys is bound["b"].keys
    assert len({id(bound[name].keys) for name in "acd"}) == 3


def test_schemes_with_algorithms_of_their_own_do_not_share_keys() -> None:
    one, other = TRUST, TokenTrust(TRUST.issuer, TRUST.audience, algorithms=("ES256",))

    bound = bind({"a": one, "b": other}, {"a": JWKS, "b": JWKS})

    assert bound["a"].keys is not bound["b"].keys


def test_each_scheme_keeps_its_trust() -> None:
    other = TokenTrust("https://elsewhere.example", "x")

    bound = bind({"a": TRUST, "b": other})

    assert (bound["a"].trust, bound["b"].trust) == (TRUST, other)


@pytest.mark.parametrize(
    "url", ["http://issuer.example/jwks", "file:///jwks", "https://u@issuer.example/jwks"]
)
def test_a_jwks_url_that_others_could_answer_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="JWKS URL"):
        bind({"a": TRUST}, {"a": url})


@pytest.mark.parametrize("url", [JWKS, "http://localhost:1/jwks", "http://127.0.0.1:1/jwks"])
def test_a_jwks_url_may_be_https_or_loopback(url: str) -> None:
    assert bind({"a": TRUST}, {"a": url})


def test_schemes_of_one_issuer_share_the_keys_that_it_publishes() -> None:
    place = Discovery("https://issuer.example")
    sources: Mapping[str, TokenSource] = {"a": place, "b": place, "c": JwksUrl(JWKS)}

    bound = bind_sources(dict.fromkeys("abc", TRUST), sources)

    assert bound["a"].keys is bound["b"].keys
    assert bound["a"].keys is not bound["c"].keys


def test_schemes_that_ask_one_endpoint_for_one_trust_share_its_answers() -> None:
    place = Introspection("https://issuer.example/introspect", "api", "secret")
    other = TokenTrust(TRUST.issuer, "another audience")

    bound = bind_sources({"a": TRUST, "b": TRUST, "c": other}, dict.fromkeys("abc", place))

    assert bound["a"].introspector is bound["b"].introspector
    assert bound["a"].introspector is not bound["c"].introspector
    asyncio.run(close_bearers({SchemeName(name): binding for name, binding in bound.items()}))


def test_an_issuer_that_is_asked_has_no_keys_of_ours() -> None:
    place = Introspection("https://issuer.example/introspect", "api", "secret")

    keys = bind_sources({"a": TRUST}, {"a": place})["a"].keys

    assert keys.cached(Kid("EdDSA"), "EdDSA") is None
    assert asyncio.run(keys.key(Kid("EdDSA"), "EdDSA")) is None


def test_a_scheme_that_trusts_the_same_keeps_its_keys_under_any_name() -> None:
    name, renamed, other = map(SchemeName, ("a", "b", "c"))
    before = Trusts({name: TRUST}, {name: JwksUrl(JWKS)})
    after = Trusts(
        {renamed: TRUST, other: TRUST},
        {renamed: JwksUrl(JWKS), other: JwksUrl(f"{JWKS}/2")},
    )
    old = bind_keys(before, embedded=dict, clock=lambda: NOW)
    new = bind_keys(after, embedded=dict, clock=lambda: NOW)

    kept = kept_bearers(after, new, before=before, kept=old)

    assert kept[renamed] is old[name]
    assert kept[other] is new[other]
