"""`scopegate.guard`: an ASGI application of yours behind the decisions of a document."""

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from anyio import CapacityLimiter
from starlette.types import ASGIApp

from gateway.app.nobody import NobodyKnown
from gateway.app.proving import SESSION_THREADS, bind_with_store, local_credentials
from gateway.app.revocations import OwnRevocations
from gateway.app.store_of_home import open_store_of_home
from gateway.app.tokens import session_cookie_of
from gateway.bearers import bind_keys, close_bearers
from gateway.edge.cors import Cors
from gateway.edge.doors import Doors
from gateway.edge.guarded import GuardedApplication, Judging
from gateway.edge.joined_lifespan import Hook
from gateway.edge.matrix.application import MatrixPage
from gateway.edge.matrix.form import PATH as MATRIX
from gateway.edge.pages import AnyPage, problem_pages
from gateway.edge.trusted_peer import TrustedPeer
from gateway.edge.verdict import Settle
from gateway.errors import SettingsError, UsageError
from gateway.guard import Guard, build_ruleset
from gateway.load import LoadedDocument, load_document
from gateway.settings import Settings, load_settings, parse_settings_file
from gateway.spec.limits import Limits
from gateway.spec.model import SchemeName
from gateway.spec.read import read_description
from gateway.tokens.key_cache import CachedKeys
from gateway.tokens.ports import CredentialSource
from gateway.tokens.prove import BearerBinding

#: a start waits so long for the keys of issuers elsewhere, all of them together
_START_SECONDS = 2.0
_SETTINGS_FILE = Path("scopegate.toml")
_USUAL = ("openapi.yaml", "openapi/openapi.yaml")


@dataclass(frozen=True, slots=True)
class _Proofs:
    """What credentials are proven by, and what begins and ends with it."""

    bearers: Mapping[SchemeName, BearerBinding]
    credentials: CredentialSource
    on_startup: tuple[Hook, ...]
    on_shutdown: tuple[Hook, ...]


def guard_application(app: ASGIApp, flags: Mapping[str, str], *, root_path: str) -> ASGIApp:
    """Put the guard before an application; whatever is wrong with document or settings raises."""
    settings = _settings({**flags, "only": "gateway"})
    document = _document(settings)
    has_home = settings.origins["home"] != "default"
    _refuse_trust_in_nobody(document, has_home=has_home)
    needs_store = bool(_needing_store(document))
    proofs = _by_store(document, settings) if needs_store else _by_issuers(document)
    guarded = GuardedApplication(
        app,
        Judging(
            build_ruleset(document, proofs.bearers),
            Guard(credentials=proofs.credentials, clock=time.time),
            Settle(shows_detail=settings.denial_detail == "full"),
        ),
        root_path=root_path.rstrip("/"),
        own=_own_pages(document),
        on_startup=(*proofs.on_startup, partial(_read_keys, proofs.bearers)),
        on_shutdown=(*proofs.on_shutdown, partial(close_bearers, proofs.bearers)),
    )
    return _around(guarded, settings)


def _settings(flags: Mapping[str, str]) -> Settings:
    """The settings as arguments, environment and ./scopegate.toml give them, as for `serve`."""
    file = {}
    if _SETTINGS_FILE.is_file():
        text = _SETTINGS_FILE.read_text(encoding="utf-8")
        file = dict(parse_settings_file(text, name=str(_SETTINGS_FILE)))
    settings = load_settings(flags=flags, environment=os.environ, file=file)
    for name in ("upstream", "admin_bind"):
        if getattr(settings, name):
            raise SettingsError(
                f"{settings.origins[name]}: `{name}` is for `scopegate serve`; the application "
                "behind the guard answers here, so leave it out"
            )
    return settings


def _document(settings: Settings) -> LoadedDocument:
    spec = settings.spec or next((name for name in _USUAL if Path(name).is_file()), "")
    if not spec:
        raise UsageError("name the document: guard(app, spec=...), or set SCOPEGATE_SPEC")
    limits = Limits(max_bytes=settings.spec_max_bytes)
    description = read_description(spec, limits=limits, tolerate=settings.tolerate)
    return load_document(description, settings)


def _needing_store(document: LoadedDocument) -> tuple[SchemeName, ...]:
    """The schemes whose credentials are proven by the store and keys of a token service."""
    trusts = document.trusts
    local = {
        *trusts.embedded, *trusts.sessions, *trusts.users, *trusts.keys,
        *(n for n, trust in trusts.bearers.items() if trust.users_are_local),
    }  # fmt: skip
    named = {name for rule in document.policy.rules.values() for name in rule.schemes}
    return tuple(name for name in document.description.schemes if name in local & named)


def _refuse_trust_in_nobody(document: LoadedDocument, *, has_home: bool) -> None:
    """Stop where nobody said whose credentials to believe, rather than guess."""
    needing = _needing_store(document)
    if needing and not has_home:
        scheme = document.description.schemes[needing[0]]
        raise SettingsError(
            f"{scheme.origin}: nothing says whose credentials of `{scheme.name}` are believed; "
            f"give `issuer` and `audience`, or bind [schemes.{scheme.name}] in {_SETTINGS_FILE}, "
            "or give the `home` of a scopegate token service"
        )


def _by_issuers(document: LoadedDocument) -> _Proofs:
    """Tokens of issuers elsewhere; there is no store to ask."""
    bearers = bind_keys(document.trusts, embedded=dict, clock=time.time)
    return _Proofs(bearers, NobodyKnown(), (), ())


def _by_store(document: LoadedDocument, settings: Settings) -> _Proofs:
    """The tokens, sessions, keys and users of a token service that has its home here."""
    tokens = open_store_of_home(
        settings, lambda: document, session_cookie=session_cookie_of(document)
    )
    revocations = OwnRevocations(tokens.revocations)
    limiter = CapacityLimiter(SESSION_THREADS)
    return _Proofs(
        bind_with_store(tokens, revocations, limiter, time.time, document.trusts),
        local_credentials(settings, tokens, limiter),
        (revocations.start,),
        (revocations.stop,),
    )


async def _read_keys(bearers: Mapping[SchemeName, BearerBinding]) -> None:
    """Read the keys of issuers elsewhere; what cannot be read now is tried again by requests."""
    sources = {id(b.keys): b.keys for b in bearers.values() if isinstance(b.keys, CachedKeys)}
    if sources:
        tasks = [asyncio.create_task(_quietly(keys)) for keys in sources.values()]
        await asyncio.wait(tasks, timeout=_START_SECONDS)


async def _quietly(keys: CachedKeys) -> None:
    await keys.read()


def _own_pages(document: LoadedDocument) -> Mapping[str, AnyPage]:
    """What is ours below `/-/`: the explanations of problems, and the matrix for this machine."""
    matrix = dict.fromkeys((MATRIX, f"{MATRIX}/"), MatrixPage(document))
    return {**problem_pages(), **Doors().behind(matrix)}


def _around(guarded: GuardedApplication, settings: Settings) -> ASGIApp:
    app: ASGIApp = guarded
    if settings.cors_origins:
        app = Cors(guarded, settings.cors_origins, guarded.methods)
    return TrustedPeer(app, settings.trusted_proxies) if settings.trusted_proxies else app
