"""Which route of the application behind the guard would answer, and whether that was decided on.

The guard finds the operation, and the application finds its function: by another list, in another
order. Where they do not agree, somebody would be let in to one thing and get another.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import unquote

from starlette.routing import BaseRoute, Host, Match, Mount
from starlette.types import Scope

from gateway.edge.inner_django import UNTOLD, django_router, is_django

#: the path of what would answer a request; None: nothing would, or an error of the application
Router = Callable[[Scope], str | None]
_PARAMETER = re.compile(r"\{[^{}]*\}")
#: a parameter that takes slashes too, and so any path that goes on there
_REST = re.compile(r"\{[^{}:]*:path\}$")
#: a slash at the end that may be left out
_MAYBE_SLASH = "{/?}"
#: middleware around an application, one in the other
_MOST_LAYERS = 32


def router_of(app: object) -> Router | None:
    """How an application routes, also through middleware around it; None: it does not show it."""
    for layer in _layers(app):
        routes = _routes(layer)
        if routes:
            return partial(_answering_path, routes)
        if is_django(layer):
            return django_router()
    return None


def agrees(inner: str, template: str) -> bool:
    """Whether the path of a route is that of an operation, whatever its parameters are called."""
    if inner.endswith(_MAYBE_SLASH):
        start = inner.removesuffix(_MAYBE_SLASH)
        return agrees(start, template) or agrees(f"{start}/", template)
    rest = _REST.search(inner)
    if rest is not None:
        start = _nameless(inner[: rest.start()])
        return _nameless(template).startswith(start)
    return _nameless(inner) == _nameless(template)


def _layers(app: object) -> Iterator[object]:
    """An application, and what it is wrapped around."""
    for _ in range(_MOST_LAYERS):
        yield app
        by_protocol = getattr(app, "application_mapping", None)  # Django Channels
        if isinstance(by_protocol, Mapping):
            app = by_protocol.get("http")
        else:
            app = getattr(app, "app", None)
        if app is None:
            return


def _routes(app: object) -> Sequence[Any]:
    """The routes of an application, in the order in which they are tried."""
    routes = getattr(app, "routes", None)
    is_starlettes = isinstance(routes, Sequence) and all(isinstance(r, BaseRoute) for r in routes)
    return _flat(routes) if is_starlettes and routes else ()


def _flat(routes: Sequence[BaseRoute]) -> Sequence[Any]:
    """FastAPI keeps a router that was included whole, as one route; it tells what is in it."""
    expand = getattr(sys.modules.get("fastapi.routing"), "iter_route_contexts", None)
    is_whole = all(isinstance(getattr(route, "path", None), str) for route in routes)
    return routes if expand is None or is_whole else tuple(expand(routes))


def _answering_path(routes: Sequence[Any], scope: Scope) -> str | None:
    for route in routes:
        match, found = route.matches(scope)
        if match is Match.FULL:
            return _path_of(route, {**scope, **found})
    return None


def _path_of(route: Any, scope: Scope) -> str | None:
    kind, path = getattr(route, "original_route", route), getattr(route, "path", None)
    if isinstance(kind, Host):
        path = ""
    if not isinstance(path, str):
        return UNTOLD
    if not isinstance(kind, Mount | Host):
        return path
    router = router_of(route.app)
    if router is None:
        return f"{path}/{{rest:path}}"
    below = router(scope)
    return None if below is None else path + below


def _nameless(template: str) -> str:
    """A path with its parameters' names left out; literals as a request's path is compared."""
    return "{}".join(unquote(piece) for piece in _PARAMETER.split(template))
