"""`scopegate db`: the database's schema."""

from typing import Annotated

import typer

import handlers.migrations
import token_service.migrations.run
from gateway.app.tokens import make_home, upgrade_database
from gateway.cli.administration import HomeOption
from gateway.cli.document import settings_here
from gateway.cli.talk import new_app, say
from gateway.errors import SettingsError, UsageError
from token_service.errors import ConfigurationError, StoreUnavailableError
from token_service.store.engine import Engine, open_engine

app = new_app("Bring the database up to date.")


@app.command("upgrade")
def upgrade(home: Annotated[str | None, HomeOption] = None) -> None:
    """Bring both schemas, the token service's and the demo's, to their newest revision."""
    engine = _open(home)
    upgrade_database(engine)
    for line in _where(engine):
        say(line)


@app.command("check")
def check(home: Annotated[str | None, HomeOption] = None) -> None:
    """Exit 0 if both schemas are at their newest revision, 1 if not."""
    engine = _open(home)
    for line in _where(engine):
        say(line)
    is_newest = token_service.migrations.run.check(engine) and not handlers.migrations.check(engine)
    raise typer.Exit(0 if is_newest else 1)


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
