"""FastAPI: pydantic models, and scopes by a dependency, since SecurityScopes knows only AND."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Security
from fastapi.security import OAuth2PasswordBearer, SecurityScopes
from pydantic import BaseModel, ConfigDict, Field

from benchmarks.peers.verify import claims_of
from benchmarks.songs.data import ADDING, READING, SONGS, opens

_SCOPES = {scope: scope for alternative in READING + ADDING for scope in alternative}
_scheme = OAuth2PasswordBearer(tokenUrl="token", scopes=_SCOPES)
_READING = [" ".join(alternative) for alternative in READING]
_ADDING = [" ".join(alternative) for alternative in ADDING]


class NewSong(BaseModel):
    """A song to add."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=1, max_length=200)
    artist: str
    year: int = Field(strict=True)


class Song(NewSong):
    """A song that was added."""

    id: int


async def _caller(
    scopes: SecurityScopes, token: Annotated[str, Security(_scheme)]
) -> Mapping[str, Any]:
    """The claims of the caller; each of `scopes` is one alternative, its scopes joined."""
    claims = claims_of(token)
    if claims is None:
        raise HTTPException(401, "invalid token", {"WWW-Authenticate": "Bearer"})
    if not opens(claims.get("scope", ""), [frozenset(one.split()) for one in scopes.scopes]):
        raise HTTPException(403, "insufficient scope")
    return claims


app = FastAPI()


@app.get("/songs", response_model=list[Song])
async def list_songs(
    _: Annotated[Mapping[str, Any], Security(_caller, scopes=_READING)],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Any:
    """Answer the songs."""
    return list(SONGS[:limit])


@app.post("/songs", response_model=Song, status_code=201)
async def add_song(
    song: NewSong, _: Annotated[Mapping[str, Any], Security(_caller, scopes=_ADDING)]
) -> Any:
    """Answer the body with an id."""
    return {"id": 5, **song.model_dump()}
