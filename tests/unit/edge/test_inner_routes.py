"""Which route of an application would answer, and whether it is the one that was decided on."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Mount, Route, Router, WebSocketRoute
from starlette.staticfiles import StaticFiles

from gateway.edge.inner_django import UNTOLD, template_of
from gateway.edge.inner_routes import agrees, router_of
from tests.edge.gateway.wire import scope_of


def view(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("")


async def socket(_socket: Any) -> None:
    """Never reached."""


ROUTES = [
    Route("/users/{id:int}", view),
    Route("/users/{name}", view),
    Route("/users/me", view),
    Route("/files/{rest:path}", view),
    Route("/posted", view, methods=["POST"]),
    WebSocketRoute("/socket", socket),
    Mount("/below", routes=[Route("/{x}/", view), Mount("/more", app=Router([Route("/", view)]))]),
    Mount("/static", app=StaticFiles(directory=".", check_dir=False)),
    Host("api.example.org", app=Router([Route("/hosted", view)])),
]


@pytest.mark.parametrize("wrap", [False, True], ids=["bare", "in middleware"])
@pytest.mark.parametrize(
    ("method", "path", "answers"),
    [
        ("GET", "/users/7", "/users/{id:int}"),
        ("GET", "/users/me", "/users/{name}"),
        ("GET", "/files/a/b", "/files/{rest:path}"),
        ("GET", "/posted", None),
        ("POST", "/posted", "/posted"),
        ("GET", "/socket", None),
        ("GET", "/below/a/", "/below/{x}/"),
        ("GET", "/below/more/", "/below/{x}/"),
        ("GET", "/below/nothing", None),
        ("GET", "/static/a.css", "/static/{rest:path}"),
        ("GET", "/hosted", "/hosted"),
        ("GET", "/nowhere", None),
    ],
)
def test_the_first_route_that_fits_answers(
    method: str, path: str, answers: str | None, wrap: bool
) -> None:
    app: Any = Starlette(routes=ROUTES)
    if wrap:
        app = CORSMiddleware(CORSMiddleware(app))
    router = router_of(app)
    assert router is not None

    assert router(scope_of(method, path, {"host": "api.example.org"})) == answers


@pytest.mark.parametrize("app", [lambda: None, object(), Starlette(), None])
def test_an_application_that_shows_no_routes_has_no_router(app: object) -> None:
    assert router_of(app) is None


class _Circle:
    @property
    def app(self) -> "_Circle":
        return self


def test_middleware_around_itself_ends() -> None:
    assert router_of(_Circle()) is None


@pytest.mark.parametrize(
    ("inner", "template", "is_same"),
    [
        ("/users/{id:int}", "/users/{userId}", True),
        ("/users/{name}", "/users/me", False),
        ("/users/me", "/users/{name}", False),
        ("/users/{a}", "/users/{a}/", False),
        ("/Users", "/users", False),
        ("/files/{rest:path}", "/files/{name}", True),
        ("/files/{rest:path}", "/files/{a}/{b}", True),
        ("/files/{rest:path}", "/file/{a}", False),
        ("/{a}.{b}", "/{name}.{form}", True),
        ("/a b", "/a%20b", True),
        ("/people{/?}", "/people", True),
        ("/people{/?}", "/people/", True),
        ("/people{/?}", "/people/{x}", False),
    ],
)
def test_a_route_agrees_with_the_template_of_its_own_shape(
    inner: str, template: str, is_same: bool
) -> None:
    assert agrees(inner, template) is is_same


@pytest.mark.parametrize(
    ("route", "template"),
    [
        ("people/", "people/"),
        ("people/<str:name>/", "people/{name}/"),
        ("people/<name>/", "people/{name}/"),
        ("files/<path:rest>", "files/{rest:path}"),
        ("a.b/<int:id>.json", "a.b/{id}.json"),
        (r"^health$", "health"),
        (r"(?i)^people/me/$", "people/me/"),
        (r"^people/(?P<name>[^/]+)/$", "people/{}/"),
        (r"^people/(?P<name>[)(]+(?:x|y))/\Z", "people/{}/"),
        (r"^people/([^/]+)\.json$", "people/{}.json"),
        (r"api/^people/(?P<id>\d+)/$", "api/people/{}/"),
        (r"^people/?$", "people{/?}"),
        (r"^people/\d+/$", UNTOLD),
        (r"^(?:a|b)*c$", UNTOLD),
        (r"^pe+ople$", UNTOLD),
        (r"^[ab]/$", UNTOLD),
    ],
)
def test_a_pattern_of_django_is_told_as_a_template(route: str, template: str) -> None:
    assert template_of(route) == template


def test_a_pattern_that_cannot_be_told_agrees_with_nothing() -> None:
    assert not any(agrees("/" + UNTOLD, template) for template in ("/people", "/{x}", "/"))
