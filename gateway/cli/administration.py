"""What the administration commands share: the token service's database, and its errors in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from gateway.cli.document import load_spec, settings_here
from gateway.errors import UsageError
from gateway.ops.audit import write_audit_to
from gateway.settings import Settings
from token_service.errors import StoreUnavailableError, TokenServiceError

if TYPE_CHECKING:
    from token_service.admin import Administration
    from token_service.app import TokenService

HomeOption = typer.Option(help="Where database and keys are (SCOPEGATE_HOME).")


@contextmanager
def administration(home: str | None) -> "Iterator[Administration]":
    """Open the administration of users, groups and clients; its errors end the command."""
    with token_service(settings_here({"home": home})) as tokens:
        yield tokens.administration


@contextmanager
def token_service(settings: Settings) -> "Iterator[TokenService]":
    """Open the token service on the database of the settings."""
    from gateway.app.tokens import open_database, open_tokens  # SQLAlchemy loads when it is needed

    engine = open_database(settings)
    write_audit_to(settings.home)
    try:
        yield open_tokens(settings, engine, lambda: load_spec(settings))
    except StoreUnavailableError as error:
        raise UsageError(f"the database cannot be used: {error}") from error
    except TokenServiceError as error:
        raise UsageError(str(error)) from error
    finally:
        engine.dispose()
