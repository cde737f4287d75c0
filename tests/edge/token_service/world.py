"""A whole token service in process, with a clock and a document that tests can change."""

import asyncio
import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
import jwt
from sqlalchemy import Engine

from token_service.app import TokenService, create_token_service
from token_service.keys import Keyring
from token_service.migrations.run import check, upgrade
from token_service.ports import OpenedOperation
from token_service.settings import Argon2Profile, TokenServiceSettings
from token_service.store.engine import open_engine

ISSUER = "http://localhost:8000/o"
AUDIENCE = "http://localhost:8000"
PASSWORD = "a-password-for-alice"
#: hashing that costs nothing worth waiting for
CHEAP = Argon2Profile(time_cost=1, memory_kib=8, parallelism=1)
SCOPES = frozenset({"create", "post", "read", "widget"})


@dataclass
class Document:
    """The scopes of a document that tests may reload."""

    scopes: frozenset[str] = SCOPES
    by_grant: dict[str, frozenset[str]] = field(default_factory=dict)
    #: raised instead of an answer
    fault: Exception | None = None

    def for_grant(self, grant: str) -> frozenset[str]:
        if self.fault:
            raise self.fault
        return self.by_grant.get(grant, self.scopes)


@dataclass
class Words:
    """What scopes mean, as a document would say it."""

    title: str = "Songs"
    operations: dict[str, list[OpenedOperation]] = field(default_factory=dict)

    def description(self, scope: str) -> str:
        return f"the words for {scope}"

    def opened_by(self, scopes: frozenset[str]) -> Mapping[str, Sequence[OpenedOperation]]:
        return {scope: self.operations.get(scope, []) for scope in scopes}


@dataclass
class ManualClock:
    """A clock that moves when told to."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    """One token service with a user and a client, and how to speak to it."""

    service: TokenService
    engine: Engine
    document: Document
    words: Words
    clock: ManualClock
    client_id: str
    client_secret: str

    @property
    def basic(self) -> dict[str, str]:
        return basic(self.client_id, self.client_secret)

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | list[tuple[str, str]] | None = None,
        content: bytes | None = None,
        peer: str = "192.0.2.1",
    ) -> httpx.Response:
        return asyncio.run(self._send(method, path, headers=headers, content=content, peer=peer))

    def token(
        self,
        form: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        peer: str = "192.0.2.1",
    ) -> httpx.Response:
        """Post a form as this world's client, or with other headers."""
        return self.post("/o/token/", form, headers=headers, peer=peer)

    def post(
        self,
        path: str,
        form: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        peer: str = "192.0.2.1",
    ) -> httpx.Response:
        """Post a form to one of the endpoints, as `token` does."""
        sent = self.basic if headers is None else dict(headers)
        sent["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(form).encode()
        return self.send("POST", path, headers=sent, content=body, peer=peer)

    def password(self, **more: str) -> httpx.Response:
        """The password grant for alice."""
        form = {"grant_type": "password", "username": "alice", "password": PASSWORD}
        return self.token({**form, **more})

    def refresh(self, refresh_token: str, **more: str) -> httpx.Response:
        """The refresh grant."""
        return self.token({"grant_type": "refresh_token", "refresh_token": refresh_token, **more})

    def revoke(
        self, token: str, *, headers: Mapping[str, str] | None = None, **more: str
    ) -> httpx.Response:
        """Hand a token back."""
        return self.post("/o/revoke_token/", {"token": token, **more}, headers=headers)

    def introspect(
        self, token: str, *, headers: Mapping[str, str] | None = None, **more: str
    ) -> httpx.Response:
        """Ask what a token is worth."""
        return self.post("/o/introspect/", {"token": token, **more}, headers=headers)

    def is_active(self, token: str) -> bool:
        """Whether this world's client is told that its token is good."""
        return bool(self.introspect(token).json()["active"])

    def claims(self, response: httpx.Response) -> dict[str, Any]:
        """The verified claims of an answer's access token."""
        return self.token_claims(response.json()["access_token"])

    def token_claims(self, token: str, *, audience: str = AUDIENCE) -> dict[str, Any]:
        """The verified claims of an access token."""
        key = self.service.keyring.active
        claims: dict[str, Any] = jwt.decode(
            token,
            key=jwt.PyJWK.from_dict(dict(key.jwk)),
            algorithms=[key.alg],
            audience=audience,
            issuer=ISSUER,
            options={"verify_exp": False, "verify_iat": False},
        )
        return claims

    async def _send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | list[tuple[str, str]] | None,
        content: bytes | None,
        peer: str,
    ) -> httpx.Response:
        transport = httpx.ASGITransport(
            app=self.service.asgi, client=(peer, 1234), raise_app_exceptions=False
        )
        async with httpx.AsyncClient(transport=transport, base_url=AUDIENCE) as client:
            return await client.request(method, path, headers=headers, content=content)


def make_world(home: Path, *, database_url: str | None = None, busy_seconds: float = 5) -> World:
    """A migrated database with alice, and a confidential client with every grant."""
    url = database_url or f"sqlite:///{home / 'scopegate.db'}"
    settings = TokenServiceSettings(
        home=home, database_url=url, issuer=ISSUER, audience=AUDIENCE, argon2=CHEAP
    )
    engine = open_engine(url, busy_seconds=busy_seconds)
    if not check(engine):
        upgrade(engine)
    document, words, clock = Document(), Words(), ManualClock()
    keyring = Keyring.open(home / "keys", "ES256")
    service = create_token_service(
        settings, engine=engine, keyring=keyring, declared=document, words=words, clock=clock
    )
    service.administration.create_user("alice", PASSWORD)
    created = service.administration.create_client(
        "walk-through", grants=["password", "refresh_token", "client_credentials"]
    )
    return World(
        service=service,
        engine=engine,
        document=document,
        words=words,
        clock=clock,
        client_id=created.client.client_id,
        client_secret=created.secret or "",
    )


def basic(client_id: str, secret: str) -> dict[str, str]:
    """Basic credentials as RFC 6749 s2.3.1 wants them: each part form-encoded first."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def outcome(response: httpx.Response) -> tuple[int, str | None]:
    """What tests compare: the status and the error code."""
    body = json.loads(response.content) if response.content else {}
    return response.status_code, body.get("error")
