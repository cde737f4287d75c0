"""A client's secret on a page: shown in the answer that made it, and nowhere else.

Nothing is led on to another page, which would have to be told the secret: it would have to be kept
in clear, or stand in a URL. What a form does twice is decided by what it carries instead. A form
that makes a secret names the one that it replaces, so that a reload replaces nothing.
"""

import hashlib

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from token_service.admin import Administration
from token_service.entities import Client, ClientType
from token_service.errors import InvalidValueError
from token_service.pages.applications_own import (
    ONE,
    missing,
    own_application,
    page_of,
    routes_for_users,
)
from token_service.pages.forms import field
from token_service.pages.render import see_other
from token_service.pages.site import Site, signed_in
from token_service.pages.visitor import Visitor


class SecretPages:
    """`/o/applications/{client_id}/secret/`."""

    def __init__(self, site: Site, administration: Administration) -> None:
        self._site = site
        self._administration = administration

    def routes(self) -> list[Route]:
        """With and without the trailing slash."""
        return routes_for_users(self._site, [(f"{ONE}/secret", self.secret, ("GET", "POST"))])

    async def secret(self, request: Request, visitor: Visitor) -> Response:
        """Ask, or make a new secret in the place of the one that the form was shown for."""
        client = (await own_application(self._site, request, visitor)).client
        if client.type is not ClientType.CONFIDENTIAL:
            raise missing()
        if request.method != "POST":
            return self._site.show(
                visitor, "application_secret.html", client=client, replaces=_mark(client)
            )
        form = await self._site.form_of(request, visitor)
        if field(form, "replaces") != _mark(client):
            return see_other(page_of(client.client_id))
        user = signed_in(visitor)
        try:
            made = await self._site.in_thread(
                lambda: self._administration.change_secret(client, by=user)
            )
        except InvalidValueError:  # replaced meanwhile
            return see_other(page_of(client.client_id))
        return show_secret(self._site, visitor, client, secret=made, is_new=False)


def show_secret(
    site: Site, visitor: Visitor, client: Client, *, secret: str, is_new: bool
) -> Response:
    """The one page that a secret stands on; `is_new`: the application is new as well."""
    return site.show(
        visitor, "application_secret_once.html", client=client, secret=secret, is_new=is_new
    )


def _mark(client: Client) -> str:
    """Which secret a client has, without telling anything of it."""
    return hashlib.sha256((client.secret_hash or "").encode()).hexdigest()[:16]
