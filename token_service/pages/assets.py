"""The files that pages refer to: few, named, and kept by browsers until they change."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from token_service.pages.render import ASSETS, STATIC, read_asset

_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}


def asset_routes() -> list[Route]:
    """A path for each file."""
    files: Mapping[str, bytes] = {name: read_asset(name) for name in ASSETS}

    async def serve(request: Request) -> Response:
        name = request.scope["path"].rpartition("/")[2]
        return Response(files[name], media_type=ASSETS[name], headers=_HEADERS)

    return [Route(f"{STATIC}/{name}", serve, methods=["GET"]) for name in ASSETS]
