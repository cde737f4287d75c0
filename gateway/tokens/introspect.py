"""Tokens that only their issuer can read: asked of it, and its answer believed for seconds."""

import asyncio
import base64
import hashlib
import logging
from collections.abc import Callable
from urllib.parse import quote_plus

import httpx

from gateway.model import AccessToken, Refused, TokenFault, Uncheckable
from gateway.tokens.binding import TokenTrust
from gateway.tokens.exchange import (
    IDENTITY,
    TIME_LIMIT_SECONDS,
    Answer,
    Failure,
    exchange,
    new_client,
    trusted_url,
)
from gateway.tokens.introspected import introspected_token
from gateway.tokens.recent import Recent
from gateway.tokens.source import Introspection
from gateway.tokens.strict_json import read_json_object

_LOG = logging.getLogger(__name__)

#: how long an answer is believed; a token taken back at its issuer is accepted no longer
ACTIVE_SECONDS = 30
REFUSED_SECONDS = 10
#: what a caller is to wait while the issuer cannot be asked
RETRY_SECONDS = 5
#: answers remembered, of each of the two kinds
REMEMBERED = 10_000
#: questions under way at once; one more is told to come back
IN_FLIGHT = 100
#: a longer text is no token, and not worth a question
MAX_TOKEN_CHARACTERS = 16 * 1024
_MEDIA_TYPE = "application/json"

Outcome = AccessToken | Refused | Uncheckable


class Introspector:
    """Asks one endpoint about tokens; for one event loop, as an application has it."""

    def __init__(
        self,
        introspection: Introspection,
        trust: TokenTrust,
        *,
        clock: Callable[[], float],
        transport: httpx.AsyncBaseTransport | None = None,
        time_limit: float = TIME_LIMIT_SECONDS,
    ) -> None:
        """Raise SettingsError for a URL that cannot be trusted with tokens."""
        self._url = trusted_url(introspection.url, what="introspection")
        self._authorization = _basic(introspection.client_id, introspection.client_secret)
        self._trust = trust
        self._clock = clock
        self._transport = transport
        self._time_limit = time_limit
        self._client: httpx.AsyncClient | None = None
        self._active: Recent[AccessToken] = Recent(REMEMBERED)
        self._refused: Recent[Refused] = Recent(REMEMBERED)
        self._flights: dict[bytes, asyncio.Task[Outcome]] = {}

    async def introspect(self, text: str) -> Outcome:
        """What the issuer says of a token; questions about one token share one answer."""
        if len(text) > MAX_TOKEN_CHARACTERS or not text.isascii():
            return Refused(TokenFault.MALFORMED)
        digest = hashlib.sha256(text.encode("ascii")).digest()
        now = self._clock()
        known = self._active.find(digest, now) or self._refused.find(digest, now)
        if known is not None:
            return known
        flight = self._flights.get(digest)
        if flight is None:
            if len(self._flights) >= IN_FLIGHT:
                return Uncheckable(RETRY_SECONDS)
            flight = asyncio.create_task(self._ask(text, digest))
            self._flights[digest] = flight
        return await asyncio.shield(flight)

    async def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _ask(self, text: str, digest: bytes) -> Outcome:
        try:
            outcome = self._read(await self._send(text))
        finally:
            del self._flights[digest]
        self._remember(digest, outcome)
        return outcome

    async def _send(self, text: str) -> Answer | Failure:
        """RFC 7662 s2.1: the token travels in the body alone."""
        if self._client is None:
            self._client = new_client(
                self._url, transport=self._transport, time_limit=self._time_limit
            )
        request = self._client.build_request(
            "POST",
            self._url,
            data={"token": text, "token_type_hint": "access_token"},
            headers={"accept": _MEDIA_TYPE, "authorization": self._authorization, **IDENTITY},
        )
        return await exchange(self._client, request, time_limit=self._time_limit)

    def _read(self, answer: Answer | Failure) -> Outcome:
        if isinstance(answer, Failure):
            return self._uncheckable(answer.why)
        if answer.media_type != _MEDIA_TYPE:
            return self._uncheckable("answered something else than application/json")
        try:
            response = read_json_object(answer.body)
        except ValueError as error:
            return self._uncheckable(f"is not strict JSON: {error}")
        if not isinstance(response.get("active"), bool):
            return self._uncheckable("answered without `active`")
        return introspected_token(response, self._trust, now=int(self._clock()))

    def _uncheckable(self, why: str) -> Uncheckable:
        _LOG.warning("a token cannot be checked: the introspection at `%s` %s", self._url, why)
        return Uncheckable(RETRY_SECONDS)

    def _remember(self, digest: bytes, outcome: Outcome) -> None:
        now = self._clock()
        match outcome:
            case AccessToken(expires_at=expires_at):
                until = min(expires_at, now + ACTIVE_SECONDS)
                self._active.keep(digest, outcome, now=now, until=until)
            case Refused():
                self._refused.keep(digest, outcome, now=now, until=now + REFUSED_SECONDS)
            case Uncheckable():
                pass


def _basic(client_id: str, client_secret: str) -> str:
    """RFC 6749 s2.3.1: each half form-encoded first, so that a colon stays in its half."""
    pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
    return f"Basic {base64.b64encode(pair.encode('ascii')).decode('ascii')}"
