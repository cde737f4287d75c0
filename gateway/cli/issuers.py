"""What `serve` says at its start of the issuers elsewhere, and their keys read for it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from gateway.app.compose import Application
from gateway.cli.talk import counted
from gateway.load import LoadedDocument
from gateway.settings import Settings
from gateway.spec.model import SchemeName
from gateway.tokens.key_cache import CachedKeys
from gateway.tokens.source import Discovery, Introspection, JwksUrl, OwnKeyring

#: a start waits so long for the keys of issuers elsewhere, all of them together
START_SECONDS = 2.0
_NOT_ASKED = "not asked yet"


@dataclass(frozen=True, slots=True)
class _Issuer:
    """An issuer elsewhere, as one line tells it."""

    issuer: str
    profile: str
    proof: str


def read_keys_at_start(application: Application) -> None:
    """Read the keys of all issuers elsewhere; what cannot be read now is tried again by requests.

    Leaves nothing behind in the event loop that it uses, so that another one can go on.
    """
    sources = {
        id(keys): keys
        for name in application.document.trusts.sources
        if (keys := _fetched(application, name)) is not None
    }
    if sources:
        asyncio.run(_read(list(sources.values())))


async def _read(sources: list[CachedKeys]) -> None:
    await asyncio.wait(
        [asyncio.create_task(keys.read()) for keys in sources], timeout=START_SECONDS
    )


def issuer_lines(application: Application, settings: Settings, *, are_read: bool) -> Iterator[str]:
    """One line an issuer; the last one says that our own token service is off, if it is."""
    loaded = application.document
    found = dict.fromkeys(
        _described(application, loaded, name, are_read=are_read)
        for name in loaded.trusts.bearers
        if name not in loaded.trusts.embedded
    )
    off = "token service: off" if settings.trusted_issuer is not None else ""
    told = [f"issuer {i.issuer}  {i.proof}  {i.profile}" for i in found]
    if off:
        told[-1:] = [f"{told[-1]}   {off}" if told else off]
    for line in told:
        yield f"  {line}"


def _described(
    application: Application, loaded: LoadedDocument, name: SchemeName, *, are_read: bool
) -> _Issuer:
    trust = loaded.trusts.bearers[name]
    source = loaded.trusts.sources[name]
    if isinstance(source, Introspection):
        return _Issuer(trust.issuer, "by introspection", f"asked at {source.url}")
    detected = " (detected)" if name in loaded.trusts.detected else ""
    keys = _fetched(application, name)
    proof = _keys_told(keys) if keys is not None and are_read else f"keys {_NOT_ASKED}"
    return _Issuer(trust.issuer, f"profile {trust.profile}{detected}", proof)


def _keys_told(keys: CachedKeys) -> str:
    if keys.key_set is not None:
        return counted(len(keys.key_set.keys), "key")
    return f"keys not read yet ({keys.problem or f'no answer within {START_SECONDS:g} s'})"


def _fetched(application: Application, name: SchemeName) -> CachedKeys | None:
    """The keys that are fetched for a scheme; None if it needs none."""
    match application.document.trusts.sources[name]:
        case JwksUrl() | Discovery():
            keys = application.asgi.served.ruleset.bearers[name].keys
            return keys if isinstance(keys, CachedKeys) else None
        case OwnKeyring() | Introspection():
            return None
        case _ as never:
            assert_never(never)


def source_words(loaded: LoadedDocument, name: SchemeName) -> str:
    """How the tokens of a bearer scheme are proven, in a few words."""
    match loaded.trusts.sources.get(name, OwnKeyring()):
        case OwnKeyring():
            return "the embedded token service"
        case JwksUrl(url):
            return url
        case Discovery():
            return "keys by discovery"
        case Introspection(url):
            return f"asked at {url}"
        case _ as never:
            assert_never(never)
