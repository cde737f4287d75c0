"""Which route of the application behind the guard would answer, and whether that was decided on.

The guard finds the operation, and the application finds its function: by another list, in another
order. Where they do not agree, somebody would be let in to one thing and get another.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from urllib.parse import unquote

from starlette.routing import BaseRoute, Host, Match, Mount
from starlette.types import Scope

from gateway.edge.inner_django import django_router, is_django

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


def _routes(app: object) -> Sequence[BaseRoute]:
    routes = getattr(app, "routes", None)
    is_starlettes = isinstance(routes, Sequence) and all(isinstance(r, BaseRoute) for r in routes)
    return routes if is_starlettes and routes else ()


def _answering_path(routes: Sequence[BaseRoute], scope: Scope) -> str | None:
    for route in routes:
        match, found = route.matches(scope)
        if match is Match.FULL:
            return _path_of(route, {**scope, **found})
    return None


def _path_of(route: BaseRoute, scope: Scope) -> str | None:
    path = str(getattr(route, "path", ""))
    if not isinstance(route, Mount | Host):
        return path
    own = path if isinstance(route, Mount) else ""
    router = router_of(route.app)
    if router is None:
        return f"{own}/{{rest:path}}"
    below = router(scope)
    return None if below is None else own + below


def _nameless(template: str) -> str:
    """A path with its parameters' names left out; literals as a request's path is compared."""
    return "{}".join(unquote(piece) for piece in _PARAMETER.split(template))
