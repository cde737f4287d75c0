"""Whose an application is: one's own for users, all for staff; another's is not there."""

from collections.abc import Awaitable, Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from token_service.errors import AdministrationError, InvalidValueError
from token_service.pages.site import FaultPageError, Handler, Site, signed_in
from token_service.pages.visitor import Visitor
from token_service.store.clients import Application, find_application
from token_service.values import check_client_id

HOME = "/o/applications/"
#: the path of one application, as routes have it
ONE = f"{HOME}{{client_id}}"

UserHandler = Callable[[Request, Visitor], Awaitable[Response]]


def page_of(client_id: str) -> str:
    """Where an application is shown."""
    return f"{HOME}{client_id}/"


def routes_for_users(
    site: Site, pages: Iterable[tuple[str, UserHandler, tuple[str, ...]]]
) -> list[Route]:
    """Pages for who is signed in, with and without the trailing slash; others are asked to."""
    return [
        Route(path, _for_users(site, handler), methods=list(methods))
        for name, handler, methods in pages
        for path in (name.rstrip("/"), f"{name.rstrip('/')}/")
    ]


async def own_application(site: Site, request: Request, visitor: Visitor) -> Application:
    """The application that the path names, if it is the user's to see; a FaultPageError if not."""
    user, client_id = signed_in(visitor), request.path_params["client_id"]
    try:
        check_client_id(client_id)
    except InvalidValueError as error:
        raise missing() from error
    engine = site.context.engine
    found = await site.in_thread(lambda: find_application(engine, client_id))
    if found is None or not (user.is_staff or found.client.owner == user.id):
        raise missing()
    return found


async def change(site: Site, action: Callable[[], None]) -> None:
    """Change an application that was there a moment ago; a FaultPageError if it is gone."""
    try:
        await site.in_thread(action)
    except AdministrationError as error:
        raise missing() from error


def missing() -> FaultPageError:
    """What is said of an application that is not there, or not the user's."""
    return FaultPageError(
        404, "There is no such application", "It may have been deleted, or belong to someone else."
    )


def _for_users(site: Site, handler: UserHandler) -> Handler:
    async def serve(request: Request) -> Response:
        visitor = await site.visitor(request)
        if visitor.user is None:
            return site.to_login(request)
        return await handler(request, visitor)

    return site.guarded(serve)
