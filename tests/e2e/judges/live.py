"""A live server with the demo, on each kind of database, and clients of the tests' own."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e.judges.judge import REDIRECT_URI, Registered
from tests.e2e.servers import Server, run, serving_demo
from tests.services import own_schema

POSTGRESQL = pytest.mark.service("postgresql")
BOTH = ["sqlite", pytest.param("postgresql", marks=POSTGRESQL)]
NODE = pytest.mark.service("node")
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass
class Live:
    """A server with the demo, and clients of the tests' own."""

    server: Server
    #: what its commands need to find its database
    database: Mapping[str, str]
    _clients: dict[str, Registered] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"{self.server.url}/o"

    def run(self, *arguments: str) -> str:
        """What another command prints, run against the same database."""
        environment = {**self.server.settings, **self.database}
        done = run(*arguments, folder=self.server.folder, environment=environment, check=True)
        return done.stdout

    def client(self, kind: str) -> Registered:
        """The client of a kind: `public`, `confidential`, or `resource`, which is our own API."""
        if kind not in self._clients:
            self._clients[kind] = self._register(kind)
        return self._clients[kind]

    def _register(self, kind: str) -> Registered:
        grants = ["authorization_code", "refresh_token", DEVICE_GRANT]
        if kind != "public":
            grants.append("client_credentials")
        created = self.run(
            "client", "create", "--name", kind.capitalize(), "--format", "json",
            *("--type", "public" if kind == "public" else "confidential"),
            *(part for grant in grants for part in ("--grant", grant)),
            *("--scope", "*", "--redirect-uri", REDIRECT_URI),
            *(("--resource", self.server.url) if kind == "resource" else ()),
        )  # fmt: skip
        told = json.loads(created)
        return Registered(self.issuer, told["client_id"], told.get("client_secret"))


@contextmanager
def live_demo(folder: Path, database: Mapping[str, str], *arguments: str) -> Iterator[Live]:
    """`serve --demo` in a folder, with the database that these settings name."""
    with serving_demo(folder, *arguments, environment=database) as server:
        yield Live(server, database)


@contextmanager
def own_database(kind: str) -> Iterator[dict[str, str]]:
    """The settings of an empty database; SQLite's is where the server's home is."""
    with ExitStack() as stack:
        if kind == "sqlite":
            yield {}
        else:
            yield {"SCOPEGATE_DATABASE_URL": stack.enter_context(own_schema())}
