"""The servers there are to measure, in the order of the tables."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.checks import Ability
from benchmarks.foreign import FOREIGN, FOREIGN_PROXIES
from benchmarks.minted import mint_tokens
from benchmarks.servers import Launch, Server, in_python, scopegate, uvicorn
from benchmarks.songs.data import DOCUMENT
from benchmarks.workshop import ROOT, Workshop, write_tokens
from gateway.cli.document import settings_here

PRODUCT, FLOOR = "scopegate", "floor"
DEMO, STORED = "scopegate demo", "starlette, same handler"
PROXY, OPEN_PROXY = "scopegate upstream", "envoy upstream, open"
#: these answer one song from SQLite, the others the songs from memory
OF_THE_STORE = frozenset({DEMO, STORED})
#: more than the product keeps of verified tokens, sent in turn: none is still kept when it returns
FRESH_TOKENS = 6000

_DEMO_DOCUMENT = ROOT / "openapi" / "openapi.yaml"


def _launch_product(workshop: Workshop, port: int) -> Launch:
    own = ["--handlers", "benchmarks.songs.handlers"]
    return _launch_songs(workshop, port, PRODUCT, own, fresh=FRESH_TOKENS)


def _launch_proxy(workshop: Workshop, port: int) -> Launch:
    own = ["--upstream", f"http://127.0.0.1:{workshop.upstream}"]
    return _launch_songs(workshop, port, "proxy", own, fresh=0)


def _launch_songs(
    workshop: Workshop, port: int, name: str, own: Sequence[str], *, fresh: int
) -> Launch:
    """Scopegate on the document of the songs, with a home of its own."""
    home = workshop.place(name)
    flags = {"spec": str(DOCUMENT), "home": str(home / "home"), "port": port}
    named, unseen = mint_tokens(settings_here(flags), fresh=fresh)
    where = ["--home", str(home / "home"), "--port", str(port)]
    command = scopegate("serve", str(DOCUMENT), *own, *where)
    return Launch(command, {}, write_tokens(home, named, unseen))


def _launch_demo(workshop: Workshop, port: int) -> Launch:
    home = workshop.place("demo")
    flags = {"spec": str(_DEMO_DOCUMENT), "home": str(home / "home"), "port": port}
    named, _ = mint_tokens(settings_here(flags))
    command = scopegate("serve", str(_DEMO_DOCUMENT), "--demo")
    where = ["--home", str(home / "home"), "--port", str(port)]
    return Launch([*command, *where], {}, write_tokens(home, named, []))


def _launch_stored(workshop: Workshop, port: int) -> Launch:
    """On the database that the demo filled: it is started before."""
    database = workshop.place("demo") / "home" / "scopegate.db"
    command = uvicorn("stored", port, python=Path(sys.executable))
    environment = {**workshop.environment, "BENCH_DATABASE": f"sqlite:///{database}"}
    return Launch(command, environment, workshop.tokens)


_EVERYTHING = Ability(parameters=True, content_types=True, revocation=True)
_NOTHING = Ability(tokens=False, signatures=False, bodies=False)
_PARAMETERS = Ability(parameters=True)

_ALL = (
    Server(FLOOR, "uvicorn, a constant answer", in_python("floor"), _NOTHING),
    Server(PRODUCT, "everything on, as it is served", _launch_product, _EVERYTHING),
    Server("starlette", "PyJWT inline, jsonschema", in_python("bare"), _PARAMETERS),
    Server("fastapi", "pydantic, scopes by a dependency", in_python("in_fastapi"), _PARAMETERS),
    Server(
        "connexion",
        "its defaults, PyJWT",
        in_python("default_connexion"),
        Ability(parameters=True, content_types=True),
    ),
    *FOREIGN,
    Server(DEMO, "the demo, SQLite", _launch_demo, _EVERYTHING),
    Server(STORED, "no token looked at", _launch_stored, _NOTHING),
    Server(PROXY, "everything on, in front of the floor", _launch_proxy, _EVERYTHING),
    *FOREIGN_PROXIES,
)

#: these hand requests on to a second server
PROXIES = frozenset({PROXY, *(server.name for server in FOREIGN_PROXIES)})
#: these belong to one row and are started with it
OF_ONE_ROW = OF_THE_STORE | PROXIES

SERVERS: Mapping[str, Server] = {server.name: server for server in _ALL}
DEFAULT_PEERS = (FLOOR, PRODUCT, "starlette", "fastapi", "connexion")
