"""What a user allowed applications to do: listed by application, and taken back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from token_service.audit import AuditEvent, AuditRecord, write_audit
from token_service.entities import GrantSummary, User
from token_service.pages.render import see_other
from token_service.pages.site import LOGIN, FaultPageError, Site
from token_service.scopes import parse_scopes
from token_service.store.clients import find_client
from token_service.store.engine import Engine
from token_service.store.grants import list_grants_of, revoke_client_of, revoke_grant_of

HOME = "/o/authorized_tokens/"


@dataclass(frozen=True, slots=True)
class ScopeWords:
    """A scope, and what it means in the document's words."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one application may do in the user's name."""

    client_id: str
    name: str
    #: of all its grants together
    scopes: Sequence[ScopeWords]
    #: the last used first
    grants: Sequence[GrantSummary]

    @property
    def since(self) -> int:
        """When the first of its grants was given, in Unix seconds."""
        return min(grant.created_at for grant in self.grants)

    @property
    def last_used_at(self) -> int:
        """When one of them was last used, in Unix seconds."""
        return max(grant.last_used_at for grant in self.grants)


class AuthorizedTokenPages:
    """`/o/authorized_tokens/`: one's own alone, for staff too."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """Every path, with and without the trailing slash."""
        return [
            Route(path, self._site.guarded(handler), methods=[method])
            for name, handler, method in (
                (HOME.rstrip("/"), self.index, "GET"),
                (f"{HOME}{{grant_id}}/revoke", self.revoke, "POST"),
                (f"{HOME}applications/{{client_id}}/revoke", self.revoke_all, "POST"),
            )
            for path in (name, f"{name}/")
        ]

    async def index(self, request: Request) -> Response:
        """By application, the last used first."""
        visitor = await self._site.visitor(request)
        if visitor.user is None:
            return self._site.to_login(request)
        user = visitor.user
        grants = await self._site.in_thread(lambda: self._grants_of(user))
        return self._site.show(visitor, "authorized_tokens.html", allowed=self._allowed(grants))

    async def revoke(self, request: Request) -> Response:
        """End one grant, with its refresh and access tokens."""
        grant_id = request.path_params["grant_id"]
        return await self._revoke(request, lambda user: self._end_one(user, grant_id))

    async def revoke_all(self, request: Request) -> Response:
        """End all grants that an application has from the user."""
        client_id = request.path_params["client_id"]
        return await self._revoke(request, lambda user: self._end_all(user, client_id))

    async def _revoke(self, request: Request, end: Callable[[User], None]) -> Response:
        visitor = await self._site.visitor(request)
        if visitor.user is None:
            return see_other(f"{LOGIN}?next={HOME}")
        await self._site.form_of(request, visitor)
        user = visitor.user
        await self._site.in_thread(lambda: end(user))
        return see_other(HOME)

    def _end_one(self, user: User, grant_id: str) -> None:
        found = [grant for grant in self._grants_of(user) if grant.id == grant_id]
        ended = found and revoke_grant_of(self._engine, grant_id, user=user.id, now=self._now)
        if not ended:
            raise _nothing()
        self._note(user, found[0].client_id, grant_id=grant_id)

    def _end_all(self, user: User, client_id: str) -> None:
        found = [grant for grant in self._grants_of(user) if grant.client_id == client_id]
        client = find_client(self._engine, client_id) if found else None
        ended = client and revoke_client_of(self._engine, client.id, user=user.id, now=self._now)
        if not ended:
            raise _nothing()
        self._note(user, client_id)

    def _grants_of(self, user: User) -> Sequence[GrantSummary]:
        return list_grants_of(self._engine, user.id, now=self._now)

    def _allowed(self, grants: Sequence[GrantSummary]) -> Sequence[Allowed]:
        by_client: dict[str, list[GrantSummary]] = {}
        for grant in grants:
            by_client.setdefault(grant.client_id, []).append(grant)
        return [
            Allowed(client_id, own[0].client_name, self._words_of(own), own)
            for client_id, own in by_client.items()
        ]

    def _words_of(self, grants: Sequence[GrantSummary]) -> Sequence[ScopeWords]:
        names = {name for grant in grants for name in parse_scopes(grant.scope)}
        words = self._site.words
        return [ScopeWords(name, words.description(name)) for name in sorted(names)]

    def _note(self, user: User, client_id: str, *, grant_id: str | None = None) -> None:
        write_audit(
            AuditRecord(
                event=AuditEvent.GRANT_REVOKED,
                time=self._now,
                client_id=client_id,
                subject=user.subject,
                grant_id=grant_id,
            )
        )

    @property
    def _engine(self) -> Engine:
        return self._site.context.engine

    @property
    def _now(self) -> int:
        return int(self._site.context.clock())


def _nothing() -> FaultPageError:
    return FaultPageError(
        404, "There is nothing to revoke", "It ended already, or was never yours to revoke."
    )
