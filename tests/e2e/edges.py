"""A document that holds one operation for each edge of HTTP, and the server that keeps it."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.servers import Server, serving

DOCUMENT = """\
openapi: 3.0.3
info: {title: edges, version: "1"}
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows: &flows
        clientCredentials:
          tokenUrl: /o/token/
          scopes: {read: see, write: change, sign: sign, secret: see the secret}
    other: {type: oauth2, flows: *flows}
    away:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: /o/token/, scopes: {read: see}}}
    key: {type: apiKey, in: header, name: X-API-Key}
    session: {type: apiKey, in: cookie, name: sid}
paths:
  /songs:
    get: {security: [{oauth: [read]}], responses: &responses {"200": {description: ok}}}
    post:
      security: [{oauth: [write]}]
      requestBody:
        required: true
        content:
          application/json: {schema: {type: object}}
          application/x-www-form-urlencoded: {schema: {type: object}}
      responses: *responses
  /optional: {get: {security: [{}], responses: *responses}}
  /either: {get: {operationId: either, security: [{}, {oauth: [read]}], responses: *responses}}
  /both: {get: {security: [{oauth: [read], other: [sign]}], responses: *responses}}
  /things/{id}:
    get: {operationId: thing, security: [], responses: *responses,
          parameters: &id [{name: id, in: path, required: true, schema: {type: string}}]}
    delete: {security: [], parameters: *id, responses: *responses}
  /things/secret: {get: {security: [{oauth: [secret]}], responses: *responses}}
  /open: {get: {security: [], responses: *responses}}
  /keyed: {get: {security: [{key: []}], responses: *responses}}
  /several:
    get: {security: [{key: []}, {session: []}, {oauth: [read]}], responses: *responses}
  /away: {get: {security: [{away: [read]}], responses: *responses}}
  /undeclared: {get: {responses: *responses}}
  /described:
    get: {security: [], responses: *responses}
    options: {security: [{oauth: [read]}], responses: *responses}
  /cached:
    get: {operationId: cached, security: [{oauth: [read]}], responses: *responses}
"""

HANDLERS = """\
from scopegate import Answer, operation


@operation("either")
def either(caller):
    return {"subject": caller.subject, "scopes": sorted(caller.scopes), "matched": caller.matched}


@operation("thing")
def thing(id):
    return {"id": id}


@operation("cached")
def cached():
    return Answer({}, headers={"Cache-Control": "public, s-maxage=60, max-age=30"})
"""

#: the issuer of the scheme `away`: nobody listens on port 1
AWAY = "http://127.0.0.1:1"
SETTINGS = f"""\
[schemes.away]
issuer = "{AWAY}"
jwks_uri = "{AWAY}/jwks.json"
audience = "edges"
"""


@contextmanager
def serving_edges(folder: Path, *, detail: str = "full") -> Iterator[Server]:
    """Serve the document with its handlers, examples for the rest."""
    (folder / "edges.yaml").write_text(DOCUMENT, encoding="utf-8")
    (folder / "edge_handlers.py").write_text(HANDLERS, encoding="utf-8")
    (folder / "scopegate.toml").write_text(SETTINGS, encoding="utf-8")
    environment = {"SCOPEGATE_DENIAL_DETAIL": detail}
    arguments = ("edges.yaml", "--handlers", "edge_handlers", "--mock")
    with serving(*arguments, folder=folder, environment=environment) as server:
        yield server


def unsigned_token() -> str:
    """A token of the issuer that is away: only its keys could tell that nobody signed it."""
    header = {"alg": "RS256", "typ": "at+jwt", "kid": "unknown"}
    claims = {"iss": AWAY, "aud": "edges", "sub": "somebody", "client_id": "c", "jti": "1"}
    times = {"iat": 1, "exp": 4_000_000_000, "scope": "read"}
    parts = [json.dumps(part).encode() for part in (header, claims | times)]
    return ".".join(_base64url(part) for part in (*parts, bytes(256)))


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
