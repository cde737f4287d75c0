"""One handler for every operation of a large document: those that a file names, a line each."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.songs.data import SONGS
from scopegate import operation


async def answer(**_: Any) -> Sequence[Mapping[str, Any]]:
    """Answer the songs, whatever was asked."""
    return list(SONGS)


for _name in Path(os.environ["BENCH_OPERATIONS"]).read_text(encoding="utf-8").splitlines():
    answer = operation(_name)(answer)
