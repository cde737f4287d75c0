"""The one table that turns a denial into status, WWW-Authenticate and problem: semantics s4."""

import re
from collections.abc import Mapping
from typing import Any

from gateway.edge.problem import Problem
from gateway.model import Challenge, Decision, Outcome, Reason, RequestFault
from gateway.policy.explain import STATUS
from gateway.policy.rules import Policy
from gateway.spec.model import SchemeKind, SecurityScheme

#: reason -> slug of the problem type, detail; the status is gateway.policy.explain.STATUS
_ANSWERS: Mapping[Reason, tuple[str, str]] = {
    Reason.NO_CREDENTIAL: (
        "unauthenticated",
        "Authentication credentials were not provided.",
    ),
    Reason.INVALID_CREDENTIAL: ("invalid-credential", "The access token is invalid."),
    Reason.INSUFFICIENT_SCOPE: (
        "insufficient-scope",
        "You do not have permission to perform this action.",
    ),
    Reason.UNDECLARED_SECURITY: (
        "undeclared-security",
        "You do not have permission to perform this action. It declares no security.",
    ),
    Reason.DIFFERENT_USERS: (
        "different-users",
        "You do not have permission to perform this action. The credentials prove different users.",
    ),
    Reason.CSRF: (
        "csrf",
        "You do not have permission to perform this action. The CSRF token is missing or wrong.",
    ),
    Reason.UNCHECKABLE: (
        "uncheckable-credential",
        "The credential cannot be checked now. Try again later.",
    ),
    Reason.INVALID_REQUEST: (
        "ambiguous-credentials",
        "The request presents more than one credential where one is allowed.",
    ),
    Reason.UNKNOWN_OPERATION: (
        "forbidden",
        "You do not have permission to perform this action.",
    ),
}

_UNAUTHORIZED = 401
#: RFC 9110 s5.6.2
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BEARER_KINDS = frozenset({SchemeKind.OAUTH2, SchemeKind.OPENID_CONNECT, SchemeKind.HTTP_BEARER})


def answer_denial(
    decision: Decision, policy: Policy, *, shows_detail: bool, resource_metadata: str | None = None
) -> Problem:
    """The answer to a denied request; `shows_detail` is SCOPEGATE_DENIAL_DETAIL=full.

    `resource_metadata` is the URL that bearer challenges of a 401 name (RFC 9728 s5.1).
    """
    status = STATUS[decision.reason]
    metadata = resource_metadata if status == _UNAUTHORIZED else None
    slug, detail = _ANSWERS[decision.reason]
    headers = [(b"cache-control", b"no-store")]
    headers += [
        (
            b"www-authenticate",
            _challenge(challenge, policy, shows_detail=shows_detail, metadata=metadata),
        )
        for challenge in decision.challenges
    ]
    if decision.retry_after is not None:
        headers.append((b"retry-after", str(decision.retry_after).encode()))
    members = _members(decision, policy) if shows_detail else {}
    return Problem(status, slug, detail, tuple(headers), members)


def _members(decision: Decision, policy: Policy) -> Mapping[str, Any]:
    match decision.reason:
        case Reason.INVALID_CREDENTIAL if decision.fault is not None:
            return {"reason": decision.fault.value}
        case Reason.INVALID_REQUEST if isinstance(decision.request_fault, RequestFault):
            return {"reason": decision.request_fault.value}
        case Reason.INSUFFICIENT_SCOPE:
            alternatives = policy.rules[decision.operation].alternatives
            return {
                "required": [[*a.scopes, *_roles(a.needs)] for a in alternatives],
                "missing": [_missing(outcome) for outcome in decision.outcomes],
            }
        case Reason.UNDECLARED_SECURITY | Reason.DIFFERENT_USERS | Reason.CSRF:
            return {"required": [], "missing": []}
        case _:
            return {}


def _roles(needs: Any) -> list[str]:
    return [role for need in needs for role in need.roles]


def _missing(outcome: Outcome) -> list[str]:
    return [*outcome.missing_scopes, *outcome.missing_roles]


def _challenge(
    challenge: Challenge, policy: Policy, *, shows_detail: bool, metadata: str | None
) -> bytes:
    scheme = policy.schemes[challenge.scheme]
    parameters = {"realm": str(scheme.name)}
    if scheme.kind in _BEARER_KINDS:
        if challenge.error:
            parameters["error"] = challenge.error
        if challenge.scopes and shows_detail:
            parameters["scope"] = " ".join(challenge.scopes)
        if metadata:
            parameters["resource_metadata"] = metadata
    elif scheme.kind is SchemeKind.API_KEY:
        parameters["in"] = scheme.place.value if scheme.place else ""
        parameters["name"] = scheme.parameter or ""
    elif scheme.kind is SchemeKind.HTTP_BASIC:
        parameters["charset"] = "UTF-8"
    written = ", ".join(f"{name}={_quoted(value)}" for name, value in parameters.items())
    return f"{_auth_scheme(scheme)} {written}".encode("ascii")


def _auth_scheme(scheme: SecurityScheme) -> str:
    match scheme.kind:
        case SchemeKind.API_KEY:
            return "ApiKey"
        case SchemeKind.MUTUAL_TLS:
            return "MutualTLS"
        case SchemeKind.HTTP_BASIC:
            return "Basic"
        case SchemeKind.UNSUPPORTED if _TOKEN.fullmatch(scheme.http_scheme or ""):
            return (scheme.http_scheme or "").title()
        case _:
            return "Bearer"


def _quoted(value: str) -> str:
    """Quote as RFC 9110 s5.6.4 says; what a header cannot hold is left out."""
    safe = "".join(char for char in value if " " <= char <= "~")
    return '"' + safe.replace("\\", "\\\\").replace('"', '\\"') + '"'
