"""A query that was read before is read alike, and what one request is handed is its own."""

from typing import Any

from gateway.edge.request.parameters import ParameterReader
from gateway.edge.request.schemas import Schemas
from tests.edge.gateway.world import document, operation, read

LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 20}}
NAMES = {"name": "names", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}


def reader(*parameters: dict[str, Any]) -> ParameterReader:
    text = document({"/a": {"get": operation(parameters=list(parameters))}})
    description = read(text)
    return ParameterReader(description.operations[0], Schemas(description.document))


def values(parameters: ParameterReader, query: bytes) -> Any:
    found, violations = parameters.read({"query_string": query, "headers": []}, {})
    return violations or found


def test_a_query_is_read_alike_each_time() -> None:
    parameters = reader(LIMIT)

    for _ in range(3):
        assert values(parameters, b"") == {"limit": 20}
        assert values(parameters, b"limit=7") == {"limit": 7}
        assert [v.pointer for v in values(parameters, b"limit=x")] == ["/query/limit"]


def test_what_a_handler_does_with_its_arguments_is_nobody_elses() -> None:
    parameters = reader(LIMIT, NAMES)

    for query in (b"limit=7", b"limit=7&names=a&names=b"):
        first = values(parameters, query)
        first["limit"] = 0
        first.setdefault("names", []).append("mine")

        assert values(parameters, query)["limit"] == 7
        assert "mine" not in values(parameters, query).get("names", [])


def test_queries_without_end_are_not_kept_without_end() -> None:
    parameters = reader(LIMIT)

    for number in range(1000):
        assert values(parameters, b"limit=%d" % number) == {"limit": number}

    assert values(parameters, b"limit=999") == {"limit": 999}
