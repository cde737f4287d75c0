"""Which schemes share a source of keys."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.bearers import BearerBinding, bind_keys
from gateway.bindings import Trusts
from gateway.errors import SettingsError
from gateway.spec.model import SchemeName
from gateway.tokens.binding import TokenTrust
from tests.unit.tokens.minting import NOW, TRUST

JWKS = "https://issuer.example/jwks"


def bind(
    trusts: Mapping[str, TokenTrust], jwks_uris: Mapping[str, str] | None = None
) -> Mapping[str, BearerBinding]:
    def embedded() -> Mapping[str, Any]:
        return {"keys": []}

    named = {SchemeName(name): trust for name, trust in trusts.items()}
    urls = {SchemeName(name): url for name, url in (jwks_uris or {}).items()}
    bound = bind_keys(Trusts(named, urls, frozenset()), embedded=embedded, clock=lambda: NOW)
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
