"""A token from the command line, verified as serve would verify it."""

import time

from gateway.bearers import bind_keys
from gateway.cli.keyring import stored_jwks
from gateway.cli.suppose import SOMEBODY, ShownToken
from gateway.guard import prove_bearer
from gateway.load import LoadedDocument
from gateway.model import Credentials, Proven, Refused
from gateway.policy.compile import is_scope_token
from gateway.policy.decide import decide
from gateway.settings import Settings
from gateway.spec.model import OperationKey, Scope
from gateway.tokens.jwt_text import parse_jwt_text
from gateway.tokens.verify import examine


async def prove_token(
    loaded: LoadedDocument, settings: Settings, operation: OperationKey, text: str
) -> ShownToken:
    """Prove a token for the bearer schemes that the operation names."""
    keys = bind_keys(loaded.trusts, embedded=lambda: stored_jwks(settings), clock=time.time)
    named = loaded.policy.rules[operation].schemes
    bearers = {name: binding for name, binding in keys.items() if name in named}
    if not bearers:
        return ShownToken({}, {})
    now = int(time.time())
    checks = {
        name: await examine(text, bearer.trust, keys=bearer.keys, now=now)
        for name, bearer in bearers.items()
    }
    proofs = await prove_bearer(text, bearers, now=now)
    claimed = _claimed(text)
    supposed = Credentials({name: Proven(SOMEBODY, frozenset(claimed)) for name in bearers})
    is_refused = any(isinstance(proof, Refused) for proof in proofs.values())
    then = decide(loaded.policy, operation, supposed) if is_refused else None
    return ShownToken(proofs, checks, claimed, then)


def _claimed(text: str) -> tuple[Scope, ...]:
    """The scopes that a token claims, whether or not it is valid; none that could garble a line."""
    token = parse_jwt_text(text)
    scope = "" if isinstance(token, Refused) else token.claims.get("scope")
    pieces = scope.split(" ") if isinstance(scope, str) else []
    return tuple(dict.fromkeys(Scope(piece) for piece in pieces if is_scope_token(piece)))
