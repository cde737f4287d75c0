"""Which scopes a user is asked about on behalf of a client, and what his answer grants."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from token_service.entities import Client, GrantType, User
from token_service.errors import ScopeError
from token_service.grants.context import GrantContext
from token_service.grants.issue import allowed_scopes


@dataclass(frozen=True, slots=True)
class Offer:
    """What a user can be asked for, in the order asked."""

    #: what he may grant, one by one
    scopes: tuple[str, ...]
    #: what was asked for and is not his to grant
    withheld: tuple[str, ...]

    def granted(self, ticked: Collection[str]) -> tuple[str, ...]:
        """The scopes offered that he ticked; anything else that is ticked counts for nothing."""
        return tuple(scope for scope in self.scopes if scope in ticked)


def check_askable(
    context: GrantContext, grant: GrantType, *, client: Client, asked: Sequence[str] | None
) -> None:
    """A ScopeError if the client asks for what no user can give it; `asked` None for anything."""
    allowed = allowed_scopes(context, grant, client=client, user=None)
    if not allowed or not allowed.issuperset(asked or ()):
        raise ScopeError("the scope asked is not declared or not within what the client may have")


def make_offer(
    context: GrantContext,
    grant: GrantType,
    *,
    client: Client,
    user: User,
    asked: Sequence[str] | None,
) -> Offer:
    """What to ask the user, now; `asked` None asks for all that he can give."""
    declared = allowed_scopes(context, grant, client=client, user=None)
    own = user.ceiling.narrow(declared)
    if asked is None:
        return Offer(scopes=tuple(sorted(own)), withheld=())
    return Offer(
        scopes=tuple(scope for scope in asked if scope in own),
        withheld=tuple(scope for scope in asked if scope not in own),
    )
