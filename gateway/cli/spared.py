"""Leaves out what libraries import and `serve` never calls: 12 MB and a tenth of a second."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

#: httpx does without its command line, which brings rich and Pygments along
_DONE_WITHOUT = ("httpx._main",)
#: Connexion names them to fetch a `$ref`, which our slim document has none of, and for tests
_NAMED = ("requests", "starlette.testclient")


@contextmanager
def sparing() -> Iterator[None]:
    """Let the libraries of a server be imported without what it never calls.

    What is left out is imported as ever by whoever asks for it later, and by the libraries
    themselves if they call it after all.
    """
    left_out: dict[str, ModuleType | None] = dict.fromkeys(_DONE_WITHOUT)
    left_out |= {name: _Later(name) for name in _NAMED}
    left_out = {name: module for name, module in left_out.items() if name not in sys.modules}
    sys.modules.update(left_out)  # type: ignore[arg-type]  # None: an import of it raises
    try:
        yield
    finally:
        for name in left_out:
            sys.modules.pop(name, None)


class _Later(ModuleType):
    """Stands for a module: its functions and classes import it when they are called."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*values: Any, **named: Any) -> Any:
            return getattr(importlib.import_module(self.__name__), name)(*values, **named)

        return call
