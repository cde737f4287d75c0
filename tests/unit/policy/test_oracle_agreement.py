"""The library and the oracle, which shares no line with it, decide random documents alike."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model import Credentials, Principal, PrincipalKind, Proven, Reason
from gateway.policy.compile import compile_policy, takes_bearer_token
from gateway.policy.decide import decide
from gateway.policy.rules import Binding, Undeclared
from gateway.spec.model import OperationKey, Scope
from gateway.spec.read import read_description
from tests.fuzz import oracle

OURS = Binding("http://localhost:8000/o", "http://localhost:8000")
ALICE = Principal(OURS.issuer, "user:alice", PrincipalKind.USER)

FLOW = {"clientCredentials": {"tokenUrl": "/o/token/", "scopes": {"a": "", "b": "", "c": ""}}}
SCHEMES: Mapping[str, Any] = {
    "oauth": {"type": "oauth2", "flows": FLOW},
    "partner": {"type": "oauth2", "flows": FLOW},
    "login": {"type": "openIdConnect", "openIdConnectUrl": "http://localhost:8000/o"},
    "bearer": {"type": "http", "scheme": "Bearer"},
    "digest": {"type": "http", "scheme": "digest"},
    "basic": {"type": "http", "scheme": "basic"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
}
WORDS = ["a", "b", "c", "nowhere", "two words", "A"]

requirements = st.dictionaries(
    st.sampled_from(sorted(SCHEMES)), st.lists(st.sampled_from(WORDS), max_size=3), max_size=2
)
security = st.lists(requirements, max_size=4)
operations: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"responses": st.just({"200": {"description": "done"}})}, optional={"security": security}
)
path_items = st.fixed_dictionaries(
    {"get": operations}, optional={"post": operations, "head": operations}
)
documents = st.fixed_dictionaries(
    {"paths": st.fixed_dictionaries({"/x": path_items, "/{y}": path_items})},
    optional={"security": security},
).map(
    lambda said: {
        "openapi": "3.0.3",
        "info": {"title": "random", "version": "1"},
        "components": {"securitySchemes": dict(SCHEMES)},
        **said,
    }
)
tokens = st.one_of(st.none(), st.sets(st.sampled_from(WORDS)))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("oracle") / "random.json"


def _library(
    file: Path, document: Mapping[str, Any], scopes: set[str] | None, undeclared: str
) -> Mapping[OperationKey, int]:
    file.write_text(json.dumps(document), "utf-8")
    description = read_description(str(file))
    bearers = [s.name for s in description.schemes.values() if takes_bearer_token(s)]
    bindings = dict.fromkeys(bearers, OURS)
    policy = compile_policy(description, bindings, undeclared=Undeclared(undeclared))
    held = None if scopes is None else frozenset(Scope(scope) for scope in scopes)
    proofs = {} if held is None else {name: Proven(ALICE, scopes=held) for name in bearers}
    found = {}
    for key in policy.rules:
        decision = decide(policy, key, Credentials(proofs))
        found[key] = (
            200 if decision.permits else 401 if decision.reason is Reason.NO_CREDENTIAL else 403
        )
    return found


@settings(deadline=None, max_examples=100)
@given(documents, tokens, st.sampled_from(["deny", "public"]))
def test_the_library_agrees_with_the_oracle(
    file: Path, document: dict[str, Any], scopes: set[str] | None, undeclared: str
) -> None:
    found = _library(file, document, scopes, undeclared)

    expected = {
        OperationKey(f"{method.upper()} {path}"): oracle.decide(
            document, method.upper(), path, scopes, undeclared
        )
        for path, item in document["paths"].items()
        for method in item
    }
    assert found == expected


def test_the_oracle_reads_nothing_of_ours() -> None:
    source = Path(oracle.__file__).read_text("utf-8")

    assert not any(name in source for name in ("gateway", "scopegate", "token_service", "handlers"))
    assert len(source.splitlines()) < 60


def test_the_oracle_lets_head_follow_get_unless_it_is_declared() -> None:
    item: dict[str, Any] = {"get": {"security": [{"oauth": ["a"]}]}}
    document: dict[str, Any] = {
        "paths": {"/x": item},
        "components": {"securitySchemes": dict(SCHEMES)},
    }

    assert oracle.decide(document, "HEAD", "/x", None) == 401
    item["head"] = {"security": []}
    assert oracle.decide(document, "HEAD", "/x", None) == 200
