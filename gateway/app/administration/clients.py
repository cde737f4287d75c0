"""Clients, grants and refresh tokens: what they may and did, and the end of it."""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from sqladmin import action, expose
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from wtforms import Form

from gateway.app.administration.forms import ClientChange
from gateway.app.administration.hook import staff_of
from gateway.app.administration.view import Deed, Fields, StaffView
from token_service.audit import AuditEvent, AuditRecord, write_audit
from token_service.store.clients import find_client_by_id
from token_service.store.families import revoke_family

#: grants that are revoked at once: as many as a page lists
_MOST_AT_ONCE = 100


class ClientView(StaffView):
    """Clients, without anything of their secrets; they are made where the secret is shown once."""

    name = "Client"
    name_plural = "Clients"
    icon = "fa-solid fa-cube"
    can_edit = True
    can_delete = True
    moments = ("created_at", "last_used_at")
    column_list: ClassVar = [
        "id",
        "client_id",
        "name",
        "type",
        "is_active",
        "owner",
        "last_used_at",
    ]
    column_details_list: ClassVar = [
        "id",
        "client_id",
        "name",
        "type",
        "is_active",
        "grants",
        "scopes",
        "redirect_uris",
        "resource",
        "owner",
        "created_at",
        "last_used_at",
    ]
    column_searchable_list: ClassVar = ["client_id", "name", "owner", "scopes"]
    column_sortable_list: ClassVar = ["id", "client_id", "name", "is_active", "last_used_at"]

    async def scaffold_form(self, rules: list[str] | None = None) -> type[Form]:  # noqa: ARG002
        """The form."""
        return ClientChange

    def filled(self, row: Any) -> Fields:
        """What may be changed of the client."""
        return {
            "name": row.name,
            "is_active": row.is_active,
            "grants": row.grants.split(),
            "scopes": row.scopes,
            "redirect_uris": "\n".join(row.redirect_uris.split()),
        }

    def change(self, deed: Deed) -> None:
        """Change the client; what ends its tokens comes first."""
        administration, fields = self.desk.administration, deed.fields
        client_id, is_active = self._client(deed.row_id)
        if is_active != fields["is_active"]:
            administration.set_client_active(client_id, active=fields["is_active"])
        administration.change_client(
            client_id,
            name=fields["name"],
            grants=fields["grants"],
            scopes=fields["scopes"],
            redirect_uris=(fields["redirect_uris"] or "").split(),
            by=deed.by,
        )

    def remove(self, deed: Deed) -> None:
        """Remove the client with its grants and tokens."""
        client_id, _ = self._client(deed.row_id)
        self.desk.administration.delete_client(client_id, by=deed.by)

    def _client(self, row_id: int) -> tuple[str, bool]:
        client = find_client_by_id(self.desk.engine, row_id)
        if client is None:
            raise HTTPException(404)
        return client.client_id, client.is_active


class GrantView(StaffView):
    """What users granted clients; it can be taken back."""

    name = "Grant"
    name_plural = "Grants"
    icon = "fa-solid fa-handshake"
    moments = ("created_at", "last_used_at", "access_expires_at", "revoked_at")
    column_list: ClassVar = [
        "id",
        "client",
        "user",
        "grant_type",
        "last_used_at",
        "revoked_at",
        "scope",
    ]
    column_details_list: ClassVar = [
        *column_list,
        "resource",
        "grant_id",
        "created_at",
        "access_expires_at",
    ]
    column_searchable_list: ClassVar = ["client", "user", "scope", "grant_id"]
    column_sortable_list: ClassVar = ["id", "client", "user", "last_used_at", "revoked_at"]
    column_default_sort: ClassVar = ("id", True)

    @action("revoke", "Revoke")
    async def ask(self, request: Request) -> Response:
        """Show what would end; the library calls actions by GET, so nothing is done here."""
        rows = await self._rows(request.query_params.get("pks", "").split(","))
        context = {"grants": rows, "model_view": self}
        return await self.templates.TemplateResponse(request, "staff/revoke.html", context)

    @expose("/revoke", methods=["POST"])
    async def revoke(self, request: Request) -> Response:
        """End grants with their refresh and access tokens."""
        form = await request.form()
        by = staff_of(request)
        for row in await self._rows([str(value) for value in form.getlist("grant")]):
            await self.desk.in_thread(partial(self._end, row))
            self.note("admin.revoked", row.id, by=by)
        return RedirectResponse(request.url_for("admin:list", identity=self.identity), 303)

    async def _rows(self, ids: Sequence[str]) -> Sequence[Any]:
        if len(ids) > _MOST_AT_ONCE:
            raise HTTPException(400)
        found = [await self.get_object_for_delete(text) for text in dict.fromkeys(ids) if text]
        return [row for row in found if row is not None]

    def _end(self, row: Any) -> None:
        now = int(self.desk.administration.clock())
        revoke_family(self.desk.engine, row.id, now=now)
        event = AuditEvent.GRANT_REVOKED
        write_audit(AuditRecord(event, now, client_id=row.client, grant_id=row.grant_id))


class RefreshTokenView(StaffView):
    """Refresh tokens, by everything but themselves; revoking the grant ends them."""

    name = "Refresh token"
    name_plural = "Refresh tokens"
    icon = "fa-solid fa-rotate"
    moments = ("issued_at", "expires_at", "used_at", "revoked_at")
    column_list: ClassVar = ["id", "client", "user", "issued_at", "expires_at", "used_at"]
    column_details_list: ClassVar = [*column_list, "scope", "grant_id", "revoked_at"]
    column_searchable_list: ClassVar = ["client", "user", "grant_id"]
    column_sortable_list: ClassVar = ["id", "client", "user", "issued_at", "expires_at", "used_at"]
    column_default_sort: ClassVar = ("id", True)
