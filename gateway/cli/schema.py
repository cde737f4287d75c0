"""The schemas of the database: where they stand, and how they get to their newest revision."""

import handlers.migrations
import token_service.migrations.run
from gateway.app.tokens import make_home, upgrade_database
from gateway.cli.document import settings_here
from gateway.errors import SettingsError, UsageError
from token_service.errors import ConfigurationError, StoreUnavailableError
from token_service.store.engine import Engine, open_engine


def upgrade_here(home: str | None) -> list[str]:
    """Bring both trees to their newest revision; one line a tree."""
    engine = _open(home)
    try:
        upgrade_database(engine)
        return _where(engine)
    except StoreUnavailableError as error:
        raise UsageError(f"the database cannot be used: {error}") from error


def check_here(home: str | None) -> tuple[bool, list[str]]:
    """Whether both trees are at their newest revision; one line a tree."""
    engine = _open(home)
    try:
        lines = _where(engine)
        is_newest = token_service.migrations.run.check(engine)
        return is_newest and not handlers.migrations.check(engine), lines
    except StoreUnavailableError as error:
        raise UsageError(f"the database cannot be used: {error}") from error


def _open(home: str | None) -> Engine:
    settings = settings_here({"home": home})
    make_home(settings)
    try:
        return open_engine(settings.database_url)
    except ConfigurationError as error:
        raise SettingsError(str(error)) from error
    except StoreUnavailableError as error:
        raise UsageError(f"the database cannot be used: {error}") from error


def _where(engine: Engine) -> list[str]:
    trees = {
        "token service": (
            token_service.migrations.run.current(engine),
            token_service.migrations.run.head(),
        ),
        "handlers": (handlers.migrations.current(engine), handlers.migrations.head()),
    }
    return [
        f"{name}: revision {now or 'none'}, newest {newest}"
        for name, (now, newest) in trees.items()
    ]
