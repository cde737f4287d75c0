"""What the rules of a token look at: its header and claims, who it is to be from, the time."""

from collections.abc import Mapping
from typing import Any

from gateway.tokens.binding import TokenTrust
from gateway.values import value_without_repr


@value_without_repr
class Facts:
    """All that a rule may look at."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    trust: TokenTrust
    #: Unix seconds
    now: int


def audiences(aud: object) -> tuple[str, ...]:
    """The values of an `aud` claim: a string or a list of strings; none if it is neither."""
    if isinstance(aud, str):
        return (aud,)
    if isinstance(aud, list) and all(isinstance(value, str) for value in aud):
        return tuple(aud)
    return ()
