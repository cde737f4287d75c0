"""Endpoints and tables written as one writes them in a document."""

from collections.abc import Iterable

from gateway.routing.tree import Endpoint, Route, Routed, RouteTable
from gateway.spec.model import OperationKey


def endpoint(key: str, *, matrix: Iterable[str] = ()) -> Endpoint:
    method, path = key.split(" ", 1)
    return Endpoint(OperationKey(key), method, path, frozenset(matrix))


def table(*keys: str, base_path: str = "") -> RouteTable:
    return RouteTable([endpoint(key) for key in keys], base_path=base_path)


def found(route: Route) -> str | None:
    return route.operation if isinstance(route, Routed) else None
