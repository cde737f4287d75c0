"""The songs that every peer answers, and the document's access rules for those without it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).with_name("openapi.yaml")

SONGS: Sequence[Mapping[str, Any]] = (
    {"id": 1, "title": "Clair de lune", "artist": "Claude Debussy", "year": 1905},
    {"id": 2, "title": "Für Elise", "artist": "Ludwig van Beethoven", "year": 1810},
    {"id": 3, "title": "Gymnopédie No. 1", "artist": "Erik Satie", "year": 1888},
    {"id": 4, "title": "Boléro", "artist": "Maurice Ravel", "year": 1928},
)
NEW_SONG: Mapping[str, Any] = {"title": "So What", "artist": "Miles Davis", "year": 1959}
#: what the one new song is answered as
ADDED_SONG: Mapping[str, Any] = {"id": 5, **NEW_SONG}

#: outer list OR, inner list AND, as in the document
READING = (frozenset({"read"}), frozenset({"admin", "songs"}))
ADDING = (frozenset({"create"}), frozenset({"post", "widget"}))

NEW_SONG_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["title", "artist", "year"],
    "additionalProperties": False,
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 200},
        "artist": {"type": "string"},
        "year": {"type": "integer"},
    },
}


def opens(scope: str, alternatives: Sequence[frozenset[str]]) -> bool:
    """Whether a token's scope meets one of the alternatives."""
    held = frozenset(scope.split())
    return any(alternative <= held for alternative in alternatives)
