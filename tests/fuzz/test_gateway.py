"""Schemathesis against the demo over HTTP, every answer judged by the oracle.

Tokens are minted for exact scope sets: each alternative's scopes, each with one scope less, and
none at all; besides no token, and tokens that are wrong in one way.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import pytest
import schemathesis
import yaml
from hypothesis import given
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gateway.app.compose import Composition
from gateway.app.demo import fill_demo
from tests.corpus.cases import BadToken
from tests.corpus.server import bad_token, serve_document, settings_for
from tests.fuzz.budget import BUDGET
from tests.fuzz.oracle import decide

DOCUMENT = Path(__file__).parents[2] / "openapi" / "openapi.yaml"
RAW: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text("utf-8"))
SCHEMA = schemathesis.openapi.from_dict(RAW)
OPERATIONS: list[Any] = [
    result.ok()  # type: ignore[union-attr]  # the document is valid, another test says so
    for result in SCHEMA.get_all_operations()
]


@dataclass(frozen=True, slots=True)
class Target:
    """The server under test, and what it takes to sign in to it."""

    url: str
    key: Any
    claims: Mapping[str, Any]

    def headers(self, scopes: frozenset[str] | None) -> dict[str, str]:
        """The header of a valid token with exactly these scopes; None: nothing."""
        if scopes is None:
            return {}
        claims = {**self.claims, "scope": " ".join(sorted(scopes))}
        return {"Authorization": f"Bearer {signed(claims, self.key)}"}


def signed(claims: Mapping[str, Any], key: Any) -> str:
    """A valid token."""

    return jwt.encode(
        dict(claims), key.private, algorithm=key.alg, headers={"typ": "at+jwt", "kid": key.kid}
    )


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    configured = settings_for(tmp_path_factory.mktemp("fuzz") / "home")
    composition = Composition(with_demo_handlers=True)
    with serve_document(DOCUMENT, configured, composition) as (server, engine):
        tokens = server.application.tokens
        fill_demo(tokens.administration, engine)
        alice = tokens.administration.find_user_by_name("alice")
        assert alice is not None
        now = int(time.time())
        claims = {
            "iss": configured.issuer,
            "aud": configured.audience,
            "sub": alice.subject,
            "client_id": "fuzz",
            "jti": "fuzz",
            "iat": now,
            "exp": now + 3600,
        }
        yield Target(f"http://127.0.0.1:{server.port}", tokens.keyring.active, claims)


def scope_sets(operation: Any) -> list[frozenset[str] | None]:
    """None, nothing, each alternative's scopes, each with one scope less, and all there are."""
    raw = RAW["paths"][operation.path][operation.method]
    alternatives = [
        frozenset(name for names in requirement.values() for name in names)
        for requirement in raw.get("security", [])
    ]
    less = [held - {scope} for held in alternatives for scope in held]
    flows = RAW["components"]["securitySchemes"]["oauth"]["flows"]
    everything = frozenset(flows["password"]["scopes"])
    return list(dict.fromkeys([None, frozenset(), *alternatives, *less, everything]))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_is_what_the_oracle_says(operation: Any, target: Target) -> None:
    sets = scope_sets(operation)

    @BUDGET
    @given(case=operation.as_strategy(), scopes=st.sampled_from(sets))
    def fuzz(case: Any, scopes: frozenset[str] | None) -> None:
        held = None if scopes is None else set(scopes)
        due = decide(RAW, operation.method.upper(), operation.path, held)

        answer = case.call(base_url=target.url, headers=target.headers(scopes))

        judge(answer, due)
        if due == 200:
            case.validate_response(
                answer,
                checks=[
                    not_a_server_error,
                    status_code_conformance,
                    content_type_conformance,
                    response_schema_conformance,
                ],
            )

    fuzz()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_a_token_that_is_wrong_in_one_way_opens_nothing(operation: Any, target: Target) -> None:
    claims = {**target.claims, "scope": " ".join(sorted(scope_sets(operation)[-1] or ()))}
    kinds = sorted(set(BadToken) - {BadToken.REVOKED})
    texts = {kind: bad_token(kind, claims, target.key) for kind in kinds}

    @BUDGET
    @given(case=operation.as_strategy(), kind=st.sampled_from(kinds))
    def fuzz(case: Any, kind: BadToken) -> None:
        headers = {"Authorization": f"Bearer {texts[kind]}"}

        answer = case.call(base_url=target.url, headers=headers)

        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"][0]

    fuzz()


def judge(answer: Any, due: int) -> None:
    """A denial is exact; a permit is anything a handler may answer, but no denial and no fault."""
    if due == 200:
        assert answer.status_code not in {401, 403}, answer.text
        assert answer.status_code < 500, answer.text
    else:
        assert answer.status_code == due, answer.text
