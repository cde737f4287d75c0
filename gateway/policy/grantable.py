"""Which scopes can be granted at all: the document is their only source."""

from collections.abc import Collection

from gateway.policy.compile import declared_scopes
from gateway.spec.model import ApiDescription, SchemeName, Scope


def grantable_scopes(
    description: ApiDescription, schemes: Collection[SchemeName], *, flow: str | None = None
) -> frozenset[Scope]:
    """The scopes that the given schemes declare, together.

    With `flow` (OAS's name of it): a scheme that declares this flow gives the flow's scopes
    alone; one that does not, any it declares.
    """
    declared = declared_scopes(description)
    scopes: set[Scope] = set()
    for name in schemes:
        own = [f for f in description.schemes[name].flows if flow and f.grant == flow]
        scopes |= own[0].scopes.keys() & declared[name] if own else declared[name]
    return frozenset(scopes)
