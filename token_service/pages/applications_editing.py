"""The forms in which applications are registered and changed."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from token_service.admin import Administration, CreatedClient
from token_service.entities import Client, User
from token_service.errors import NameTakenError
from token_service.pages.applications_form import (
    Checked,
    Choices,
    Entries,
    Mistake,
    check_entries,
    choices_for,
    entries_of,
    read_entries,
)
from token_service.pages.applications_own import (
    HOME,
    ONE,
    change,
    own_application,
    page_of,
    routes_for_users,
)
from token_service.pages.applications_secret import show_secret
from token_service.pages.forms import field
from token_service.pages.render import see_other
from token_service.pages.site import Site, signed_in
from token_service.pages.visitor import Visitor

_BOTH = ("GET", "POST")


class EditingPages:
    """`/o/applications/register/` and `/o/applications/{client_id}/edit/`."""

    def __init__(self, site: Site, administration: Administration) -> None:
        self._site = site
        self._administration = administration

    def routes(self) -> list[Route]:
        """Every path, with and without the trailing slash."""
        pages = [
            (f"{HOME}register", self.register, _BOTH),
            (f"{ONE}/edit", self.edit, _BOTH),
        ]
        return routes_for_users(self._site, pages)

    async def register(self, request: Request, visitor: Visitor) -> Response:
        """Ask for a new application, or add it and show its secret.

        The form decides the client_id: sent again, by a reload, it finds the application there,
        and leads to it.
        """
        user = signed_in(visitor)
        choices = await self._site.in_thread(lambda: choices_for(self._site, user, None))
        if request.method != "POST":
            return self._ask(visitor, choices, Entries())
        form = await self._site.form_of(request, visitor)
        entries = read_entries(form, None)
        checked = check_entries(entries, choices)
        if not isinstance(checked, Checked):
            return self._ask(visitor, choices, entries, mistakes=checked)
        client_id = _client_id_of(visitor, field(form, "form_id"))
        try:
            made = await self._site.in_thread(
                lambda: self._add(checked, client_id=client_id, owner=user)
            )
        except NameTakenError:
            return see_other(page_of(client_id))
        if made.secret is None:
            return see_other(page_of(client_id))
        return show_secret(self._site, visitor, made.client, secret=made.secret, is_new=True)

    async def edit(self, request: Request, visitor: Visitor) -> Response:
        """Ask what to change, or change it."""
        client, by = (
            (await own_application(self._site, request, visitor)).client,
            signed_in(visitor),
        )
        choices = await self._site.in_thread(lambda: choices_for(self._site, by, client))
        if request.method != "POST":
            return self._ask(visitor, choices, entries_of(client), client=client)
        form = await self._site.form_of(request, visitor)
        entries = read_entries(form, client)
        checked = check_entries(entries, choices)
        if not isinstance(checked, Checked):
            return self._ask(visitor, choices, entries, client=client, mistakes=checked)
        await change(self._site, lambda: self._save(client, checked, by=by))
        return see_other(page_of(client.client_id))

    def _ask(
        self,
        visitor: Visitor,
        choices: Choices,
        entries: Entries,
        *,
        client: Client | None = None,
        mistakes: Sequence[Mistake] = (),
    ) -> Response:
        return self._site.show(
            visitor,
            "application_form.html",
            status=400 if mistakes else 200,
            choices=choices,
            entries=entries,
            client=client,
            mistakes={mistake.field: mistake.message for mistake in mistakes},
            form_id=secrets.token_urlsafe(16),
        )

    def _add(self, checked: Checked, *, client_id: str, owner: User) -> CreatedClient:
        return self._administration.create_client(
            checked.name,
            type=checked.type,
            grants=checked.grants,
            scopes=checked.scopes,
            redirect_uris=checked.redirect_uris,
            client_id=client_id,
            owner=owner,
        )

    def _save(self, client: Client, checked: Checked, *, by: User) -> None:
        self._administration.change_client(
            client.client_id,
            name=checked.name,
            grants=checked.grants,
            scopes=checked.scopes,
            redirect_uris=checked.redirect_uris,
            by=by,
        )


def _client_id_of(visitor: Visitor, form_id: str) -> str:
    """The id of what a form registers: another one for each form, and nobody's choice."""
    told = b"scopegate application " + form_id.encode()
    return hmac.new(visitor.cookie.encode(), told, hashlib.sha256).hexdigest()[:32]
