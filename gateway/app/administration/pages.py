"""The pages put together: loading them takes a while, so it is done when they are asked for."""

import logging
from pathlib import Path

from anyio import CapacityLimiter
from sqladmin import Admin
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from gateway.app.administration import rows
from gateway.app.administration.clients import ClientView, GrantView, RefreshTokenView
from gateway.app.administration.hook import SessionHook
from gateway.app.administration.keys import ApiKeyView
from gateway.app.administration.music import AlbumView, SongView
from gateway.app.administration.people import GroupView, UserView
from gateway.app.administration.view import Desk, RefusedChangeError, StaffView, view_of
from handlers.store import Store
from scopegate import Unavailable
from token_service.admin import Administration
from token_service.errors import AdministrationError, StoreUnavailableError
from token_service.pages.render import page, see_other
from token_service.pages.site import LOGIN

_TEMPLATES = Path(__file__).parent / "templates"
_PEOPLE: tuple[tuple[type[StaffView], type], ...] = (
    (UserView, rows.User),
    (GroupView, rows.Group),
    (ClientView, rows.Client),
    (GrantView, rows.Grant),
    (RefreshTokenView, rows.RefreshToken),
    (ApiKeyView, rows.ApiKey),
)
_MUSIC: tuple[tuple[type[StaffView], type], ...] = ((SongView, rows.Song), (AlbumView, rows.Album))
#: what the page tells, and no log needs to
_EXPECTED = (AdministrationError, RefusedChangeError, StoreUnavailableError, Unavailable)


class _StaffPages(Admin):
    """The library, without a sign-in form of its own, asked for nothing that it cannot answer."""

    async def login(self, _request: Request) -> Response:
        """Lead to the sign-in page of all."""
        return see_other(f"{LOGIN}?next=/admin/")

    async def delete(self, request: Request) -> Response:
        """Remove what is named."""
        if not request.query_params.get("pks"):
            raise HTTPException(400)
        response: Response = await super().delete(request)
        return response


def build_pages(
    administration: Administration, limiter: CapacityLimiter, *, with_music: bool
) -> ASGIApp:
    """The pages without their gate, closed to whoever did not come through it.

    `with_music`: the demo's handlers answer, so show its tables.
    """
    engine = administration.engine
    desk = Desk(engine, administration, Store(engine), limiter)
    application = Starlette()
    admin = _StaffPages(
        application,
        engine,
        base_url="/admin",
        title="Administration",
        templates_dir=str(_TEMPLATES),
        authentication_backend=SessionHook(),
    )
    for view, model in _PEOPLE + (_MUSIC if with_music else ()):
        admin.add_view(view_of(view, model, desk))
    admin.admin.exception_handlers.update(
        {StoreUnavailableError: _answer_away, Exception: _answer_fault}
    )
    logging.getLogger("sqladmin.application").addFilter(is_news)
    return application


def is_news(record: logging.LogRecord) -> bool:
    """Whether the library logs a fault, rather than a refusal that its page shows anyway."""
    return not (record.exc_info and isinstance(record.exc_info[1], _EXPECTED))


async def _answer_away(_request: Request, error: Exception) -> Response:
    """503 with Retry-After: the database is locked or away."""
    if not isinstance(error, StoreUnavailableError):
        raise error
    response = _fault(503, "This cannot be done now", "Try again in a moment.")
    response.headers["Retry-After"] = str(error.retry_after)
    return response


async def _answer_fault(_request: Request, _error: Exception) -> Response:
    """500 for a fault of ours; what it was is in the server's log alone."""
    return _fault(500, "This went wrong", "The server's log says what it was.")


def _fault(status: int, title: str, advice: str) -> Response:
    context = {"api_title": "Administration", "user": None, "csrf_token": ""}
    return page("fault.html", {**context, "title": title, "advice": advice}, status=status)
