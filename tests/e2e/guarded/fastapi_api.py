"""A FastAPI application with a secret page that its document does not know."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request

import scopegate

STARTED: list[str] = []


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    STARTED.append("inner")
    yield


api = FastAPI(lifespan=lifespan)


def told(request: Request, handler: str) -> dict[str, Any]:
    """What a handler sees."""
    who = scopegate.caller(request)
    return {
        "handler": handler,
        "path": request.url.path,
        "subject": who.subject,
        "scopes": sorted(who.scopes),
        "started": STARTED,
    }


@api.get("/health")
def health(request: Request) -> dict[str, Any]:
    return told(request, "health")


@api.get("/people/")
async def people(request: Request) -> dict[str, Any]:
    return told(request, "people")


@api.post("/people/", status_code=201)
async def add(request: Request) -> dict[str, Any]:
    return {**told(request, "add"), "body": await request.json()}


@api.get("/people/{name}/")
def person(name: str, request: Request) -> dict[str, Any]:
    return {**told(request, "person"), "name": name}


@api.get("/people/me/")  # never reached: the route before it takes its requests
def me(request: Request) -> dict[str, Any]:
    return told(request, "me")


@api.get("/pages/secret/")  # the document has a template here, for everyone
def secret(request: Request) -> dict[str, Any]:
    return told(request, "secret")


@api.get("/pages/{name}/")
def page(name: str, request: Request) -> dict[str, Any]:
    return {**told(request, "page"), "name": name}


included = APIRouter(prefix="/included")


@included.get("/{name}/")
def in_router(name: str, request: Request) -> dict[str, Any]:
    return {**told(request, "included"), "name": name}


api.include_router(included)


@api.get("/unknown")
def unknown(request: Request) -> dict[str, Any]:
    return told(request, "unknown")
