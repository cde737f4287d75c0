"""Default Connexion on a document that BENCH_DOCUMENT names, with one handler for all of it."""

import json
import logging
import os
from pathlib import Path
from typing import Any

import connexion
from connexion.resolver import Resolver

from benchmarks.peers.verify import claims_of
from benchmarks.songs.data import SONGS

logging.getLogger("connexion").setLevel(logging.ERROR)


async def answer(**_: Any) -> Any:
    """Answer the songs, whatever was asked."""
    return list(SONGS)


def document() -> dict[str, Any]:
    """The document, with the name of the function that verifies tokens."""
    text = Path(os.environ["BENCH_DOCUMENT"]).read_text(encoding="utf-8")
    written: dict[str, Any] = json.loads(text)
    scheme = written["components"]["securitySchemes"]["oauth2"]
    scheme["x-tokenInfoFunc"] = f"{claims_of.__module__}.{claims_of.__name__}"
    return written


app = connexion.AsyncApp(__name__, resolver=Resolver(lambda _: answer))
app.add_api(document())
