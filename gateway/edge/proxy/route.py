"""The way to the upstream, that all operations of a gateway share."""

from dataclasses import dataclass

from gateway.edge.proxy.field_rules import FieldRules
from gateway.edge.proxy.pool import Pool


@dataclass(frozen=True, slots=True)
class Route:
    """Where requests go, and what goes with them."""

    pool: Pool
    rules: FieldRules
    #: the most that is read of a body in order to check it
    max_body_bytes: int
    #: nothing is refused, and nobody is told who a caller is who would be
    observes: bool = False
