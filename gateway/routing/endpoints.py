"""The operations of a description as the router sees them."""

from gateway.routing.tree import Endpoint
from gateway.spec.model import ApiDescription


def endpoints_of(description: ApiDescription) -> tuple[Endpoint, ...]:
    """One endpoint an operation, with its path parameters of `style: matrix`."""
    return tuple(
        Endpoint(
            operation=operation.key,
            method=operation.method,
            path=operation.path,
            matrix_parameters=frozenset(
                str(parameter["name"])
                for parameter in operation.parameters
                if parameter.get("in") == "path" and parameter.get("style") == "matrix"
            ),
        )
        for operation in description.operations
    )
