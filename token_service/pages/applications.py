"""The applications of a user: listed, shown with all that a developer has to paste, deleted."""

import re
import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from token_service.admin import Administration
from token_service.entities import Client
from token_service.metadata import describe
from token_service.pages.applications_editing import EditingPages
from token_service.pages.applications_form import choices_for
from token_service.pages.applications_grants import (
    GRANTS,
    metadata_of,
    origin_of,
    sample_call,
    trials,
)
from token_service.pages.applications_own import (
    HOME,
    ONE,
    change,
    own_application,
    routes_for_users,
)
from token_service.pages.applications_secret import SecretPages
from token_service.pages.forms import field
from token_service.pages.render import see_other
from token_service.pages.site import Site, signed_in
from token_service.pages.visitor import Visitor
from token_service.store.clients import list_applications

#: applications that one page of the list shows
PAGE = 200


class ApplicationPages:
    """`/o/applications/` and all below."""

    def __init__(self, site: Site, administration: Administration) -> None:
        self._site = site
        self._administration = administration

    def routes(self) -> list[Route]:
        """Every path, with and without the trailing slash."""
        pages = [
            (HOME, self.index, ("GET",)),
            (f"{ONE}/delete", self.delete, ("GET", "POST")),
            (ONE, self.show, ("GET",)),
        ]
        return [
            *EditingPages(self._site, self._administration).routes(),
            *SecretPages(self._site, self._administration).routes(),
            *routes_for_users(self._site, pages),
        ]

    async def index(self, request: Request, visitor: Visitor) -> Response:
        """The newest first, some at a time."""
        user, page = signed_in(visitor), _page_number(request)
        found = await self._site.in_thread(
            lambda: list_applications(
                self._site.context.engine,
                owner=None if user.is_staff else user.id,
                limit=PAGE + 1,
                offset=(page - 1) * PAGE,
            )
        )
        return self._site.show(
            visitor,
            "applications.html",
            applications=found[:PAGE],
            page=page,
            has_more=len(found) > PAGE,
            grants=GRANTS,
        )

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """All that a developer has to paste."""
        application = await own_application(self._site, request, visitor)
        client, issuer = application.client, self._site.context.settings.issuer
        choices = await self._site.in_thread(
            lambda: choices_for(self._site, signed_in(visitor), client)
        )
        scopes = [scope for scope in choices.scopes if _is_within(client, scope.name)]
        declared = [scope.name for scope in scopes if scope.is_declared]
        endpoints = describe(issuer, grants=client.grants, scopes=())
        return self._site.show(
            visitor,
            "application.html",
            application=application,
            client=client,
            grants=GRANTS,
            scopes=scopes,
            endpoints=endpoints,
            metadata=metadata_of(issuer),
            trials=trials(client, endpoints, verifier=secrets.token_urlsafe(32)),
            sample=sample_call(declared, self._site.words, origin=origin_of(issuer)),
        )

    async def delete(self, request: Request, visitor: Visitor) -> Response:
        """Ask for the name, or delete."""
        client, by = (
            (await own_application(self._site, request, visitor)).client,
            signed_in(visitor),
        )
        failed = request.method == "POST"
        typed = field(await self._site.form_of(request, visitor), "name") if failed else ""
        # blanks in a row look like one
        if failed and typed.split() == client.name.split():
            await change(
                self._site, lambda: self._administration.delete_client(client.client_id, by=by)
            )
            return see_other(HOME)
        return self._site.show(
            visitor,
            "application_delete.html",
            status=400 if failed else 200,
            client=client,
            typed=typed,
            failed=failed,
        )


def _is_within(client: Client, scope: str) -> bool:
    return bool(client.ceiling.narrow(frozenset({scope})))


def _page_number(request: Request) -> int:
    text = request.query_params.get("page", "1")
    return max(int(text), 1) if re.fullmatch(r"[0-9]{1,5}", text) else 1
