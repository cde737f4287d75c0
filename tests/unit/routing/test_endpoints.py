"""From operations to endpoints: what the router needs of a description."""

from dataclasses import replace

import pytest

from gateway.routing.endpoints import endpoints_of
from gateway.routing.tree import Endpoint
from gateway.spec.model import OperationKey
from tests.unit.policy.build import description

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
