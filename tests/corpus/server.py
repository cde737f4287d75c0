"""The HTTP door: a real uvicorn for each document, with credentials made for each case."""

import asyncio
import base64
import json
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.app.compose import Application, compose
from gateway.app.composition import Composition
from gateway.app.tokens import open_database
from gateway.edge.wire import BoundedHttpProtocol
from gateway.load import load_document
from gateway.policy.compile import takes_bearer_token
from gateway.settings import Settings, load_settings
from gateway.spec.model import KeyPlace, SchemeKind, SchemeName, SecurityScheme
from gateway.spec.read import read_description
from tests.corpus.cases import BadToken, Case, Present, Setup
from tests.corpus.store import (
    CorpusCredentials,
    bound_certificates,
    certificate_headers,
    told,
)
from token_service.store.engine import Engine

_ALICE = "user:alice"
_SECONDS = 10


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer as it came over the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for found, value in self.headers if found == name]

    def json(self) -> Any:
        """The body, which is JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class DocumentServer:
    """One document, served."""

    application: Application
    port: int
    _server: uvicorn.Server
    _thread: threading.Thread

    @classmethod
    def start(
        cls, application: Application, *, protocol: type[BoundedHttpProtocol] = BoundedHttpProtocol
    ) -> Self:
        """Serve an application on a port of its own."""
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            application.served,
            http=protocol,
            loop="asyncio",
            ws="none",
            lifespan="on",
            proxy_headers=False,
            log_level="warning",
            access_log=False,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=_run, args=(server, listener), daemon=True)
        thread.start()
        _wait(server)
        return cls(application, listener.getsockname()[1], server, thread)

    def stop(self) -> None:
        """End the server, and wait until it ended."""
        self._server.should_exit = True
        self._thread.join(_SECONDS)

    def send(self, method: str, target: str, headers: list[tuple[str, str]]) -> HttpAnswer:
        """Send a request exactly as told, over a connection of its own."""
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers]
        raw = "\r\n".join([*lines, "", ""]).encode("latin-1")
        with socket.create_connection(("127.0.0.1", self.port), timeout=_SECONDS) as connection:
            connection.sendall(raw)
            received = b""
            while piece := connection.recv(65536):
                received += piece
        return _parse(received)


@contextmanager
def serve_document(
    document: Path, settings: Settings, composition: Composition
) -> Iterator[tuple[DocumentServer, Engine]]:
    """Serve a document with the handlers that are chosen, on a database of its own."""
    engine = open_database(settings)
    loaded = load_document(read_description(str(document)), settings)
    server = DocumentServer.start(compose(loaded, settings, engine, composition=composition))
    yield server, engine
    server.stop()
    engine.dispose()


def _application(
    setup: Setup, settings: Settings, engine: Engine, credentials: CorpusCredentials
) -> Application:
    """A document of the corpus; every permitted request is answered 501."""
    description = read_description(str(setup.document))
    settings = replace(
        settings,
        undeclared_security=setup.undeclared,
        trusted_proxies=("127.0.0.1",),
        schemes=bound_certificates(description.schemes, setup.bound),
    )
    document = load_document(
        description, settings, taken_as_bound=[SchemeName(name) for name in setup.bound]
    )
    return compose(document, settings, engine, credentials=credentials)


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    asyncio.run(server.serve(sockets=[listener]))


def _wait(server: uvicorn.Server) -> None:
    limit = time.monotonic() + _SECONDS
    while not server.started:
        assert time.monotonic() < limit, "the server did not start"
        time.sleep(0.01)


def _parse(received: bytes) -> HttpAnswer:
    head, _, body = received.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = tuple(
        (name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in rest)
    )
    return HttpAnswer(int(first.split(" ")[1]), headers, body)


def settings_for(home: Path) -> Settings:
    """Settings of a home in a temporary folder."""
    return load_settings(flags={"home": str(home)}, environment={}, file={})


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers of a test session, each started when its first case comes."""

    settings: Settings
    engine: Engine
    credentials: CorpusCredentials
    _running: dict[Setup, DocumentServer] = field(default_factory=dict)

    @classmethod
    def open(cls, home: Path, **more: Any) -> Self:
        """Prepare a home with its database and keys; `more` are settings of all servers."""
        settings = replace(settings_for(home), **more)
        engine = open_database(settings)
        return cls(settings, engine, CorpusCredentials(settings.issuer, engine))

    def of(self, setup: Setup) -> DocumentServer:
        """The server of a document."""
        if setup not in self._running:
            application = _application(setup, self.settings, self.engine, self.credentials)
            self._running[setup] = DocumentServer.start(application)
        return self._running[setup]

    def stop(self) -> None:
        """End them all."""
        for server in self._running.values():
            server.stop()
        self.engine.dispose()

    def ask(self, case: Case) -> HttpAnswer:
        """Send a case's request."""
        target, headers = self.request(case)
        return self.of(case.setup).send(case.method, target, headers)

    def request(self, case: Case) -> tuple[str, list[tuple[str, str]]]:
        """The target and headers of a case's request, with a token made now."""
        server = self.of(case.setup)
        schemes = list(server.application.document.policy.schemes.values())
        token = self._token(server, case.present, schemes)
        target = case.target.replace("$TOKEN", token or "")
        if case.present.headers is not None:
            headers = [(n, v.replace("$TOKEN", token or "")) for n, v in case.present.headers]
            return target, headers
        headers, query = _presented(
            case.present, schemes, case.setup, token=token, credentials=self.credentials
        )
        joined = "&".join(f"{name}={value}" for name, value in query)
        separator = "&" if "?" in target else "?"
        return f"{target}{separator}{joined}" if joined else target, headers

    def _token(
        self, server: DocumentServer, present: Present, schemes: list[SecurityScheme]
    ) -> str | None:
        """The one bearer token of a case, valid or not; None: there is none."""
        bearers = [scheme.name for scheme in schemes if takes_bearer_token(scheme)]
        given = present.schemes or {}
        named = [name for name in bearers if name in given]
        if present.token is None and present.scopes is None and not named:
            return None
        keyring = server.application.tokens.keyring
        now = int(time.time())
        users = present.users or {}
        claims: dict[str, Any] = {
            "iss": self.settings.issuer,
            "aud": self.settings.audience,
            "sub": f"user:{next((users[n] for n in bearers if n in users), 'alice')}",
            "client_id": "corpus",
            "jti": "corpus",
            "iat": now,
            "exp": now + 600,
            "scope": " ".join(sorted(present.scopes or ())),
            "roles": [role for name in named for role in given[name]],
        }
        if present.token is not None:
            return bad_token(present.token, claims, keyring.active)
        return keyring.sign(claims)


def bad_token(kind: BadToken, claims: dict[str, Any], key: Any) -> str:
    """A token that is wrong in exactly one way."""
    now = claims["iat"]
    changes: Mapping[BadToken, dict[str, Any]] = {
        BadToken.EXPIRED: {"iat": now - 900, "exp": now - 300},
        # far enough that no run of the tests comes near
        BadToken.NOT_YET_VALID: {"nbf": now + 86_400, "exp": now + 90_000},
        BadToken.ISSUED_IN_FUTURE: {"iat": now + 86_400, "exp": now + 90_000},
        BadToken.WRONG_AUDIENCE: {"aud": "https://elsewhere.example"},
        BadToken.WRONG_ISSUER: {"iss": "https://elsewhere.example"},
        BadToken.MISSING_CLAIM: {"sub": None},
        BadToken.MALFORMED_SCOPE: {"scope": ["read"]},
    }
    headers: dict[str, Any] = {"typ": "at+jwt", "kid": key.kid}
    private: Any = key.private
    algorithm = key.alg
    match kind:
        case BadToken.JUNK:
            return "junk"
        case BadToken.WRONG_TYPE:
            headers["typ"] = "JWT"
        case BadToken.UNKNOWN_KEY:
            headers["kid"] = "nobody"
        case BadToken.CRITICAL:
            headers |= {"crit": ["exp"]}
        case BadToken.FORGED:
            private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case BadToken.NO_ALGORITHM:
            return _unsigned(headers, claims)
        case _:
            claims = claims | changes[kind]
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(present, private, algorithm=algorithm, headers=headers)


def _unsigned(headers: dict[str, Any], claims: dict[str, Any]) -> str:
    """Header and claims under `alg: none`, with a signature part that is not empty."""
    parts = (json.dumps({**headers, "alg": "none"}), json.dumps(claims))
    encoded = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "AA"])


def _presented(
    present: Present,
    schemes: list[SecurityScheme],
    setup: Setup,
    *,
    token: str | None,
    credentials: CorpusCredentials,
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Headers and query of a case: the token, and each proven or invalid key."""
    headers = [("Authorization", f"Bearer {token}")] if token is not None else []
    query: list[tuple[str, str]] = []
    cookies: list[str] = []
    for scheme in schemes:
        what = _what(present, scheme)
        if what is None or takes_bearer_token(scheme) or scheme.name not in setup.bound:
            continue
        name, roles = scheme.parameter or "", list((present.schemes or {}).get(scheme.name, ()))
        match scheme.place:
            case KeyPlace.HEADER:
                headers.append((name, _key(scheme, what, roles, credentials)))
            case KeyPlace.QUERY:
                query.append((name, _key(scheme, what, roles, credentials)))
            case KeyPlace.COOKIE:
                cookies.append(f"{name}={_told(present, scheme, what)}")
            case None if scheme.kind is SchemeKind.MUTUAL_TLS:
                headers += certificate_headers(roles, is_valid=what == "valid")
            case None:
                pair = _password(present, scheme, what, credentials=credentials)
                encoded = base64.b64encode(pair.encode()).decode()
                headers.append(("Authorization", f"Basic {encoded}"))
    if cookies:
        headers.append(("Cookie", "; ".join(cookies)))
    return headers, query


def _what(present: Present, scheme: SecurityScheme) -> str | None:
    """What a case presents for a scheme: valid, invalid, uncheckable, or nothing."""
    if scheme.name in present.invalid:
        return "invalid"
    if scheme.name in present.uncheckable:
        return "uncheckable"
    return "valid" if scheme.name in (present.schemes or {}) else None


def _key(
    scheme: SecurityScheme, what: str, roles: list[str], credentials: CorpusCredentials
) -> str:
    match what:
        case "valid":
            return credentials.key(scheme.name, roles)
        case "invalid":
            return credentials.no_key()
        case _:
            return told(what)


def _password(
    present: Present, scheme: SecurityScheme, what: str, *, credentials: CorpusCredentials
) -> str:
    """Name and password; of a user of the store if nothing else of the case proves a user."""
    is_alone = present.scopes is None and len(present.schemes or {}) <= 1
    if what == "valid" and (is_alone or _is_beside_certificates(present)):
        return credentials.user(list((present.schemes or {})[scheme.name]))
    if what == "invalid":
        return credentials.no_user()
    return f"somebody:{_told(present, scheme, what)}"


def _is_beside_certificates(present: Present) -> bool:
    """Whether all other schemes of a case prove a client."""
    return present.scopes is None and set(present.schemes or {}) == {"certificate", "basic"}


def _told(present: Present, scheme: SecurityScheme, what: str) -> str:
    """What a cookie or password tells of itself."""
    user = (present.users or {}).get(scheme.name)
    return told(
        what,
        kind="user",
        subject=f"user:{user}" if user else _ALICE,
        roles=list((present.schemes or {}).get(scheme.name, ())),
        by_cookie=scheme.place is KeyPlace.COOKIE,
        csrf=present.csrf,
    )


def challenged_schemes(answer: HttpAnswer) -> list[str]:
    """The realms of the challenges: the schemes of the document, in their order."""
    found = (re.search(r'realm="([^"]*)"', value) for value in answer.all("www-authenticate"))
    return [match.group(1) for match in found if match]


def challenge_parameter(answer: HttpAnswer, name: str) -> str | None:
    """The first value of a parameter in the challenges."""
    pattern = re.compile(rf'\b{name}="([^"]*)"')
    found = (pattern.search(value) for value in answer.all("www-authenticate"))
    return next((match.group(1) for match in found if match), None)
