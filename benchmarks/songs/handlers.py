"""The handlers that Scopegate answers the songs with: from memory, as every peer does."""

from typing import Any

from benchmarks.songs.data import SONGS
from scopegate import Answer, operation


@operation("list_songs")
async def list_songs(limit: int = 20) -> Any:
    """Answer the songs."""
    return list(SONGS[:limit])


@operation("add_song")
async def add_song(body: dict[str, Any]) -> Answer:
    """Answer the body with an id."""
    return Answer({"id": 5, **body}, status=201)
