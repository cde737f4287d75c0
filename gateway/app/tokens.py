"""The token service, opened on its database and keys and tied to the document."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from gateway.app.consent import DocumentWords
from gateway.errors import SettingsError, UsageError
from gateway.load import LoadedDocument
from gateway.policy.grantable import grantable_scopes
from gateway.settings import Settings
from handlers import schema as demo_schema
from token_service.app import TokenService, create_token_service
from token_service.errors import ConfigurationError, KeyringError, StoreUnavailableError
from token_service.keys import Keyring
from token_service.settings import TokenServiceSettings
from token_service.store import schema
from token_service.store.engine import Engine, open_engine

#: `grant_type` -> OAS's name of the flow
_FLOWS = {
    "password": "password",
    "client_credentials": "clientCredentials",
    "authorization_code": "authorizationCode",
    "urn:ietf:params:oauth:grant-type:device_code": "deviceAuthorization",
}
#: what the cookie of a login session is called where the document does not say
SESSION_COOKIE = "scopegate_session"


@dataclass(frozen=True, slots=True)
class DocumentScopes:
    """The port `DeclaredScopes`: asks for the document of the moment at each question."""

    document: Callable[[], LoadedDocument]

    def for_grant(self, grant: str) -> frozenset[str]:
        """The scopes that a grant may give, of the schemes that trust our own issuer."""
        loaded = self.document()
        flow = _FLOWS.get(grant, grant)
        return frozenset(grantable_scopes(loaded.description, loaded.trusts.embedded, flow=flow))


def token_service_settings(
    settings: Settings, *, session_cookie: str = SESSION_COOKIE
) -> TokenServiceSettings:
    """The settings, as far as they are the token service's."""
    try:
        return TokenServiceSettings(
            home=settings.home,
            database_url=settings.database_url,
            issuer=settings.issuer,
            audience=settings.audience,
            signing_alg=settings.signing_alg,
            access_token_seconds=settings.access_token_seconds,
            refresh_token_seconds=settings.refresh_token_seconds,
            insecure_http=settings.insecure_http,
            session_cookie=session_cookie,
            revocation_staleness_seconds=settings.revocation_staleness_seconds,
        )
    except ConfigurationError as error:
        raise SettingsError(str(error)) from error


def open_database(settings: Settings) -> Engine:
    """Open the database, with SCOPEGATE_HOME made (0700) and the schema brought up to date."""
    make_home(settings)
    try:
        engine = open_engine(settings.database_url)
        upgrade_database(engine)
    except ConfigurationError as error:
        raise SettingsError(str(error)) from error
    except StoreUnavailableError as error:
        raise UsageError(f"the database cannot be used: {error}") from error
    return engine


def upgrade_database(engine: Engine) -> None:
    """Run both migration trees; does nothing where the schema is the newest."""
    if schema.is_newest(engine) and demo_schema.is_newest(engine):
        return
    # 10 MB and a tenth of a second, which no start but the first needs
    from handlers import migrations as demo_migrations
    from token_service.migrations import run

    if not run.check(engine):
        run.upgrade(engine)
    if not demo_schema.is_newest(engine):
        demo_migrations.upgrade(engine)


def make_home(settings: Settings) -> None:
    """Make SCOPEGATE_HOME for its owner alone."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(settings.home, os.W_OK | os.X_OK):
            raise PermissionError(13, "cannot be written", str(settings.home))
    except OSError as error:
        raise UsageError(f"{settings.home}: {error.strerror}; set SCOPEGATE_HOME") from error


def open_tokens(
    settings: Settings,
    engine: Engine,
    document: Callable[[], LoadedDocument],
    *,
    session_cookie: str = SESSION_COOKIE,
) -> TokenService:
    """Put the token service on an open database; `document` tells the one of the moment."""
    try:
        keyring = Keyring.open(
            settings.home / "keys",
            settings.signing_alg,
            alg_is_chosen=settings.origins["signing_alg"] != "default",
            token_seconds=settings.access_token_seconds,
        )
    except KeyringError as error:
        raise UsageError(str(error)) from error
    return create_token_service(
        token_service_settings(settings, session_cookie=session_cookie),
        engine=engine,
        keyring=keyring,
        declared=DocumentScopes(document),
        words=DocumentWords(document),
    )


def session_cookie_of(document: LoadedDocument) -> str:
    """What the document calls the cookie of a login session; its first scheme of that kind."""
    schemes = document.description.schemes
    names = (schemes[name].parameter for name in schemes if name in document.trusts.sessions)
    return next((name for name in names if name), SESSION_COOKIE)
