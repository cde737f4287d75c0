"""What the authorization endpoint sends a client: a code, or a refusal (RFC 6749 s4.1.2)."""

import secrets
from collections.abc import Sequence

from token_service.audit import AuditEvent, AuditRecord, write_audit
from token_service.authorization import (
    AuthorizationRequest,
    Recipient,
    read_authorization_request,
    refusal,
)
from token_service.entities import GrantType, User
from token_service.errors import AuthorizationRefusedError, ScopeError
from token_service.grants.context import GrantContext
from token_service.grants.issue import InvalidTargetError, allowed_resource, hash_token
from token_service.grants.offer import check_askable
from token_service.redirects import with_parameters
from token_service.scopes import join_scopes
from token_service.store.codes import NewCode, insert_code

#: seconds that a code waits for its exchange
CODE_SECONDS = 60
_GRANT = GrantType.AUTHORIZATION_CODE


def read_askable(context: GrantContext, recipient: Recipient) -> AuthorizationRequest:
    """What is asked, if some user could grant it; else an AuthorizationRefusedError."""
    asked = read_authorization_request(recipient)
    try:
        check_askable(context, _GRANT, client=recipient.client, asked=asked.scopes)
        allowed_resource(context, asked.resource)
    except ScopeError as error:
        raise refusal(recipient, "invalid_scope", str(error)) from error
    except InvalidTargetError as error:
        raise refusal(recipient, "invalid_target", "the resource is unknown") from error
    return asked


def issue_code(
    context: GrantContext,
    recipient: Recipient,
    asked: AuthorizationRequest,
    *,
    user: User,
    granted: Sequence[str],
) -> str:
    """Store a code: the address that takes it to the client."""
    code, now, scope = secrets.token_urlsafe(32), int(context.clock()), join_scopes(granted)
    new = NewCode(
        code_hash=hash_token(code),
        client=recipient.client.id,
        user=user.id,
        redirect_uri=asked.redirect_uri,
        scope=scope,
        resource=allowed_resource(context, asked.resource),
        code_challenge=asked.code_challenge,
        issued_at=now,
        expires_at=now + CODE_SECONDS,
    )
    insert_code(context.engine, new)
    write_audit(
        AuditRecord(
            event=AuditEvent.CODE_ISSUED,
            time=now,
            grant_type=_GRANT.value,
            client_id=recipient.client.client_id,
            subject=user.subject,
            scope=scope,
            status=303,
        )
    )
    return _address(context, recipient, {"code": code})


def refuse(
    context: GrantContext,
    recipient: Recipient,
    error: AuthorizationRefusedError,
    *,
    user: User | None,
) -> str:
    """The address that takes a refusal to the client."""
    write_audit(
        AuditRecord(
            event=AuditEvent.AUTHORIZATION_REFUSED,
            time=int(context.clock()),
            grant_type=_GRANT.value,
            client_id=recipient.client.client_id,
            subject=user.subject if user else None,
            error=error.code,
            status=303,
        )
    )
    return _address(context, recipient, {"error": error.code, "error_description": str(error)})


def note_unusable(context: GrantContext) -> None:
    """Write down that a request named nobody who could be answered."""
    write_audit(
        AuditRecord(
            event=AuditEvent.AUTHORIZATION_REFUSED,
            time=int(context.clock()),
            error="invalid_request",
            status=400,
        )
    )


def _address(context: GrantContext, recipient: Recipient, answer: dict[str, str]) -> str:
    """The redirect URI with an answer, `state`, and `iss` (RFC 9207)."""
    told = {**answer, "state": recipient.state, "iss": context.settings.issuer}
    return with_parameters(recipient.redirect_uri, told)
