"""Bare Starlette: PyJWT in the endpoint, a jsonschema validator made once, no document."""

import json
from collections.abc import Awaitable, Callable, Sequence

import jsonschema
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.peers.verify import claims_of
from benchmarks.songs.data import ADDING, NEW_SONG_SCHEMA, READING, SONGS, opens

_VALIDATOR = jsonschema.Draft4Validator(NEW_SONG_SCHEMA)
Endpoint = Callable[[Request], Awaitable[JSONResponse]]


def _guarded(endpoint: Endpoint, alternatives: Sequence[frozenset[str]]) -> Endpoint:
    async def guarded(request: Request) -> JSONResponse:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        claims = claims_of(token) if kind.lower() == "bearer" else None
        if claims is None:
            return JSONResponse({"detail": "no valid token"}, 401, {"www-authenticate": "Bearer"})
        if not opens(claims.get("scope", ""), alternatives):
            return JSONResponse({"detail": "insufficient scope"}, 403)
        return await endpoint(request)

    return guarded


async def _list_songs(request: Request) -> JSONResponse:
    limit = request.query_params.get("limit", "20")
    if not limit.isdigit() or not 1 <= int(limit) <= 100:
        return JSONResponse({"detail": "limit: 1 to 100"}, 400)
    return JSONResponse(list(SONGS[: int(limit)]))


async def _add_song(request: Request) -> JSONResponse:
    try:
        body = await request.json()
        _VALIDATOR.validate(body)
    except (json.JSONDecodeError, UnicodeDecodeError, jsonschema.ValidationError) as error:
        return JSONResponse({"detail": str(error)}, 400)
    return JSONResponse({"id": 5, **body}, 201)


app = Starlette(
    routes=[
        Route("/songs", _guarded(_list_songs, READING), methods=["GET"]),
        Route("/songs", _guarded(_add_song, ADDING), methods=["POST"]),
    ]
)
