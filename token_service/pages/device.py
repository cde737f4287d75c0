"""Where a person enters the code that a device shows, and answers what it asks (RFC 8628 s3.3)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from token_service.audit import AuditEvent, AuditRecord, write_audit
from token_service.entities import Client, DeviceCode, GrantType, User
from token_service.grants.offer import Offer, make_offer
from token_service.grants.user_codes import hash_user_code, read_user_code, show_user_code
from token_service.pages.consent import describe_consent, show_consent
from token_service.pages.forms import Form, field
from token_service.pages.render import see_other
from token_service.pages.site import Site, signed_in
from token_service.pages.visitor import Visitor
from token_service.scopes import join_scopes, parse_scopes
from token_service.store.clients import find_client_by_id
from token_service.store.devices import answer_device_code, find_user_code
from token_service.throttle import ADDRESS_WAITS, address_key, user_code_key

DEVICE = "/o/device/"
_GRANT = GrantType.DEVICE_CODE
_NO_CODE = "A code has eight letters and no vowels. Compare it with your device."
_NOT_FOUND = "No device waits with this code. It works for ten minutes; ask for a new one."


@dataclass(frozen=True, slots=True)
class _Question:
    """A device that waits, and what its user can be asked."""

    user_code: str
    code: DeviceCode
    client: Client
    offer: Offer


class DevicePages:
    """`/o/device`: a code is looked for anew at each step, and each wrong one is counted."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._context = site.context

    def routes(self) -> list[Route]:
        """Every path, with and without the trailing slash."""
        return [
            Route(path, self._site.guarded(handler), methods=methods)
            for name, handler, methods in (
                (DEVICE, self.device, ["GET", "POST"]),
                (f"{DEVICE}allowed/", self.allowed, ["GET"]),
                (f"{DEVICE}denied/", self.denied, ["GET"]),
            )
            for path in (name, name.rstrip("/"))
        ]

    async def device(self, request: Request) -> Response:
        """Ask for the code, then what to answer; a code in the address is only filled in."""
        visitor = await self._site.visitor(request)
        if visitor.user is None:
            return self._site.to_login(request)
        if request.method != "POST":
            letters = read_user_code(request.query_params.get("user_code", ""))
            return self._enter(visitor, show_user_code(letters) if letters else "")
        form = await self._site.form_of(request, visitor)
        typed, user = field(form, "user_code")[:40], visitor.user
        letters = read_user_code(typed)
        if letters is None:
            return self._enter(visitor, typed, fault=_NO_CODE)
        peer = request.client.host if request.client else ""
        question = await self._site.in_thread(lambda: self._find(letters, user, peer=peer))
        if question is None:
            return self._enter(visitor, show_user_code(letters), fault=_NOT_FOUND)
        return await self._consent(visitor, question, form)

    async def allowed(self, request: Request) -> Response:
        """The device may."""
        advice = "Your device will notice within a few seconds."
        return await self._done(request, title="The device is connected", advice=advice)

    async def denied(self, request: Request) -> Response:
        """The device may not."""
        advice = "The device was told so, and got nothing."
        return await self._done(request, title="You said no", advice=advice)

    async def _consent(self, visitor: Visitor, question: _Question, form: Form) -> Response:
        """Ask the user, or do what he says."""
        user, decision = signed_in(visitor), field(form, "decision")
        granted = question.offer.granted(form.get("scope", ()))
        if decision == "deny" or (decision == "allow" and granted):
            scope = join_scopes(granted) if decision == "allow" else None
            answered = await self._site.in_thread(
                lambda: self._store(question, user, granted=scope)
            )
            if not answered:
                return self._enter(visitor, question.user_code, fault=_NOT_FOUND)
            return see_other(f"{DEVICE}denied/" if scope is None else f"{DEVICE}allowed/")
        consent = await self._site.in_thread(
            lambda: describe_consent(
                self._site,
                question.client,
                question.offer,
                user=user,
                resource=question.code.resource,
            )
        )
        return show_consent(
            self._site,
            visitor,
            consent,
            action=DEVICE,
            ticked=granted if decision else question.offer.scopes,
            user_code=question.user_code,
            failed=decision == "allow",
        )

    def _find(self, letters: str, user: User, *, peer: str) -> _Question | None:
        """What waits for an answer under the code; a guess is counted for user and address.

        A right code does not make up for the user's wrong ones: he can have codes of his own.
        """
        context, now = self._context, self._now()
        own, address = user_code_key(user.subject), address_key(peer)
        for key in (own, address):
            context.throttle.admit(key, now=now)
        code = find_user_code(context.engine, hash_user_code(letters), now=now)
        client = None if code is None else find_client_by_id(context.engine, code.client)
        if code is None or client is None or not (client.is_active and client.may_use(_GRANT)):
            context.throttle.fail(own, now=now)
            context.throttle.fail(address, now=now, waits=ADDRESS_WAITS)
            return None
        asked = parse_scopes(code.scope) if code.scope else None
        offer = make_offer(context, _GRANT, client=client, user=user, asked=asked)
        return _Question(show_user_code(letters), code, client, offer)

    def _store(self, question: _Question, user: User, *, granted: str | None) -> bool:
        """Store the answer, None for no; False if it comes too late."""
        now = self._now()
        stored = answer_device_code(
            self._context.engine, question.code, user=user.id, granted=granted, now=now
        )
        if stored:
            write_audit(
                AuditRecord(
                    event=AuditEvent.DEVICE_DENIED
                    if granted is None
                    else AuditEvent.DEVICE_APPROVED,
                    time=now,
                    grant_type=_GRANT.value,
                    client_id=question.client.client_id,
                    subject=user.subject,
                    scope=granted,
                )
            )
        return stored

    def _enter(self, visitor: Visitor, user_code: str, *, fault: str = "") -> Response:
        status = 400 if fault else 200
        return self._site.show(
            visitor, "device.html", status=status, user_code=user_code, fault=fault
        )

    async def _done(self, request: Request, *, title: str, advice: str) -> Response:
        visitor = await self._site.visitor(request)
        return self._site.show(visitor, "device_done.html", title=title, advice=advice)

    def _now(self) -> int:
        return int(self._context.clock())
