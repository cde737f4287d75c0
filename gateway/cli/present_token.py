"""A token from the command line, verified as serve would verify it."""

import time
from collections.abc import Mapping

from gateway.bearers import bind_keys
from gateway.cli.keyring import stored_jwks
from gateway.guard import prove_bearer
from gateway.load import LoadedDocument
from gateway.model import Proof
from gateway.settings import Settings
from gateway.spec.model import OperationKey, SchemeName
from gateway.tokens.check import Check
from gateway.tokens.verify import examine


async def prove_token(
    loaded: LoadedDocument, settings: Settings, operation: OperationKey, text: str
) -> tuple[Mapping[SchemeName, Proof], Mapping[SchemeName, tuple[Check, ...]]]:
    """Prove a token for the bearer schemes that the operation names."""
    keys = bind_keys(loaded.trusts, embedded=lambda: stored_jwks(settings), clock=time.time)
    named = loaded.policy.rules[operation].schemes
    bearers = {name: binding for name, binding in keys.items() if name in named}
    now = int(time.time())
    checks = {
        name: await examine(text, bearer.trust, keys=bearer.keys, now=now)
        for name, bearer in bearers.items()
    }
    proofs = await prove_bearer(text, bearers, now=now) if bearers else {}
    return proofs, checks
