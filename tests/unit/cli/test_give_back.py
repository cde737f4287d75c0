"""Memory that was freed goes back where the C library can give it."""

import platform
import sys

import pytest

from gateway.cli.give_back import give_back

HAS_GLIBC = sys.platform.startswith("linux") and platform.libc_ver()[0] == "glibc"


class WithoutTrim:
    """A C library that knows no `malloc_trim`, as musl's."""

    def __getattr__(self, name: str) -> object:
        raise AttributeError(name)


@pytest.mark.skipif(not HAS_GLIBC, reason="glibc alone gives back on demand")
def test_glibc_gives_back() -> None:
    assert give_back()


def test_another_library_is_left_alone() -> None:
    assert not give_back(WithoutTrim())
