"""What a consent page says: who asks, for which scopes, and what each of them opens."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from token_service.entities import Client, ClientType, User
from token_service.grants.offer import Offer
from token_service.pages.site import Site
from token_service.pages.visitor import Visitor
from token_service.ports import OpenedOperation, OperationsOpenedBy
from token_service.redirects import destination, form_target
from token_service.scopes import parse_scopes
from token_service.store.grants import list_grants_of
from token_service.store.users import find_user


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that a scope opens, with the word for what it does."""

    verb: str
    method: str
    path: str
    summary: str
    together_with: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """A scope that is asked for."""

    name: str
    #: the document's
    words: str
    #: deletes first, then what changes, then the rest
    operations: Sequence[Operation]
    #: "" if it only reads
    danger: str
    #: the user granted it to this client before
    is_granted: bool


@dataclass(frozen=True, slots=True)
class Consent:
    """One question to a user."""

    application: str
    type: str
    registered_at: int
    #: the user who registered it; None for an operator
    registered_by: str | None
    #: dangerous ones first
    rows: Sequence[ScopeRow]
    #: asked for, and not the user's to give
    withheld: Sequence[ScopeRow]
    #: the API that the token is for, where it is not our own
    resource: str | None


_VERBS = {0: "Deletes", 1: "Changes", 2: "Reads"}
_DANGERS = {
    frozenset({"Deletes"}): "can delete",
    frozenset({"Changes"}): "can change",
    frozenset({"Deletes", "Changes"}): "can change and delete",
}
_TYPES = {
    ClientType.CONFIDENTIAL: "Runs on a server and proves who it is with a secret",
    ClientType.PUBLIC: "Runs on a device or in a browser and cannot prove who it is",
}


def describe_consent(
    site: Site, client: Client, offer: Offer, *, user: User, resource: str | None
) -> Consent:
    """What to tell the user before he answers; blocks."""
    context, words = site.context, site.words
    now = int(context.clock())
    granted = {
        scope
        for grant in list_grants_of(context.engine, user.id, now=now)
        if grant.client_id == client.client_id
        for scope in parse_scopes(grant.scope)
    }
    owner = None if client.owner is None else find_user(context.engine, client.owner)
    opened = words.opened_by(frozenset(offer.scopes))
    rows = [_row(scope, words, opened, granted=scope in granted) for scope in offer.scopes]
    return Consent(
        application=client.name,
        type=_TYPES[client.type],
        registered_at=client.created_at,
        registered_by=owner.username if owner else None,
        rows=sorted(rows, key=_row_rank),
        withheld=[_row(scope, words, {}, granted=False) for scope in offer.withheld],
        resource=resource,
    )


def show_consent(
    site: Site,
    visitor: Visitor,
    consent: Consent,
    *,
    action: str,
    ticked: Collection[str],
    failed: bool,
    leads_to: str | None = None,
    user_code: str | None = None,
) -> Response:
    """The page; `action` takes the answer, which leads on to a redirect URI, or ends a code."""
    return site.show(
        visitor,
        "consent.html",
        status=400 if failed else 200,
        answers_to=() if leads_to is None else (form_target(leads_to),),
        consent=consent,
        action=action,
        ticked=ticked,
        destination=None if leads_to is None else destination(leads_to),
        user_code=user_code,
        failed=failed,
    )


def _row(
    scope: str,
    words: OperationsOpenedBy,
    opened: Mapping[str, Sequence[OpenedOperation]],
    *,
    granted: bool,
) -> ScopeRow:
    operations = [_operation(each) for each in sorted(opened.get(scope, ()), key=_rank)]
    verbs = frozenset(operation.verb for operation in operations) - {"Reads"}
    return ScopeRow(
        name=scope,
        words=words.description(scope),
        operations=operations,
        danger=_DANGERS.get(verbs, ""),
        is_granted=granted,
    )


def _operation(opened: OpenedOperation) -> Operation:
    return Operation(
        verb=_VERBS[_rank(opened)],
        method=opened.method,
        path=opened.path,
        summary=opened.summary,
        together_with=opened.together_with,
    )


def _rank(operation: OpenedOperation) -> int:
    if operation.method == "DELETE":
        return 0
    return 1 if operation.changes_something else 2


def _row_rank(row: ScopeRow) -> int:
    if "delete" in row.danger:
        return 0
    return 1 if row.danger else 2
