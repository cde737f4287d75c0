"""How many requests an operation gets: few in `make test`, many in `make fuzz`."""

import os

from hypothesis import HealthCheck, Phase, settings

#: requests an operation and test
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))

BUDGET = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
