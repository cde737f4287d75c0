"""The authorization endpoint: a browser comes from a client, its user answers, it goes back."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from token_service.authorization import AuthorizationRequest, Recipient, read_recipient, refusal
from token_service.entities import GrantType
from token_service.errors import AuthorizationRefusedError, UnusableRequestError
from token_service.grants.authorization_answer import (
    issue_code,
    note_unusable,
    read_askable,
    refuse,
)
from token_service.grants.offer import make_offer
from token_service.pages.consent import describe_consent, show_consent
from token_service.pages.forms import field
from token_service.pages.render import see_other
from token_service.pages.site import FaultPageError, Site, signed_in
from token_service.pages.visitor import Visitor
from token_service.store.clients import find_client

AUTHORIZE = "/o/authorize/"
_GRANT = GrantType.AUTHORIZATION_CODE


class ConsentPages:
    """`/o/authorize`: nothing that a form holds is trusted, the query is read anew each time."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._context = site.context

    def routes(self) -> list[Route]:
        """With and without the trailing slash."""
        handler = self._site.guarded(self.authorize)
        paths = (AUTHORIZE.rstrip("/"), AUTHORIZE)
        return [Route(path, handler, methods=["GET", "POST"]) for path in paths]

    async def authorize(self, request: Request) -> Response:
        """`/o/authorize/` (RFC 6749 s3.1): client and redirect URI, then all else."""
        query = request.scope["query_string"]
        recipient = await self._site.in_thread(lambda: self._recipient(query))
        visitor = await self._site.visitor(request)
        try:
            asked = await self._site.in_thread(lambda: read_askable(self._context, recipient))
            if asked.is_silent:
                code = "login_required" if visitor.user is None else "consent_required"
                raise refusal(recipient, code, "the user has to be asked")
            if visitor.user is None:
                return self._site.to_login(request)
            return await self._consent(request, visitor, recipient=recipient, asked=asked)
        except AuthorizationRefusedError as error:
            # An address that some user registered is no place to send just anybody to, unasked
            # (RFC 9700 s4.11.2).
            if visitor.user is None and recipient.client.owner is not None:
                return self._site.to_login(request)
            return see_other(refuse(self._context, recipient, error, user=visitor.user))

    async def _consent(
        self,
        request: Request,
        visitor: Visitor,
        *,
        recipient: Recipient,
        asked: AuthorizationRequest,
    ) -> Response:
        """Ask the user, or do what he says."""
        user, context, client = signed_in(visitor), self._context, recipient.client
        offer = make_offer(context, _GRANT, client=client, user=user, asked=asked.scopes)
        form = {} if request.method != "POST" else await self._site.form_of(request, visitor)
        decision, granted = field(form, "decision"), offer.granted(form.get("scope", ()))
        if decision == "deny":
            raise refusal(recipient, "access_denied", "the user said no")
        if decision == "allow" and granted:
            return see_other(
                await self._site.in_thread(
                    lambda: issue_code(context, recipient, asked, user=user, granted=granted)
                )
            )
        consent = await self._site.in_thread(
            lambda: describe_consent(self._site, client, offer, user=user, resource=asked.resource)
        )
        query = request.scope["query_string"].decode("ascii")
        return show_consent(
            self._site,
            visitor,
            consent,
            action=f"{AUTHORIZE}?{query}",
            ticked=granted if form else offer.scopes,
            leads_to=recipient.redirect_uri,
            failed=decision == "allow",
        )

    def _recipient(self, query: bytes) -> Recipient:
        engine = self._context.engine
        try:
            return read_recipient(query, find_client=lambda name: find_client(engine, name))
        except UnusableRequestError as error:
            note_unusable(self._context)
            raise FaultPageError(
                400,
                "This request cannot be answered",
                f"Something is wrong that only the application can mend: {error}. "
                "Nothing was sent anywhere. Go back, and tell those who run the application.",
            ) from error
