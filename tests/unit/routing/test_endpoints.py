"""From operations to endpoints: what the router needs of a description."""

from dataclasses import replace

import pytest

from gateway.routing.endpoints import endpoints_of
from gateway.routing.tree import Endpoint, MethodMissing, Routed, RouteTable
from gateway.spec.model import OperationKey
from tests.unit.policy.build import description
from tests.unit.spec.writing import load

KEY = OperationKey("GET /points/{point}")


def test_every_operation_is_an_endpoint() -> None:
    found = endpoints_of(description({"GET /x": [], "TRACE /x": []}))

    assert [(endpoint.method, endpoint.path) for endpoint in found] == [
        ("GET", "/x"),
        ("TRACE", "/x"),
    ]


@pytest.mark.parametrize(
    ("parameter", "matrix"),
    [
        ({"name": "point", "in": "path", "style": "matrix"}, {"point"}),
        ({"name": "point", "in": "path", "style": "label"}, set()),
        ({"name": "point", "in": "path"}, set()),
        ({"name": "point", "in": "query", "style": "matrix"}, set()),
    ],
)
def test_only_path_parameters_of_style_matrix_are_told(
    parameter: dict[str, str], matrix: set[str]
) -> None:
    document = description({KEY: []})
    operation = replace(document.operations[0], parameters=(parameter,))

    assert endpoints_of(replace(document, operations=(operation,))) == (
        Endpoint(KEY, "GET", "/points/{point}", frozenset(matrix)),
    )


def test_methods_of_3_2_are_routed_as_they_are_written() -> None:
    text = (
        'openapi: "3.2.0"\ninfo: {title: t, version: "1"}\n'
        "paths: {/a: {query: {}, additionalOperations: {COPY: {}, CONNECT: {}}}}\n"
    )
    table = RouteTable(endpoints_of(load(text)))

    assert table.route("QUERY", b"/a") == Routed(OperationKey("QUERY /a"), {})
    assert table.route("COPY", b"/a") == Routed(OperationKey("COPY /a"), {})
    assert table.route("copy", b"/a") == MethodMissing(
        ("COPY", "OPTIONS", "QUERY"), is_options=False
    )
    assert table.route("CONNECT", b"/a") == MethodMissing(
        ("COPY", "OPTIONS", "QUERY"), is_options=False
    )
