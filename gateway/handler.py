"""What a handler sees: the mark that binds it, the caller, and the refusals it may raise."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

HandlerFunction = TypeVar("HandlerFunction", bound=Callable[..., Any])

#: the attribute that carries the mark
MARK = "__scopegate_operations__"


def operation(name: str) -> Callable[[HandlerFunction], HandlerFunction]:
    """Mark a function as the handler of an operation: an operationId or `"POST /songs"`.

    The mark registers nothing: whoever builds the application reads it from the module handed
    over. A function may carry several marks.
    """

    def mark(function: HandlerFunction) -> HandlerFunction:
        marks: tuple[str, ...] = getattr(function, MARK, ())
        setattr(function, MARK, (*marks, name))
        return function

    return mark


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as far as the matched alternative proves it."""

    #: the subject of the credential, None for an anonymous caller
    subject: str | None
    #: the subject again if it is a user of this installation, else None
    user: str | None
    #: the client the token was issued to
    client_id: str | None
    #: every scope the caller proved
    scopes: frozenset[str]
    #: the place of the alternative that held, counted from 1; None where nothing was required
    matched: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A handler's answer with a status or headers of its own; `body` None sends none."""

    body: Any
    #: None: the lowest 2xx the document declares for the operation
    status: int | None = None
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong with a request: a JSON pointer (RFC 6901) into it, and what is wrong."""

    pointer: str
    detail: str


class Refusal(Exception):  # noqa: N818 -- a refusal is an answer, not an error of the program
    """An answer other than success, shown as problem+json (RFC 9457); never quotes a secret."""

    status: ClassVar[int] = 400

    def __init__(self, detail: str, *, violations: Sequence[Violation] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.violations = tuple(violations)


class Forbidden(Refusal):
    """403: the caller was let in, but not to this object."""

    status = 403


class NotFound(Refusal):
    """404: no such object."""

    status = 404


class Conflict(Refusal):
    """409: the object's state forbids it, for one a name that is taken."""

    status = 409


class Unprocessable(Refusal):
    """422: well formed, but it cannot mean anything here, for one a reference to nothing."""

    status = 422


class Unavailable(Refusal):
    """503: what the handler needs is away, and nothing was changed; the caller may try again."""

    status = 503
    #: seconds after which trying again may help
    retry_after: ClassVar[int] = 1
