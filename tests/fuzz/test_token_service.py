"""Schemathesis against the token service over HTTP: nothing is a 500, and guesses win no token."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import given
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gateway.app.compose import Composition
from gateway.app.demo import DemoAccounts, fill_demo
from tests.corpus.server import serve_document, settings_for
from tests.fuzz.budget import BUDGET

OPENAPI = Path(__file__).parents[2] / "openapi"
SCHEMA = schemathesis.openapi.from_dict(
    yaml.safe_load((OPENAPI / "token_service.yaml").read_text("utf-8"))
)
OPERATIONS: list[Any] = [
    result.ok()  # type: ignore[union-attr]  # the document is valid, another test says so
    for result in SCHEMA.get_all_operations()
]
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, DemoAccounts]]:
    settings = settings_for(tmp_path_factory.mktemp("fuzz-tokens") / "home")
    composition = Composition(with_demo_handlers=True)
    with serve_document(OPENAPI / "openapi.yaml", settings, composition) as (server, engine):
        accounts = fill_demo(server.application.tokens.administration, engine)
        assert accounts is not None
        yield f"http://127.0.0.1:{server.port}", accounts


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_a_stranger_gets_no_token_and_no_500(
    operation: Any, demo: tuple[str, DemoAccounts]
) -> None:
    url, _ = demo

    @BUDGET
    @given(case=operation.as_strategy())
    def fuzz(case: Any) -> None:
        answer = case.call(base_url=url)

        assert answer.status_code < 500, answer.text
        assert "access_token" not in answer.text
        case.validate_response(answer, checks=CHECKS)

    fuzz()


TOKEN_OPERATIONS = [operation for operation in OPERATIONS if operation.method == "post"]


@pytest.mark.parametrize("operation", TOKEN_OPERATIONS, ids=lambda operation: operation.label)
def test_a_client_with_its_secret_gets_tokens_by_its_grants_alone(
    operation: Any, demo: tuple[str, DemoAccounts]
) -> None:
    url, accounts = demo
    client = (accounts.client_id, accounts.client_secret)
    grants = ["password", "client_credentials", "refresh_token", "authorization_code", "", "x"]

    @BUDGET
    @given(case=operation.as_strategy(), grant=st.sampled_from(grants))
    def fuzz(case: Any, grant: str) -> None:
        if isinstance(case.body, dict):
            case.body = {**case.body, "grant_type": grant}
            case.body.pop("client_id", None)
            case.body.pop("client_secret", None)

        answer = case.call(base_url=url, auth=client)

        assert answer.status_code < 500, answer.text
        issued = answer.status_code == 200
        assert issued == ("access_token" in answer.text)
        assert not issued or grant == "client_credentials"
        assert answer.headers["cache-control"] == ["no-store"]
        case.validate_response(answer, checks=CHECKS)

    fuzz()
