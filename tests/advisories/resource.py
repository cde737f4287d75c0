"""A gateway that trusts the issuer of the minted tokens, on a real server that they are sent to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.app.composition import Composition
from tests.advisories.octets import METADATA
from tests.advisories.served import DOCUMENT
from tests.corpus.server import DocumentServer, HttpAnswer, serve_document
from tests.edge.gateway.jwks import Issuer, issuer_elsewhere
from tests.unit.app.homes import settings_in
from tests.unit.tokens.minting import ALGORITHMS, AUDIENCE, ISSUER, NOW, public_jwk

#: what every forged or malformed token is answered with
CHALLENGE = f'Bearer realm="song_auth", error="invalid_token", {METADATA}'


@dataclass(frozen=True, slots=True)
class Resource:
    """The gateway, and the issuer whose keys it has fetched."""

    server: DocumentServer
    issuer: Issuer

    def get(self, token: str, method: str = "GET") -> HttpAnswer:
        """Ask for the songs, which need `read`; to create them needs `create`."""
        return self.server.send(method, "/songs", [("Authorization", f"Bearer {token}")])


@contextmanager
def served_resource(folder: Path) -> Iterator[Resource]:
    """Serve a document whose scheme is bound to the issuer, at the time of its tokens."""
    with issuer_elsewhere() as issuer:
        issuer.jwks = {"keys": [public_jwk(alg) for alg in ALGORITHMS]}
        table = {"issuer": ISSUER, "audience": AUDIENCE, "jwks_uri": issuer.jwks_uri}
        settings = settings_in(folder / "home", schemes={"song_auth": table})
        composition = Composition(mocks=True, clock=lambda: NOW)
        with serve_document(DOCUMENT, settings, composition) as (server, _):
            yield Resource(server, issuer)
