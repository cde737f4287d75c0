"""Problem details (RFC 9457): every answer of ours that is not a success."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import orjson
from starlette.types import Send

from gateway.edge.reply import Reply, send_reply
from gateway.edge.request.problem import RequestProblem
from gateway.edge.request_ids import urn_of
from gateway.edge.settled_head import SettledHead
from gateway.handler import Violation

#: where `type` points to; each slug of PROBLEM_TYPES has a page there
PROBLEM_PATH = "/-/problems/"

_NOTHING: Mapping[str, Any] = MappingProxyType({})
#: where Content-Length stands among the headers of a problem
_LENGTH_AT = 1


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of problem: its title, and the text of the page that explains it."""

    title: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One answer; `slug` is a key of PROBLEM_TYPES, `members` extend the body."""

    status: int
    slug: str
    detail: str
    headers: tuple[tuple[bytes, bytes], ...] = ()
    members: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


PROBLEM_TYPES: Mapping[str, ProblemType] = MappingProxyType(
    {
        "unauthenticated": ProblemType(
            "Authentication required",
            "Nothing was presented for any scheme of the operation. WWW-Authenticate names them.",
        ),
        "invalid-credential": ProblemType(
            "Invalid credential",
            "A credential was presented and is not valid; `reason` says why: expired, audience, "
            "issuer, signature and so on. Even where another alternative would hold, a bad "
            "credential is refused.",
        ),
        "insufficient-scope": ProblemType(
            "Insufficient scope",
            "The credentials are valid and lack scopes or roles. `required` lists what each "
            "alternative asks for, `missing` what is lacking, in the order of the document.",
        ),
        "undeclared-security": ProblemType(
            "No security declared",
            "The document declares no security for this operation, which may be an accident: "
            "nobody may call it. Write `security: []` into the document if it is meant to be "
            "public.",
        ),
        "different-users": ProblemType(
            "Different users",
            "The credentials that an alternative needs together belong to different users.",
        ),
        "csrf": ProblemType(
            "Cross-site request",
            "A cookie alone cannot change anything: send the token of GET /accounts/csrf in "
            "X-CSRF-Token.",
        ),
        "uncheckable-credential": ProblemType(
            "Credential cannot be checked",
            "What is needed to check a credential (keys, the store) is away. Try again later.",
        ),
        "ambiguous-credentials": ProblemType(
            "Ambiguous credentials",
            "Several credentials were sent where one is allowed (RFC 6750 s2).",
        ),
        "not-found": ProblemType("Not found", "Nothing is served at this path."),
        "method-not-allowed": ProblemType(
            "Method not allowed", "The path is served, the method is not; see Allow."
        ),
        "method-not-implemented": ProblemType(
            "Method not implemented", "No path of this server has this method; see Allow."
        ),
        "invalid-request": ProblemType(
            "Invalid request",
            "The body or a parameter does not fit the document; `violations` says where, each "
            "place a JSON pointer (RFC 6901).",
        ),
        "content-too-large": ProblemType(
            "Content too large", "The body is larger than this server reads."
        ),
        "unsupported-media-type": ProblemType(
            "Unsupported media type",
            "The operation does not take a body of this Content-Type or Content-Encoding.",
        ),
        "no-such-object": ProblemType("No such object", "There is no object with this id."),
        "conflict": ProblemType("Conflict", "The state of the object forbids the change."),
        "unprocessable": ProblemType(
            "Unprocessable content",
            "The request is well formed, but something in it refers to nothing that exists.",
        ),
        "precondition-required": ProblemType(
            "Precondition required", "The change needs If-Match, so that it undoes no other one."
        ),
        "precondition-failed": ProblemType(
            "Precondition failed",
            "What was to be changed is not what it was when it was read. `disk` is what it is now, "
            "`etag` its ETag, `yours` what was sent: put them together and send that.",
        ),
        "busy": ProblemType("Busy", "Others are served first; send it again in a moment."),
        "forbidden": ProblemType("Forbidden", "The caller may not do this to this object."),
        "refused": ProblemType("Refused", "The handler refused the request."),
        "no-handler": ProblemType(
            "Not implemented", "The operation is declared and permitted, but nothing answers it."
        ),
        "document-fault": ProblemType(
            "Fault in the API description",
            "The operation is permitted, but the document describes it in a way that no request "
            "can be checked by, so it is not served.",
        ),
        "internal-error": ProblemType(
            "Internal error", "Something failed here; the log has it under the request id."
        ),
        "response-invalid": ProblemType(
            "Answer held back",
            "What the operation answered does not match the API description, so it was not sent. "
            "Whatever the request was meant to change may have been changed; the log has the rest "
            "under the request id.",
        ),
        "store-unavailable": ProblemType(
            "Store unavailable", "The database is away or busy. Nothing was changed; try again."
        ),
        "malformed-message": ProblemType(
            "Malformed message",
            "The octets received are not one HTTP/1.1 request with one Host, or ask for an "
            "upgrade, which is not served.",
        ),
        "uri-too-long": ProblemType("URI too long", "The request target is too long."),
        "head-too-large": ProblemType(
            "Request header fields too large", "The header fields are too many or too long."
        ),
        "request-timeout": ProblemType(
            "Request timeout", "The request did not arrive in time; send it again."
        ),
        "handler-timeout": ProblemType("Handler timeout", "The operation took too long."),
        "upstream-unreachable": ProblemType(
            "Backend unreachable", "The backend that answers this operation accepts no connection."
        ),
        "upstream-timeout": ProblemType(
            "Backend timeout",
            "The backend accepted no connection in time, or its answer did not begin. What the "
            "request was meant to change may have been changed.",
        ),
        "bad-upstream-answer": ProblemType(
            "Bad answer of the backend",
            "What the backend sent is not one answer of HTTP/1.1, or it ended the connection "
            "before its answer. What the request was meant to change may have been changed.",
        ),
    }
)


def new_request_id() -> str:
    """Make the id that a problem, the log and a person talk about: a UUID of version 4."""
    return urn_of(os.urandom(16).hex())


def problem_body(problem: Problem, request_id: str) -> bytes:
    """The problem as JSON."""
    return orjson.dumps(
        {
            "type": PROBLEM_PATH + problem.slug,
            "title": PROBLEM_TYPES[problem.slug].title,
            "status": problem.status,
            "detail": problem.detail,
            "instance": request_id,
            **problem.members,
        }
    )


def violation_members(violations: Sequence[Violation]) -> Mapping[str, Any]:
    """The member that lists what is wrong and where; nothing if there is nothing to list."""
    if not violations:
        return _NOTHING
    return {"violations": [{"pointer": v.pointer, "detail": v.detail} for v in violations]}


def problem_of(found: RequestProblem) -> Problem:
    """What is wrong with a request, as the answer to it."""
    headers = tuple((name.lower().encode(), value.encode()) for name, value in found.headers)
    members = violation_members(found.violations)
    return Problem(found.status, found.slug, found.detail, headers, members)


@dataclass(frozen=True, slots=True)
class RenderedProblem:
    """A problem whose octets are settled but for the id of the request; ids are of one length."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    #: the same, if they can be written as they are
    head: SettledHead | None
    before_id: bytes
    after_id: bytes

    def reply(self, request_id: str) -> Reply:
        """The problem of one request."""
        body = self.before_id + request_id.encode("ascii") + self.after_id
        return self.status, self.head or list(self.headers), body


def render(problem: Problem) -> RenderedProblem:
    """Settle what a problem looks like."""
    sample = new_request_id()
    body = problem_body(problem, sample)
    before, _, after = body.partition(sample.encode("ascii"))
    headers = _headers(problem, body)
    head = SettledHead.of(headers[:_LENGTH_AT], headers[_LENGTH_AT + 1 :])
    return RenderedProblem(problem.status, headers, head, before, after)


def problem_reply(problem: Problem, request_id: str | None = None) -> Reply:
    """The reply that tells a problem."""
    body = problem_body(problem, request_id or new_request_id())
    return problem.status, list(_headers(problem, body)), body


def _headers(problem: Problem, body: bytes) -> tuple[tuple[bytes, bytes], ...]:
    return (
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        *problem.headers,
    )


async def send_problem(problem: Problem, send: Send, *, request_id: str | None = None) -> None:
    """Answer with a problem."""
    await send_reply(problem_reply(problem, request_id), send)
