"""Requests drawn for an operation by Schemathesis, such as it declares and such as it does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.budget import seed_of
from tests.fuzz.messages import Answer, Request

BASE_URL = "http://localhost:8000"
#: what the client library adds of its own accord
_NOT_DRAWN = frozenset(
    {
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "host",
        "user-agent",
        "x-schemathesis-testcaseid",
    }
)
_CHECKS = (status_code_conformance, content_type_conformance, response_schema_conformance)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A request, and the case of Schemathesis that it was made of."""

    request: Request
    case: Any

    def undocumented(self, answer: Answer) -> str | None:
        """What in an answer the document does not tell of."""
        headers: dict[str, list[str]] = {}
        for name, value in answer.headers:
            headers.setdefault(name, []).append(value)
        sent = requests.Request(self.request.method, BASE_URL + self.request.target).prepare()
        response = Response(
            answer.status, headers, answer.body, request=sent, elapsed=0.0, verify=False
        )
        try:
            self.case.validate_response(response, checks=list(_CHECKS))
        except FailureGroup as failed:
            return "; ".join(str(failure).splitlines()[0] for failure in failed.exceptions)
        return None


def operations_of(document: dict[str, Any]) -> list[Any]:
    """The operations of a document, as Schemathesis has them."""
    schema = schemathesis.openapi.from_dict(document)
    return [
        result.ok()  # type: ignore[union-attr]  # the document is valid, another test says so
        for result in schema.get_all_operations()
    ]


def draw(operation: Any, count: int, *, unit: str) -> list[Drawn]:
    """So many requests for an operation, or fewer where no client could send some of them."""
    cases: list[Any] = []
    drawn = st.one_of(list(_strategies(operation)))

    # the number makes every draw another one: some operations have one request alone
    @seed(seed_of(unit))
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=drawn, number=st.integers(0, 2**62))
    def collect(case: Any, number: int) -> None:
        cases.append(case)

    collect()
    return list(_sendable(cases))[:count]


def _strategies(operation: Any) -> Iterator[st.SearchStrategy[Any]]:
    """As declared, as declared for things that are there, and, where it can be, otherwise."""
    places = (operation.path_parameters, operation.headers, operation.query)
    names = [[item.definition["name"] for item in place] for place in places]
    yield operation.as_strategy()
    if names[0]:
        for there in (1, 2):
            yield operation.as_strategy(path_parameters=dict.fromkeys(names[0], there))
    if any(names) or operation.definition.raw.get("requestBody"):
        yield operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)


def _sendable(cases: list[Any]) -> Iterator[Drawn]:
    for case in cases:
        told = case.as_transport_kwargs(base_url=BASE_URL)
        known = {"method", "url", "headers", "files", "data", "json", "params", "cookies"}
        try:
            sent = requests.Request(**{k: v for k, v in told.items() if k in known}).prepare()
        except (requests.RequestException, UnicodeError):
            continue  # no client could send it
        yield Drawn(_request(sent), case)


def _request(sent: requests.PreparedRequest) -> Request:
    body = sent.body or b""
    headers = tuple(
        (_text(name), _text(value))
        for name, value in sent.headers.items()
        if _text(name).lower() not in _NOT_DRAWN
    )
    assert isinstance(body, str | bytes)
    octets = body.encode() if isinstance(body, str) else body
    return Request(str(sent.method), str(sent.url).removeprefix(BASE_URL), headers, octets)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
