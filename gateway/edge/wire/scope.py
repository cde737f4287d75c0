"""The scope of a request (ASGI's HTTP s3.1), in the form that uvicorn gives it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import uvicorn
from starlette.types import Scope
from uvicorn.protocols.utils import get_local_addr, get_remote_addr, is_ssl

from gateway.edge.wire.reader import RequestReader


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends of a connection, and what is told of them."""

    server: tuple[str, int | None] | None
    client: tuple[str, int] | None
    scheme: str
    #: of the application: its ASGI, and where it is mounted
    asgi_version: str
    root_path: str


def ends_of(transport: asyncio.Transport, config: uvicorn.Config) -> Ends:
    """The ends of a connection that was just made."""
    return Ends(
        get_local_addr(transport),
        get_remote_addr(transport),
        "https" if is_ssl(transport) else "http",
        config.asgi_version,
        config.root_path,
    )


def request_scope(reader: RequestReader, ends: Ends, app_state: Mapping[str, Any]) -> Scope:
    """The scope of the request whose head was read last."""
    line = reader.line
    if line is not None and line.scope is not None:
        scope: Scope = {**line.scope, "headers": reader.headers, "state": dict(app_state)}
        scope["asgi"] = scope["asgi"].copy()
        return scope
    path, root = reader.path.decode("ascii"), ends.root_path
    scope = {
        "type": "http",
        "asgi": {"version": ends.asgi_version, "spec_version": "2.3"},
        "http_version": "1.0" if reader.is_old else "1.1",
        "server": ends.server,
        "client": ends.client,
        "scheme": ends.scheme,
        "method": reader.method,
        "root_path": root,
        "path": root + (unquote(path) if "%" in path else path),
        "raw_path": root.encode("ascii") + reader.path if root else reader.path,
        "query_string": reader.query,
    }
    if line is not None:
        line.scope = {**scope, "asgi": scope["asgi"].copy()}
    return {**scope, "headers": reader.headers, "state": dict(app_state)}
