"""How an application of yours is put behind the guard, and how it learns who calls.

What decides is loaded when `guard` is called: importing `scopegate` loads neither a server nor a
database.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from os import PathLike
from typing import Any, cast

from gateway.handler import Caller

_Messages = MutableMapping[str, Any]
#: an ASGI application
App = Callable[
    [_Messages, Callable[[], Awaitable[_Messages]], Callable[[_Messages], Awaitable[None]]],
    Awaitable[None],
]
#: where the guard leaves the caller in the scope of a request
_CALLER = "scopegate.caller"


def guard(
    app: Any,
    *,
    spec: str | PathLike[str] | None = None,
    issuer: str | None = None,
    audience: str | None = None,
    home: str | PathLike[str] | None = None,
    root_path: str = "",
    **settings: str | int | bool,
) -> App:
    """Put the guard before an ASGI application: what the document does not permit ends there.

    Whose tokens are believed comes from `issuer` and `audience`, from `[schemes.NAME]` in
    ./scopegate.toml, or from the `home` of a token service of ours. `root_path` is what the server
    or a mount calls so. `settings` are those of scopegate.toml by their names there, and win over
    it and over SCOPEGATE_* variables. Raises a ScopegateError for whatever is wrong with document
    or settings, with its place.
    """
    named = {"spec": spec, "home": home, "trusted_issuer": issuer, "trusted_audience": audience}
    given = {name: value for name, value in {**settings, **named}.items() if value is not None}
    flags = {name: _written(value) for name, value in given.items()}
    embed = import_module("gateway.app.embed")
    return cast(App, embed.guard_application(app, flags, root_path=root_path))


def caller(request: Any) -> Caller:
    """Who calls: of an ASGI scope, or of a request that has one (Starlette, FastAPI, Django).

    Raises LookupError where no guard let the request in, rather than name an anonymous caller.
    """
    scope = request if isinstance(request, MutableMapping) else getattr(request, "scope", {})
    found = scope.get(_CALLER)
    if not isinstance(found, Caller):
        raise LookupError("no guard decided this request; wrap the application in scopegate.guard")
    return found


def _written(value: object) -> str:
    """A value as it would be written into the environment."""
    return ("on" if value else "off") if isinstance(value, bool) else str(value)
