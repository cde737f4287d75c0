"""Writes documents of many small operations: an integer in the path, two alternatives, a list."""

from typing import Any

import yaml

from benchmarks.songs.data import DOCUMENT


def plain_document(operations: int) -> dict[str, Any]:
    """So many operations, each on a path of its own, with the schemes and schemas of the songs."""
    written: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    return {
        **written,
        "paths": {f"/r{number}/items/{{id}}": _item(number) for number in range(operations)},
    }


def _item(number: int) -> dict[str, Any]:
    songs = {"type": "array", "items": {"$ref": "#/components/schemas/Song"}}
    identity = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {
        "get": {
            "operationId": f"op_{number}",
            "parameters": [identity],
            "security": [{"oauth2": ["read"]}, {"oauth2": ["admin", "songs"]}],
            "responses": {
                "200": {"description": "ok", "content": {"application/json": {"schema": songs}}}
            },
        }
    }
