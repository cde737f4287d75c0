"""What may be chosen when an application is put together, besides the settings."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from gateway.watch import Sinks


@dataclass(frozen=True, slots=True)
class Composition:
    """What may be chosen when an application is put together."""

    #: the module that `--handlers` names
    handlers: str | None = None
    #: the demo's own handlers answer
    with_demo_handlers: bool = False
    #: operations without a handler answer with the documented example
    mocks: bool = False
    sinks: Sinks = ()
    clock: Callable[[], float] = time.time
    #: requests pass all of Connexion's rooms instead of going by a plan: slower, with equal answers
    through_frame: bool = False
