"""A document whose operations a backend answers, and the gateway in front of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.backend import Backend
from tests.e2e.servers import Server, serving

DOCUMENT = """\
openapi: 3.0.3
info: {title: fronted, version: "1"}
servers: [{url: /v2}]
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows:
        clientCredentials:
          tokenUrl: /o/token/
          scopes: {read: see, write: change}
    key: {type: apiKey, in: header, name: X-API-Key}
    asked: {type: apiKey, in: query, name: api_key}
    baked: {type: apiKey, in: cookie, name: key_cookie}
    session: {type: apiKey, in: cookie, name: sid}
    basic: {type: http, scheme: basic}
paths:
  /open:
    get: &open {operationId: open, security: [], responses: &responses {"200": {description: ok}}}
    put: &put {security: [], responses: *responses}
    post: *put
    delete: *put
  /open/{id}:
    get:
      security: []
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: *responses
  /songs:
    get: {operationId: listSongs, security: [{oauth: [read]}], responses: *responses}
    post:
      security: [{oauth: [write]}]
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      requestBody:
        content:
          application/json: {schema: {type: object, required: [title]}}
          text/csv: {}
      responses: *responses
  /maybe: {get: {operationId: maybe, security: [{oauth: [read]}, {}], responses: *responses}}
  /hooks: {get: {operationId: hook, responses: *responses}}
  /files:
    post:
      operationId: upload
      security: [{oauth: [write]}]
      requestBody: {content: {application/octet-stream: {schema: {type: string, format: binary}}}}
      responses: *responses
    get: {security: [{oauth: [read]}], responses: *responses}
"""
SETTINGS = """\
[schemes.session]
session = true
"""


@contextmanager
def fronting(
    backend: Backend, folder: Path, *arguments: str, settings: str = SETTINGS, **environment: str
) -> Iterator[Server]:
    """Serve the document in front of a backend."""
    (folder / "fronted.yaml").write_text(DOCUMENT, encoding="utf-8")
    (folder / "scopegate.toml").write_text(settings, encoding="utf-8")
    with serving(
        "fronted.yaml",
        "--upstream",
        backend.url,
        *arguments,
        folder=folder,
        environment=environment,
    ) as server:
        yield server
