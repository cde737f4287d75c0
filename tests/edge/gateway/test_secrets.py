"""No secret reaches a log or an answer, whatever is sent: with every logger at DEBUG."""

import asyncio
import base64
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from gateway.app.compose import Application, compose
from gateway.app.composition import Composition
from gateway.app.demo import DemoAccounts, fill_demo
from gateway.app.tokens import open_database
from gateway.load import load_document
from gateway.ops.audit_log import AuditLog
from gateway.ops.console import ConsoleSink
from gateway.spec.read import read_description
from tests.edge.gateway.jwks import issuer_elsewhere
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import OAUTH, document, operation, read
from tests.unit.app.homes import settings_in
from tests.unit.documents import FOLDER
from tests.unit.tokens.minting import AUDIENCE, ISSUER, mint

FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
WRONG_PASSWORD = "a-wrong-password-9071"
NEW_PASSWORD = "a-new-password-5512"
SHORT_PASSWORD = "s3cr3t!"
COOKIE = "a-cookie-value-7734"
JUNK = "a-junk-token-2291"
FORGED = mint("ES256", iss="http://localhost:8000/o", aud="http://localhost:8000")


@dataclass
class Watched:
    """An application, every answer of which is kept together with what it must not tell."""

    application: Application
    demo: DemoAccounts
    audit: AuditLog
    #: never in a log
    secrets: set[str] = field(default_factory=set)
    replies: list[Reply] = field(default_factory=list)

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Reply:
        reply = asyncio.run(call(self.application.asgi, method, target, headers, body=body))
        self.replies.append(reply)
        return reply

    def token(self, form: Mapping[str, str], *, secret: str | None = None) -> dict[str, Any]:
        """Ask for a token as the demo's client; what it grants is a secret from now on."""
        secret = secret or self.demo.client_secret
        pair = base64.b64encode(f"{self.demo.client_id}:{secret}".encode()).decode()
        self.secrets |= {secret, pair}
        headers = {**FORM, "authorization": f"Basic {pair}"}
        reply = self.send("POST", "/o/token/", headers, urlencode(form).encode())
        answer: dict[str, Any] = reply.json()
        granted = {answer[n] for n in ("access_token", "refresh_token") if n in answer}
        if granted:
            self.replies.remove(reply)
            assert reply.header("cache-control") == "no-store"
        self.secrets |= granted
        return answer

    def leaks(self, log: str) -> list[str]:
        """The secrets that the log or an answer tells, as a whole or by a token's signature."""
        wanted = self.secrets | {s.rpartition(".")[2] for s in self.secrets if s.count(".") == 2}
        told = [log, *(f"{reply.headers} {reply.body.decode()}" for reply in self.replies)]
        return [secret for secret in wanted if any(secret in text for text in told)]


@pytest.fixture
def watched(home: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Watched]:
    """The demo, whole; the loggers are set before anything is built, since some ask only then."""
    caplog.set_level(logging.DEBUG)
    settings = settings_in(home)
    engine = open_database(settings)
    audit = AuditLog(home / "audit.log")
    application = compose(
        load_document(read_description(str(FOLDER / "openapi.yaml")), settings),
        settings,
        engine,
        composition=Composition(
            with_demo_handlers=True,
            sinks=(ConsoleSink("openapi.yaml"), ConsoleSink("openapi.yaml", on_terminal=True)),
            audit=audit,
        ),
    )
    demo = fill_demo(application.tokens.administration, engine)
    assert demo is not None
    yield Watched(application, demo, audit, {demo.client_secret, *demo.passwords.values()})
    engine.dispose()


def test_no_secret_reaches_a_log_or_an_answer(
    watched: Watched, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    password = {"grant_type": "password", "username": "alice"}
    right = {**password, "password": watched.demo.passwords["alice"]}
    valid, refresh = watched.token(right)["access_token"], watched.token(right)["refresh_token"]
    expired = watched.application.tokens.mint("user:x", ["read"], client_id="c", ttl=-60)
    watched.secrets |= {expired, FORGED, JUNK, COOKIE}
    watched.secrets |= {WRONG_PASSWORD, NEW_PASSWORD, SHORT_PASSWORD}

    watched.token({**password, "password": WRONG_PASSWORD})
    watched.token({**password, "password": WRONG_PASSWORD, "scope": "nothing"})
    watched.token(password, secret="a-wrong-client-secret")
    watched.token({"grant_type": "refresh_token", "refresh_token": refresh})
    watched.token({"grant_type": "refresh_token", "refresh_token": refresh})  # spent
    watched.token({"grant_type": "refresh_token", "refresh_token": JUNK})
    watched.token({"grant_type": JUNK, "password": WRONG_PASSWORD})

    for token in (valid, expired, FORGED, JUNK):
        bearer = {"authorization": f"Bearer {token}"}
        watched.send("GET", "/songs", bearer)
        watched.send("GET", "/songs?limit=junk", bearer)
        watched.send("GET", f"/songs?access_token={token}", {})
        watched.send("GET", f"/songs?access_token={token}", bearer)
        watched.send("GET", "/users/me/", {"cookie": f"sessionid={COOKIE}; x={token}"})
        watched.send("GET", "/nowhere", bearer)
        watched.send("GET", "/songs", {"authorization": f"Bearer {token}, Bearer {token}"})
        watched.send("GET", "/songs", {"authorization": f"Basic {token}"})
    for secret in (NEW_PASSWORD, SHORT_PASSWORD, NEW_PASSWORD):
        user = json.dumps({"username": "carol", "password": secret}).encode()
        watched.send("POST", "/users/", {**JSON, "authorization": f"Bearer {valid}"}, user)
        watched.send("POST", "/users/", {**JSON, "authorization": f"Bearer {valid}"}, user[:-1])
        watched.send("POST", "/users/", JSON, user)

    statuses = {reply.status for reply in watched.replies}
    assert statuses >= {200, 201, 400, 401, 404, 409}
    assert "token.refused" in caplog.text
    out, err = capsys.readouterr()
    assert "why: scopegate explain" in err
    watched.audit.flush()
    audit = watched.audit.path.read_text(encoding="ascii")
    metrics = watched.application.serving.watching.metrics.text().decode()
    assert '"effect":"permit"' in audit
    assert '"reason":"invalid_credential","fault":"expired"' in audit
    assert 'reason="expired"' in metrics
    assert watched.leaks(caplog.text + out + err + audit + metrics) == []


def test_the_watch_would_see_a_leak(watched: Watched) -> None:
    token = watched.application.tokens.mint("user:x", [], client_id="c", ttl=60)
    watched.secrets.add(token)

    assert watched.leaks("") == []
    assert watched.leaks(f"signature {token.rpartition('.')[2]}") != []
    assert watched.leaks(f"logged {token}") != []


def test_a_handler_that_fails_logs_its_own_words_and_not_the_credential(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    text = document({"/notes": {"post": operation([{"oauth": ["write"]}], requestBody=body)}})
    settings = settings_in(home)
    engine = open_database(settings)
    application = compose(
        load_document(read(text), settings),
        settings,
        engine,
        composition=Composition(handlers="tests.edge.gateway.failing"),
    )
    token = application.tokens.mint("user:x", ["write"], client_id="c", ttl=60)

    reply = asyncio.run(
        call(
            application.asgi,
            "POST",
            "/notes",
            {**JSON, "authorization": f"Bearer {token}"},
            body=b'{"text": "words of the body"}',
        )
    )
    engine.dispose()

    assert reply.problem() == (500, "internal-error")
    assert b"words of the body" not in reply.body
    assert "words of the body" in caplog.text
    assert token not in caplog.text
    assert token.rpartition(".")[2] not in caplog.text
    assert "authorization" not in caplog.text.lower()


def test_fetching_keys_elsewhere_tells_nothing_of_the_token(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    text = document({"/a": {"get": operation([{"oauth": ["read"]}])}}, schemes={"oauth": OAUTH})
    tokens = [mint("ES256"), mint("ES256", which="theirs"), mint("EdDSA")]
    with issuer_elsewhere() as issuer:
        table = {"issuer": ISSUER, "audience": AUDIENCE, "jwks_uri": issuer.jwks_uri}
        settings = settings_in(home, schemes={"oauth": table})
        engine = open_database(settings)
        application = compose(load_document(read(text), settings), settings, engine)
        for token in tokens:
            header = {"authorization": f"Bearer {token}"}
            asyncio.run(call(application.asgi, "GET", "/a", header))
        engine.dispose()

    assert issuer.requests
    assert "/jwks" in caplog.text
    assert not any(token.rpartition(".")[2] in caplog.text for token in tokens)
