"""The store and keys of a token service that runs elsewhere on this machine, opened to ask them."""

from collections.abc import Callable

import token_service.migrations.run
from gateway.app.tokens import open_tokens
from gateway.errors import SettingsError, UsageError
from gateway.load import LoadedDocument
from gateway.settings import Settings
from token_service.app import TokenService
from token_service.errors import ConfigurationError, StoreUnavailableError
from token_service.store.engine import Engine, open_engine


def open_store_of_home(
    settings: Settings, document: Callable[[], LoadedDocument], *, session_cookie: str
) -> TokenService:
    """Open what is there; nothing is made or upgraded, for it belongs to `scopegate serve`."""
    if not (settings.home / "keys").is_dir():
        raise SettingsError(
            f"{settings.origins['home']}: `{settings.home}` is the home of no token service; run "
            "`scopegate serve --only tokens` there first"
        )
    return open_tokens(settings, _engine(settings), document, session_cookie=session_cookie)


def _engine(settings: Settings) -> Engine:
    try:
        engine = open_engine(settings.database_url)
        is_current = token_service.migrations.run.check(engine)
    except ConfigurationError as error:
        raise SettingsError(str(error)) from error
    except StoreUnavailableError as error:
        raise UsageError(f"the database cannot be used: {error}") from error
    if not is_current:
        raise UsageError("the database is of another version; run `scopegate db upgrade`")
    return engine
