"""The demo's own handler and store on bare Starlette: `GET /songs/{id}` without a gateway.

No token is looked at, and the handler runs in a thread as it does in the gateway: so the difference
is all that the gateway adds. Runs in the environment of the product, whose packages it uses.
"""

import os
from functools import partial

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from handlers.songs import get_song
from handlers.store import Store
from token_service.store.engine import open_engine

_STORE = Store(open_engine(os.environ["BENCH_DATABASE"]))
_THREADS = CapacityLimiter(8)


async def _get_song(request: Request) -> JSONResponse:
    call = partial(get_song, request.path_params["song_id"], _STORE)
    return JSONResponse(await to_thread.run_sync(call, limiter=_THREADS))


app = Starlette(routes=[Route("/songs/{song_id:int}", _get_song)])
