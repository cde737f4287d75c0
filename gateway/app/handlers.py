"""Where handlers come from: the demo's modules, or the module that `--handlers` names."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

from gateway.errors import HandlerError
from handlers import albums, groups, songs, users


def demo_modules() -> tuple[ModuleType, ...]:
    """The modules that answer the document that comes with Scopegate."""
    return (albums, groups, songs, users)


def handler_module(name: str) -> ModuleType:
    """Import the module that `--handlers` names, from the current folder too."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    if not all(part.isidentifier() for part in name.split(".")):
        raise HandlerError(f"--handlers {name}: this is not the name of a module")
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise HandlerError(f"--handlers {name}: {error}") from error
    except Exception as error:  # a module of the user's may raise anything while it is imported
        raise HandlerError(f"--handlers {name}: {type(error).__name__}: {error}") from error
