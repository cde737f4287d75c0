"""How another document takes the place of the one that rules in this process."""

import asyncio
from collections.abc import Mapping

from gateway.app.serving import Serving
from gateway.app.tokens import session_cookie_of
from gateway.bearers import close_bearers
from gateway.edge.entry import Entry
from gateway.edge.served import Served
from gateway.errors import SettingsError
from gateway.load import LoadedDocument
from gateway.spec.model import SchemeName
from gateway.tokens.prove import BearerBinding

#: how long requests of the document before may still ask its issuers
_GRACE_SECONDS = 30.0


class Reloading:
    """Builds aside, and swaps by one assignment; to be called from one thread at a time."""

    def __init__(self, entry: Entry, serving: Serving) -> None:
        self._entry = entry
        self._serving = serving
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def ruling(self) -> LoadedDocument:
        """The document that rules."""
        return self._entry.served.ruleset.document

    @property
    def was_refused(self) -> bool:
        """Whether the last try was refused."""
        told = self._serving.watching.reloads.told()
        return told is not None and told["outcome"] == "refused"

    async def start(self) -> None:
        """Remember the loop in which what is no longer used is closed."""
        self._loop = asyncio.get_running_loop()

    async def stop(self) -> None:
        """End what waits to be closed; each closes first."""
        self._loop = None
        for task in self._closing:
            task.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)

    def build(self, document: LoadedDocument) -> Served:
        """What would serve a document, probed; whatever is wrong with it raises."""
        cookie, ruling = session_cookie_of(document), session_cookie_of(self.ruling)
        if cookie != ruling:
            raise SettingsError(
                f"the session's cookie cannot become `{cookie}` while `{ruling}` is in use; restart"
            )
        served = self._serving.of(document, after=self._entry.served.ruleset)
        if self._serving.settings.only != "tokens":
            served.planned.probe()
        return served

    def swap(self, served: Served) -> None:
        """Let it rule from the next request on."""
        before, self._entry.served = self._entry.served, served
        watching = self._serving.watching
        watching.metrics.loads.loaded(served.ruleset.policy.digest)
        watching.reloads.went_well()
        kept = {bearer.introspector for bearer in served.ruleset.bearers.values()}
        bearers = before.ruleset.bearers.items()
        gone = {name: bearer for name, bearer in bearers if bearer.introspector not in kept}
        if gone and self._loop is not None:
            self._loop.call_soon_threadsafe(self._close_later, gone)

    def refuse(self, why: str) -> None:
        """Note that a document was refused; the one before rules on."""
        self._serving.watching.metrics.loads.failed()
        self._serving.watching.reloads.was_refused(why)

    def _close_later(self, bearers: Mapping[SchemeName, BearerBinding]) -> None:
        task = asyncio.ensure_future(_close_after_grace(bearers))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _close_after_grace(bearers: Mapping[SchemeName, BearerBinding]) -> None:
    try:
        await asyncio.sleep(_GRACE_SECONDS)
    finally:
        await close_bearers(bearers)
