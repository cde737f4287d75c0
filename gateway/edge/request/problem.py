"""What is wrong with a request, still as data; and the way up to the one place that catches it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from gateway.handler import Violation

#: where the violations of a media type point to
CONTENT_TYPE = "/header/Content-Type"
#: how many violations one answer lists
MAX_VIOLATIONS = 20
#: the characters of a pointer that an answer repeats: names in it come from the caller
_MAX_POINTER = 200

_DOES_NOT_FIT = "The request does not fit the API description."


@dataclass(frozen=True, slots=True)
class RequestProblem:
    """Why a request cannot be served; neither `detail` nor a violation quotes a value of it."""

    status: int
    #: the last part of `/-/problems/<slug>`
    slug: str
    detail: str
    #: pointers go into the body (`/title`), or begin with a place: `/query/limit`, `/path/songId`,
    #: `/header/Content-Type`
    violations: tuple[Violation, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


class BadRequestError(Exception):
    """Unwinds to RequestReader.read, which returns the problem it carries."""

    def __init__(self, problem: RequestProblem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def invalid(violations: Iterable[Violation], *, detail: str = _DOES_NOT_FIT) -> BadRequestError:
    """Make the 400 that lists violations, as many as an answer holds."""
    listed = tuple(islice(violations, MAX_VIOLATIONS))
    return BadRequestError(RequestProblem(400, "invalid-request", detail, listed))


def malformed(what: str, *, at: str = "") -> BadRequestError:
    """Make the 400 of a body or header that cannot even be read."""
    return invalid([Violation(at, what)], detail="The request cannot be read.")


def unsupported(detail: str, *headers: tuple[str, str]) -> BadRequestError:
    """Make the 415; the header tells what would be taken."""
    return BadRequestError(RequestProblem(415, "unsupported-media-type", detail, (), headers))


def too_large(limit: int) -> BadRequestError:
    """Make the 413."""
    detail = f"The body is larger than {limit} bytes."
    return BadRequestError(RequestProblem(413, "content-too-large", detail))


def pointer(prefix: str, *path: str | int) -> str:
    """A JSON pointer (RFC 6901) below `prefix`; one of unreasonable length ends in an ellipsis."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    whole = prefix + "".join("/" + step for step in steps)
    return whole if len(whole) <= _MAX_POINTER else whole[:_MAX_POINTER] + "…"
