"""Prints what whole requests cost in process, by part: `python -m benchmarks.profile`.

No sockets, and everything on that `scopegate serve` has on. The whole is measured bare, least of
many blocks in process time; the parts are a profile's shares of it, so small functions weigh a
little more than they should.
"""

import asyncio
import cProfile
import json
import pstats
import time
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.types import ASGIApp

from benchmarks.inprocess import Request, answer, build_songs, living, scope_of
from benchmarks.parts import PARTS, shares_of
from benchmarks.songs.data import NEW_SONG

_BLOCKS, _CALLS = 30, 200
_PROFILED = 3000
_BODY = json.dumps(NEW_SONG).encode()

Figures = Mapping[str, tuple[float, Mapping[str, float]]]


def main() -> None:
    """Measure each kind of request and print a table, parts down and requests across."""
    with TemporaryDirectory() as folder, (Path(folder) / "stderr").open("w") as console:
        application, named, unseen = build_songs(Path(folder), fresh=5000)
        requests = kinds_of_request(named, unseen)
        with redirect_stderr(console):
            figures = asyncio.run(_measure(application, requests))
    _print(figures)


def kinds_of_request(named: Mapping[str, str], unseen: list[str]) -> Mapping[str, list[Request]]:
    """Name of a kind -> the requests of it, sent in turn."""
    return {
        "GET": [Request("GET", "/songs", 200, named["read"])],
        "POST": [Request("POST", "/songs", 201, named["create"], _BODY)],
        "new token": [Request("GET", "/songs", 200, token) for token in unseen],
        "401": [Request("GET", "/songs", 401)],
        "403": [Request("GET", "/songs", 403, named["wrong"])],
        "400": [Request("POST", "/songs", 400, named["create"], b'{"title":""}')],
    }


async def _measure(application: ASGIApp, requests: Mapping[str, list[Request]]) -> Figures:
    figures = {}
    async with living(application) as state:
        for name, kinds in requests.items():
            turns = _turns(kinds)
            await _run(application, turns, state, _CALLS)
            least = [await _run(application, turns, state, _CALLS) for _ in range(_BLOCKS)]
            profile = cProfile.Profile()
            profile.enable()
            await _run(application, turns, state, _PROFILED)
            profile.disable()
            figures[name] = (min(least), shares_of(pstats.Stats(profile)))
    return figures


async def _run(
    application: ASGIApp, turns: Iterator[Request], state: Mapping[str, object], calls: int
) -> float:
    """Microseconds a request, the driver's own included."""
    begun = time.process_time()
    for _ in range(calls):
        request = next(turns)
        status = await answer(application, scope_of(request, state), request.body)
        if status != request.status:
            raise RuntimeError(f"{request.method} {request.target}: {status}")
    return (time.process_time() - begun) / calls * 1e6


def _turns(requests: list[Request]) -> Iterator[Request]:
    while True:
        yield from requests


def _print(figures: Figures) -> None:
    print(f"{'CPU us a request, in process':30}" + "".join(f"{name:>11}" for name in figures))
    for part in PARTS:
        cells = (whole * parts.get(part, 0.0) for whole, parts in figures.values())
        print(f"{part:30}" + "".join(f"{cell:11.1f}" for cell in cells))
    print(f"{'together':30}" + "".join(f"{whole:11.1f}" for whole, _ in figures.values()))


if __name__ == "__main__":
    main()
