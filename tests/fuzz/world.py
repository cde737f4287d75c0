"""The demo behind both doors, with tokens of its own key and accounts to sign in with."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gateway.app.compose import compose
from gateway.app.composition import Composition
from gateway.app.demo import fill_demo
from tests.corpus.cases import BadToken
from tests.corpus.server import bad_token, serve_document, settings_for
from tests.fuzz.accounts import create_accounts
from tests.fuzz.doors import Door, InProcess, OverHttp
from tests.fuzz.scope_sets import Scopes, declared_scopes

OPENAPI = Path(__file__).parents[2] / "openapi"
DOCUMENT = OPENAPI / "openapi.yaml"
TOKEN_SERVICE = OPENAPI / "token_service.yaml"


@dataclass(frozen=True, slots=True, repr=False)
class World:
    """What a fuzzer needs: the doors, and tokens good and bad."""

    home: Path
    doors: Sequence[Door]
    #: of the HTTP door
    port: int
    sign: Callable[[Scopes], str]
    #: how it is wrong -> a token with every scope
    bad_tokens: Mapping[str, str]


def read_raw(document: Path) -> dict[str, Any]:
    """A document as its text alone has it."""
    raw: dict[str, Any] = yaml.safe_load(document.read_text("utf-8"))
    return raw


@contextmanager
def open_world(home: Path, document: Path = DOCUMENT) -> Iterator[World]:
    """Serve a document with the demo's handlers, on one database, behind both doors."""
    settings = settings_for(home)
    composition = Composition(with_demo_handlers=True)
    with ExitStack() as stack:
        server, engine = stack.enter_context(serve_document(document, settings, composition))
        loaded, tokens = server.application.document, server.application.tokens
        second = compose(loaded, settings, engine, composition=composition)
        fill_demo(tokens.administration, engine)
        create_accounts(tokens.administration)
        alice = tokens.administration.find_user_by_name("alice")
        assert alice is not None
        now = int(time.time())
        claims = {
            "iss": settings.issuer,
            "aud": settings.audience,
            "sub": alice.subject,
            "client_id": "fuzz",
            "jti": "fuzz",
            "iat": now,
            "exp": now + 3600,
        }
        every = {**claims, "scope": " ".join(sorted(declared_scopes(read_raw(document))))}
        yield World(
            home=home,
            doors=(
                stack.enter_context(InProcess(second.asgi)),
                stack.enter_context(OverHttp(server.port)),
            ),
            port=server.port,
            sign=lambda scopes: tokens.keyring.sign({**claims, "scope": " ".join(sorted(scopes))}),
            bad_tokens=_bad_tokens(every, tokens.keyring.active),
        )


def _bad_tokens(claims: dict[str, Any], key: Any) -> Mapping[str, str]:
    """Tokens that are wrong in one way; nothing revokes an access token yet."""
    kinds = sorted(set(BadToken) - {BadToken.REVOKED})
    return {
        **{str(kind): bad_token(kind, claims, key) for kind in kinds},
        # as refresh tokens look
        "opaque": "mF_9.B5f-4.1JqM0dWl1m8hBz2kR7vQxU3tYc6nE5sA9g",
        "cut short": bad_token(BadToken.FORGED, claims, key).rpartition(".")[0],
    }
