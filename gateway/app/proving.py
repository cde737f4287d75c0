"""How credentials are proven by our own store and keys."""

from collections.abc import Callable, Mapping

from anyio import CapacityLimiter

from gateway.app.credentials import LocalCredentials
from gateway.app.local_users import StoredUsers, with_local_users
from gateway.app.revocations import OwnRevocations
from gateway.bearers import bind_keys
from gateway.bindings import Trusts
from gateway.settings import Settings
from gateway.spec.model import SchemeName
from gateway.tokens.prove import BearerBinding
from token_service.app import TokenService

#: threads that requests with a credential of the store may wait for the database in
SESSION_THREADS = 8


def bind_with_store(
    tokens: TokenService,
    revocations: OwnRevocations,
    limiter: CapacityLimiter,
    clock: Callable[[], float],
    trusts: Trusts,
) -> Mapping[SchemeName, BearerBinding]:
    """Give each bearer scheme its keys; those of our own token service are at hand."""
    bound = bind_keys(trusts, embedded=tokens.keyring.jwks, clock=clock, revocations=revocations)
    return with_local_users(bound, StoredUsers(tokens.administration, limiter))


def local_credentials(
    settings: Settings, tokens: TokenService, limiter: CapacityLimiter
) -> LocalCredentials:
    """Who sessions, keys and passwords of the store are."""
    return LocalCredentials(
        tokens.sessions,
        tokens.api_keys,
        tokens.basic_users,
        issuer=settings.issuer,
        origins=tokens.origins,
        limiter=limiter,
    )
