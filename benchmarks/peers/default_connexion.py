"""Connexion as its documentation has it: the document, a token function, nothing turned off."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import connexion
import yaml
from connexion.resolver import Resolver

from benchmarks.peers.verify import claims_of
from benchmarks.songs.data import DOCUMENT, SONGS

logging.getLogger("connexion").setLevel(logging.ERROR)


async def list_songs(limit: int = 20) -> Any:
    """Answer the songs."""
    return list(SONGS[:limit])


async def add_song(body: Mapping[str, Any]) -> Any:
    """Answer the body with an id."""
    return {"id": 5, **body}, 201


_NAMED: Mapping[str, Callable[..., Any]] = {
    "list_songs": list_songs,
    "add_song": add_song,
}


def document() -> dict[str, Any]:
    """The document of the songs, with the name of the function that verifies tokens."""
    written: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    scheme = written["components"]["securitySchemes"]["oauth2"]
    scheme["x-tokenInfoFunc"] = f"{claims_of.__module__}.{claims_of.__name__}"
    return written


app = connexion.AsyncApp(__name__, resolver=Resolver(lambda name: _NAMED[name]))
app.add_api(document())
