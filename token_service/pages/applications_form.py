"""The form of an application: what may be chosen, what was, and what is wrong with it."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from token_service.entities import Client, ClientType, GrantType, User
from token_service.errors import AdministrationError
from token_service.pages.applications_grants import GRANTS, GrantWords
from token_service.pages.forms import Form, field
from token_service.pages.site import Site
from token_service.scopes import EVERYTHING
from token_service.values import check_name, check_redirect_uri, check_scopes

#: what everybody may choose, in the order of the page
_SELF_SERVICE = (
    GrantType.AUTHORIZATION_CODE,
    GrantType.DEVICE_CODE,
    GrantType.REFRESH_TOKEN,
)
_STAFF = (*_SELF_SERVICE, GrantType.CLIENT_CREDENTIALS)


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """A scope that may be ticked."""

    name: str
    #: the document's
    words: str
    is_declared: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user may choose for an application."""

    #: None where the type stands already
    types: Sequence[ClientType] | None
    grants: Mapping[GrantType, GrantWords]
    #: what the application has and he may not give; it stays
    kept: Mapping[GrantType, GrantWords]
    scopes: Sequence[ScopeChoice]
    #: whether it may be all that the document will ever declare
    everything: bool
    #: redirect URIs may be plain http to any host
    insecure_http: bool


@dataclass(frozen=True, slots=True)
class Entries:
    """The fields as they were typed, or as the application has them."""

    name: str = ""
    type: str = ClientType.CONFIDENTIAL.value
    grants: frozenset[str] = frozenset(
        {GrantType.AUTHORIZATION_CODE.value, GrantType.REFRESH_TOKEN.value}
    )
    #: one a line
    redirect_uris: str = ""
    everything: bool = False
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Checked:
    """Fields that can be stored."""

    name: str
    type: ClientType
    grants: frozenset[GrantType]
    redirect_uris: Sequence[str]
    #: `*` or a list
    scopes: str | frozenset[str]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with one field."""

    field: str
    message: str


def choices_for(site: Site, user: User, client: Client | None) -> Choices:
    """What the user may choose for a new application, or for one that is there.

    Nobody but staff may widen what an application can do for which no user is asked.
    """
    offered: tuple[GrantType, ...] = _STAFF if user.is_staff else _SELF_SERVICE
    kept: Sequence[GrantType] = ()
    if client is not None:
        offered = tuple(grant for grant in offered if client.type.allows(grant))
        kept = [grant for grant in GRANTS if grant in client.grants and grant not in offered]
    declared = site.context.declared
    begun = [grant for grant in (*offered, *kept) if grant is not GrantType.REFRESH_TOKEN]
    known = frozenset().union(*(declared.for_grant(grant.value) for grant in begun))
    # a scope of this name would stand for all of them
    known -= {EVERYTHING}
    listed: frozenset[str] = frozenset()
    if client is not None:
        listed = client.ceiling.scopes
        known = client.ceiling.narrow(known) if kept and not user.is_staff else known
    return Choices(
        types=None if client else tuple(ClientType),
        grants={grant: GRANTS[grant] for grant in offered},
        kept={grant: GRANTS[grant] for grant in kept},
        scopes=[
            ScopeChoice(name, site.words.description(name), is_declared=name in known)
            for name in sorted(known | listed)
        ],
        everything=user.is_staff or (client is not None and client.ceiling.everything),
        insecure_http=site.context.settings.insecure_http,
    )


def entries_of(client: Client) -> Entries:
    """The fields as an application has them."""
    return Entries(
        name=client.name,
        type=client.type.value,
        grants=frozenset(grant.value for grant in client.grants),
        redirect_uris="\n".join(client.redirect_uris),
        everything=client.ceiling.everything,
        scopes=client.ceiling.scopes,
    )


def read_entries(form: Form, client: Client | None) -> Entries:
    """The fields as they were typed."""
    return Entries(
        name=field(form, "name").strip(),
        type=client.type.value if client else field(form, "type"),
        grants=frozenset(form.get("grant", ())),
        redirect_uris=field(form, "redirect_uris"),
        everything=field(form, "everything") == EVERYTHING,
        scopes=frozenset(form.get("scope", ())),
    )


def check_entries(entries: Entries, choices: Choices) -> Checked | Sequence[Mistake]:
    """The fields as they can be stored, or what is wrong with them, in the order of the page."""
    lines = (line.strip() for line in entries.redirect_uris.splitlines())
    uris = tuple(dict.fromkeys(line for line in lines if line))
    mistakes = [
        Mistake(name, message)
        for name, message in (
            ("name", _name_fault(entries.name)),
            ("type", _type_fault(entries)),
            ("grant", _grants_fault(entries, choices)),
            ("redirect_uris", _redirect_fault(entries, uris, choices)),
            ("scope", _scopes_fault(entries, choices)),
        )
        if message
    ]
    if mistakes:
        return mistakes
    chosen = {GrantType(name) for name in entries.grants}
    return Checked(
        name=entries.name,
        type=ClientType(entries.type),
        grants=frozenset(chosen | set(choices.kept)),
        redirect_uris=uris,
        scopes=EVERYTHING if entries.everything else entries.scopes,
    )


def _name_fault(name: str) -> str:
    if not name:
        return "Give it a name: people see it when they are asked for access."
    try:
        check_name("name", name)
    except AdministrationError as error:
        return _sentence(error)
    return ""


def _type_fault(entries: Entries) -> str:
    return "" if entries.type in set(ClientType) else "Choose one of the two."


def _grants_fault(entries: Entries, choices: Choices) -> str:
    if not entries.grants <= {grant.value for grant in choices.grants}:
        return "Choose from what is offered here."
    if not (entries.grants - {GrantType.REFRESH_TOKEN}) and not choices.kept:
        return "Choose a way to get the first token."
    has_own = GrantType.CLIENT_CREDENTIALS in entries.grants
    if has_own and entries.type == ClientType.PUBLIC:
        return "A public application cannot act for itself: it cannot prove who it is."
    return ""


def _redirect_fault(entries: Entries, uris: Collection[str], choices: Choices) -> str:
    if not uris and GrantType.AUTHORIZATION_CODE in entries.grants:
        return "Name at least one: browsers are sent there with the code."
    for uri in uris:
        try:
            check_redirect_uri(uri, insecure_http=choices.insecure_http)
        except AdministrationError as error:
            return _sentence(error)
    return ""


def _scopes_fault(entries: Entries, choices: Choices) -> str:
    if entries.everything:
        return "" if choices.everything else "Only staff can choose all scopes at once."
    if not entries.scopes:
        return "Tick at least one: without a scope it is given no token."
    if not entries.scopes <= {scope.name for scope in choices.scopes}:
        return "Choose from the scopes that are listed here."
    try:
        check_scopes(entries.scopes)
    except AdministrationError as error:
        return _sentence(error)
    return ""


def _sentence(error: Exception) -> str:
    text = re.sub("`([^`]*)`", "\u201c\\1\u201d", str(error))
    return f"{text[:1].upper()}{text[1:]}."
