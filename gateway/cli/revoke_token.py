"""One of the ways to say which tokens `token revoke` ends, carried out."""

import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from gateway.cli.talk import counted
from gateway.errors import UsageError
from token_service.revoking import Ended

if TYPE_CHECKING:
    from token_service.app import TokenService

_SUBJECT_KINDS = ("user:", "client:")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command was told: one of these."""

    #: `-`: a token on standard input
    source: str | None
    jti: str | None
    client: str | None
    user: str | None

    def __post_init__(self) -> None:
        """Refuse what is not one thing."""
        if sum(told is not None for told in asdict(self).values()) != 1:
            raise UsageError(
                "say which tokens: `-` for one on standard input, --jti, --client or --user"
            )
        if self.source not in (None, "-"):
            raise UsageError(
                "a token is not given on the command line: pipe it to `token revoke -`"
            )


def end_tokens(tokens: "TokenService", wanted: Wanted) -> Ended:
    """End the tokens; raises UsageError or the token service's errors if there are none such."""
    revoker = tokens.revoker
    if wanted.source is not None:
        return revoker.revoke(sys.stdin.readline().strip())
    if wanted.jti is not None:
        return revoker.revoke_jti(wanted.jti)
    if wanted.client is not None:
        return revoker.revoke_client(wanted.client)
    return _end_tokens_of_user(tokens, str(wanted.user))


def told(ended: Ended, wanted: Wanted) -> str:
    """What ended, in words."""
    if ended.jti is not None:
        return f"revoked access token {ended.jti}"
    if ended.grant_id is not None:
        return f"revoked the refresh tokens and access tokens of grant {ended.grant_id}"
    whose = f"client {wanted.client}" if wanted.client is not None else wanted.user
    return f"revoked all tokens of {whose}, {counted(ended.grants, 'grant')}"


def _end_tokens_of_user(tokens: "TokenService", name: str) -> Ended:
    admin = tokens.administration
    if name.startswith(_SUBJECT_KINDS):
        user = admin.find_user_by_subject(name)
        return tokens.revoker.revoke_user(user) if user else tokens.revoker.revoke_subject(name)
    user = admin.find_user_by_name(name)
    if user is None:
        raise UsageError(f"there is no user `{name}`")
    return tokens.revoker.revoke_user(user)
