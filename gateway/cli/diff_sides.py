"""What OLD and NEW of a comparison name: a file, a file at a revision, or standard input."""

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateway.cli.revisions import files_at
from gateway.errors import UsageError
from gateway.spec.files import STDIN
from gateway.spec.limits import Limits
from gateway.spec.model import ApiDescription
from gateway.spec.read import read_description

_ENDINGS = (".yaml", ".yml", ".json")
#: a colon in braces belongs to the revision: `HEAD@{1 day ago 10:00}`
_REVISION_AND_PATH = re.compile(r"((?:[^:{]|\{[^}]*\}|\{)*):(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Named:
    """One side as it was named."""

    #: a path of a file; `-`; None: the path that the other side has
    path: str | None
    #: None: the file as it is now
    revision: str | None = None

    @property
    def text(self) -> str:
        """The side as its origins show it."""
        return f"{self.revision}:{self.path}" if self.revision is not None else str(self.path)


def name_sides(old: str, new: str | None, *, working: Callable[[], str]) -> tuple[Named, Named]:
    """Say what is compared; `working` gives the document that settings and folder name."""
    old_named = _named(old)
    if new is None:
        is_revision = old_named.revision is not None
        own = old_named.path if is_revision and old_named.path is not None else working()
        new_named = Named(own)
    else:
        new_named = _named(new)
    sides = _with_path(old_named, new_named, working), _with_path(new_named, old_named, working)
    if sides[0] == sides[1] and (new is None or old == STDIN):
        raise UsageError(f"`{old}` is both sides; name a second document, or a revision of it")
    return sides


def read_side(side: Named, limits: Limits, *, tolerate: bool) -> ApiDescription:
    """Read the document of a side, and the files it refers to, at its revision."""
    path = side.path or ""
    if side.revision is None:
        stdin = sys.stdin.buffer.read
        return read_description(path, stdin=stdin, limits=limits, tolerate=tolerate)
    with files_at(side.revision, path) as source:
        return read_description(path, limits=limits, source=source, tolerate=tolerate)


def _named(text: str) -> Named:
    """A file that is there is that file; else what has a colon is `REV:path`."""
    if text == STDIN or Path(text).is_file():
        return Named(text)
    found = _REVISION_AND_PATH.fullmatch(text)
    if found is not None:
        if not found[1] or not found[2]:
            raise UsageError(f"`{text}` is no file; of git it takes `REV:path` or `REV`")
        return Named(found[2], found[1])
    if text.lower().endswith(_ENDINGS):
        return Named(text)
    return Named(None, text)


def _with_path(side: Named, other: Named, working: Callable[[], str]) -> Named:
    """Give a revision that stands alone the path of the other side, else the working document's."""
    if side.path is not None:
        return side
    path = working() if other.path in (None, STDIN) else other.path
    return Named(
        os.path.relpath(str(path)) if Path(str(path)).is_absolute() else path, side.revision
    )
