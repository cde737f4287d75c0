"""A token taken apart, and whether our own keys verify it."""

import time

from gateway.cli.keyring import stored_jwks
from gateway.errors import UsageError
from gateway.model import AccessToken, Refused
from gateway.settings import Settings
from gateway.tokens.binding import TokenTrust
from gateway.tokens.jwt_text import JwtText, parse_jwt_text
from gateway.tokens.key_cache import embedded_keys
from gateway.tokens.verify import verify


async def inspect_token(settings: Settings, text: str) -> tuple[str | None, JwtText]:
    """Why our keys do not verify a token, None if they do; and what it says. Raises UsageError."""
    parsed = parse_jwt_text(text)
    if isinstance(parsed, Refused):
        raise UsageError("this is not a JWT in compact serialization (RFC 7519 s3)")
    trust = TokenTrust(issuer=settings.issuer, audience=settings.audience)
    keys = embedded_keys(lambda: stored_jwks(settings), trust.algorithms, clock=time.time)
    match await verify(text, trust, keys=keys, now=int(time.time())):
        case AccessToken():
            return None, parsed
        case Refused(fault):
            return fault.value, parsed
        case _:
            return "there are no keys here", parsed
