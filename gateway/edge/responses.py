"""What a handler returned, as an HTTP answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.edge.answer.check import Check
from gateway.edge.json_answer import write_json
from gateway.edge.problem import Problem, violation_members
from gateway.edge.reply import Reply
from gateway.edge.settled_head import SettledHead
from gateway.handler import Answer, Refusal, Unavailable
from gateway.spec.model import Operation

_SLUGS = {
    403: "forbidden",
    404: "no-such-object",
    409: "conflict",
    422: "unprocessable",
    503: "store-unavailable",
}
_LEAST_SUCCESS, _LEAST_REDIRECT, _LEAST_ERROR, _MOST = 200, 300, 400, 599
#: statuses whose answers have no body (RFC 9110 s6.4.1)
_WITHOUT_BODY = frozenset({204, 205, 304})
_WITH_BODY = frozenset(range(_LEAST_SUCCESS, _MOST + 1)) - _WITHOUT_BODY
OBJECTS = frozenset({dict, list})
#: how an answer is framed is not the handler's to say
_OURS = frozenset({b"content-length", b"transfer-encoding", b"connection", b"keep-alive"})
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE = re.compile(
    r"(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?"
)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What an operation's answer is where its handler does not say."""

    status: int
    content_type: bytes
    #: whether the media type, its parameters left out, is JSON (RFC 6839 s3.1)
    is_json: bool = field(init=False)
    #: what an answer is called that is written as JSON
    json_type: bytes = field(init=False)
    #: the head of such an answer that has no headers of its own
    json_head: SettledHead | None = field(init=False, compare=False)

    @property
    def has_body(self) -> bool:
        """Whether an answer of the status has a body."""
        return self.status in _WITH_BODY

    def __post_init__(self) -> None:
        """Settle what is the same for every answer."""
        is_json = self.content_type.partition(b";")[0].strip().lower().endswith(b"json")
        object.__setattr__(self, "is_json", is_json)
        named = self.content_type if is_json else b"application/json"
        object.__setattr__(self, "json_type", named)
        object.__setattr__(self, "json_head", SettledHead.of([(b"content-type", named)]))


@dataclass(frozen=True, slots=True)
class DocumentedSuccess:
    """The answer that an operation's document names first."""

    status: int
    response: Mapping[str, Any]


def documented_success(operation: Operation) -> DocumentedSuccess:
    """The lowest 2xx that is declared, else 200 as `2XX` has it; `default` tells of errors."""
    declared = [int(status) for status in operation.responses if status.isdigit()]
    successes = [s for s in declared if _LEAST_SUCCESS <= s < _LEAST_REDIRECT]
    if successes:
        return DocumentedSuccess(min(successes), operation.responses[str(min(successes))])
    by_name = {name.upper(): response for name, response in operation.responses.items()}
    return DocumentedSuccess(_LEAST_SUCCESS, by_name.get("2XX", {}))


def defaults_of(operation: Operation) -> Defaults:
    """The documented success with its first media type."""
    success = documented_success(operation)
    media_type = next(iter(success.response.get("content") or {}), "application/json")
    return Defaults(success.status, _concrete(media_type).encode("latin-1", "replace"))


def result_reply(result: Any, defaults: Defaults, *, check: Check | None = None) -> Reply:
    """What a handler returned: a value, an Answer, or `(body, status[, headers])`, as a reply.

    Raises TypeError or ValueError for what is no answer: a value that cannot be written as JSON, a
    status that is not final, a header that HTTP cannot carry; and what `check` raises.
    """
    value, usual = _usual(result, defaults)
    if usual:
        return _object_reply(value, usual, defaults, check)
    answer = as_answer(result)
    status: object = defaults.status if answer.status is None else answer.status
    if not isinstance(status, int) or not _LEAST_SUCCESS <= status <= _MOST:
        raise ValueError(f"{status} is not the status of an answer")
    body, content_type = _encode(answer.body, defaults)
    if check is None and not answer.headers and status not in _WITHOUT_BODY:
        head = defaults.json_head
        if head is not None and body and content_type is defaults.json_type:
            return status, head, body
    headers = _written(answer.headers) if answer.headers else []
    if status in _WITHOUT_BODY:
        body = b""
    if body and not (headers and any(name == b"content-type" for name, _ in headers)):
        headers.append((b"content-type", content_type))
    if status not in _WITHOUT_BODY:
        headers.append((b"content-length", str(len(body)).encode()))
    if check is not None:
        check(status, headers, body)
    return status, headers, body


def _usual(result: Any, defaults: Defaults) -> tuple[Any, int]:
    """An object or an array, and a status that has a body; 0: the result is something else."""
    status: object = defaults.status
    if type(result) is Answer and not result.headers:
        status = status if result.status is None else result.status
        result = result.body
    is_usual = type(result) in OBJECTS and type(status) is int and status in _WITH_BODY
    return (result, status) if is_usual and isinstance(status, int) else (None, 0)


def _written(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """The headers of a handler, without those that frame its answer."""
    written = (_header(name, value) for name, value in headers.items())
    return [(name, value) for name, value in written if name not in _OURS]


def _object_reply(value: Any, status: int, defaults: Defaults, check: Check | None) -> Reply:
    """The usual case: an object or an array, without headers of its own."""
    body = write_json(value)
    if check is None and defaults.json_head is not None:
        return status, defaults.json_head, body
    headers = [
        (b"content-type", defaults.json_type),
        (b"content-length", str(len(body)).encode()),
    ]
    if check is not None:
        check(status, headers, body)
    return status, headers, body


def _header(name: str, value: str) -> tuple[bytes, bytes]:
    if not _FIELD_NAME.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
        raise ValueError("a header of the answer cannot be written (RFC 9110 s5)")
    return name.lower().encode("ascii"), value.encode("latin-1")


def as_answer(result: Any) -> Answer:
    """Read Connexion's habit `(body, status)` or `(body, status, headers)` as an Answer."""
    if isinstance(result, Answer):
        return result
    if not isinstance(result, tuple) or not 2 <= len(result) <= 3:
        return Answer(result)
    status, headers = result[1], result[2] if len(result) == 3 else None
    if not isinstance(status, int) or isinstance(status, bool):
        return Answer(result)
    if headers is None and len(result) == 3:
        return Answer(result)
    if headers is not None and not isinstance(headers, Mapping):
        return Answer(result)
    return Answer(result[0], status, headers)


def refusal_problem(refusal: Refusal) -> Problem:
    """A handler's refusal as a problem; TypeError or ValueError for one that is no refusal."""
    status: object = refusal.status
    if not isinstance(status, int) or not _LEAST_ERROR <= status <= _MOST:
        raise ValueError(f"{status} is not the status of a refusal")
    slug = _SLUGS.get(refusal.status, "refused")
    members = violation_members(refusal.violations)
    headers: tuple[tuple[bytes, bytes], ...] = ()
    if isinstance(refusal, Unavailable):
        retry_after = _header("retry-after", str(refusal.retry_after))
        headers = (retry_after, (b"cache-control", b"no-store"))
    return Problem(refusal.status, slug, refusal.detail, headers, members)


def _encode(body: Any, defaults: Defaults) -> tuple[bytes, bytes]:
    match body:
        case None:
            return b"", defaults.content_type
        case bytes():
            return body, defaults.content_type
        case str() if not defaults.is_json:
            return body.encode(), defaults.content_type
        case _:
            return write_json(body), defaults.json_type


def _concrete(media_type: str) -> str:
    return "application/json" if "*" in media_type else media_type
