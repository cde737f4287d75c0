"""Gives memory that the start has freed back to the system."""

import ctypes
import sys
from typing import Protocol


class Library(Protocol):
    """What a C library may have, or not: musl and others know no `malloc_trim`."""

    def __getattr__(self, name: str) -> object: ...


def give_back(library: Library | None = None) -> bool:
    """Let glibc give back what it holds free; whether there was one to ask.

    Large tables that a start makes and drops leave holes of some megabytes, which would be resident
    for as long as the process lives.
    """
    if not sys.platform.startswith("linux"):
        return False
    trim = getattr(library or ctypes.CDLL(None), "malloc_trim", None)
    if not callable(trim):
        return False
    trim(0)
    return True
