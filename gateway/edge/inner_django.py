"""Which URL pattern of a Django project would answer, as a path template.

Django is not among our dependencies: where an application is Django's, it is there.
"""

import re
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from starlette.types import Scope

_HANDLER = "django.core.handlers.asgi"
#: `<int:song_id>` of `path()`
_CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")
#: what a regular expression of `re_path()` may hold besides text and groups
_ANCHORS = re.compile(r"\(\?[aiLmsux]+\)|\^|\$|\\[AZ]")
_LITERAL_ESCAPE = re.compile(r"\\([^A-Za-z0-9])")
_STILL_A_PATTERN = re.compile(r"[\\\[\]()*+?|]")
#: stands for a path that nobody can tell from a pattern. INVARIANT: no template is spelled so
UNTOLD = "\0 of a pattern that cannot be told"


def is_django(app: object) -> bool:
    """Whether an application is Django's handler."""
    return any(cls.__module__ == _HANDLER for cls in type(app).__mro__)


def django_router() -> Callable[[Scope], str | None]:
    """Ask the URL patterns of the project, as Django does with each request."""
    urls, handler = import_module("django.urls"), import_module(_HANDLER)
    return lambda scope: _answering_path(urls, handler, scope)


def _answering_path(urls: ModuleType, handler: ModuleType, scope: Scope) -> str | None:
    prefix = handler.get_script_prefix(scope)
    try:
        match = urls.resolve(scope["path"].removeprefix(prefix))
    except urls.Resolver404:
        return None
    return "/" + template_of(match.route)


def template_of(route: str) -> str:
    """A pattern as a path template: `people/<str:name>/` or `^people/(?P<name>[^/]+)/$`."""
    text = _CONVERTER.sub(_parameter, _without_groups(_ANCHORS.sub("", route)))
    literal = _LITERAL_ESCAPE.sub(lambda found: f"\0{ord(found[1])}\0", text)
    if literal.endswith("/?"):
        literal = f"{literal[:-2]}{{/?}}"
    if _STILL_A_PATTERN.search(re.sub(r"\{[^{}]*\}", "", literal)):
        return UNTOLD
    return re.sub("\0(\\d+)\0", lambda found: chr(int(found[1])), literal)


def _parameter(found: re.Match[str]) -> str:
    return f"{{{found[2]}:path}}" if found[1] == "path" else f"{{{found[2]}}}"


def _without_groups(pattern: str) -> str:
    """Each outermost group of a regular expression is a parameter."""
    kept: list[str] = []
    depth, place, in_set = 0, 0, False
    while place < len(pattern):
        character = pattern[place]
        width = 2 if character == "\\" else 1
        if width == 1 and depth:
            in_set = character == "[" or (in_set and character != "]")
        if character == "(" and not in_set:
            depth += 1
            kept += ["{}"] if depth == 1 else []
        elif character == ")" and depth and not in_set:
            depth -= 1
        elif not depth:
            kept.append(pattern[place : place + width])
        place += width
    return "".join(kept)
