"""The public client that `/docs` logs in by: there after the first start, and never twice."""

import contextlib
from collections.abc import Callable, Coroutine

from anyio import to_thread

from gateway.edge.docs.application import REDIRECT_PATH
from gateway.edge.docs.shown import Login
from gateway.settings import Settings
from token_service.admin import Administration
from token_service.entities import ClientType, GrantType
from token_service.errors import NameTakenError, StoreUnavailableError
from token_service.scopes import EVERYTHING
from token_service.store.clients import find_client

CLIENT_ID = "scopegate-docs"
_NAME = "Scopegate docs"
_OFF = "off"


def login_of(settings: Settings) -> Login | None:
    """Where `/docs` logs in; None: nowhere here."""
    if not settings.has_token_service or settings.docs == _OFF:
        return None
    public = settings.public_url
    return Login(
        CLIENT_ID,
        authorize_url=f"{public}/o/authorize/",
        token_url=f"{public}/o/token/",
        redirect_url=f"{public}{REDIRECT_PATH}",
        issuer=settings.issuer,
    )


def keep_client(administration: Administration, login: Login) -> None:
    """Add the client, or let it lead back to where we are now; what staff changed stays."""
    client = find_client(administration.engine, CLIENT_ID)
    if client is None:
        with contextlib.suppress(NameTakenError):  # another worker was first
            administration.create_client(
                _NAME,
                type=ClientType.PUBLIC,
                grants=(GrantType.AUTHORIZATION_CODE,),
                scopes=EVERYTHING,
                redirect_uris=(login.redirect_url,),
                client_id=CLIENT_ID,
            )
    elif client.type is ClientType.PUBLIC and login.redirect_url not in client.redirect_uris:
        administration.change_client(
            CLIENT_ID,
            name=client.name,
            grants=client.grants,
            scopes=EVERYTHING if client.ceiling.everything else client.ceiling.scopes,
            redirect_uris=(login.redirect_url,),
        )


def keeping_client(
    settings: Settings, administration: Administration
) -> Callable[[], Coroutine[None, None, None]]:
    """What a start does for `/docs`; while the store is away, the next start does it."""

    async def keep() -> None:
        login = login_of(settings)
        if login is None:
            return
        with contextlib.suppress(StoreUnavailableError):
            await to_thread.run_sync(lambda: keep_client(administration, login))

    return keep
