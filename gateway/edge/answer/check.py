"""What becomes of an answer that does not match the document: a line in the log, or a 500."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.edge.answer.documented import DocumentedResponse, Headers, compile_response
from gateway.edge.answer.exchange import exchanged
from gateway.edge.problem import Problem
from gateway.edge.request.problem import MAX_VIOLATIONS
from gateway.edge.request.schemas import Schemas
from gateway.edge.state import RequestState
from gateway.handler import Violation
from gateway.spec.model import ApiDescription, Operation, OperationKey

#: told of status, headers and body before any of them is sent; may raise AnswerRefusedError
Check = Callable[[int, Headers, bytes], None]

_WITHOUT_BODY = frozenset({"204", "205", "304"})
_UNDOCUMENTED = Violation("/status", "is not documented")
#: what an answer that is held back becomes; the log has the rest under the request id
HELD_BACK = Problem(
    500,
    "response-invalid",
    "The answer does not match the API description and was held back.",
    ((b"cache-control", b"no-store"),),
)
_log = logging.getLogger("scopegate.edge")


class ResponseValidation(StrEnum):
    """How answers are held against the document."""

    OFF = "off"
    WARN = "warn"
    ENFORCE = "enforce"


class AnswerRefusedError(Exception):
    """An answer does not match the document and must not go out."""


@dataclass(frozen=True, slots=True)
class AnswerCheck:
    """The documented responses of one operation, compiled, and what follows if none fits."""

    operation: OperationKey
    #: `200`, `2XX` or `default`, in upper case
    responses: Mapping[str, DocumentedResponse]
    enforces: bool

    def of(self, state: RequestState) -> Check:
        """Make the check of one request's answer."""

        def check(status: int, headers: Headers, body: bytes) -> None:
            violations = self.violations(status, headers, body)
            if violations:
                self._tell(state.request_id, status, violations)
            if violations and self.enforces:
                raise AnswerRefusedError

        return check

    def violations(self, status: int, headers: Headers, body: bytes) -> list[Violation]:
        """What is wrong with an answer; nothing of it is quoted but the names in a pointer."""
        for key in (str(status), f"{status // 100}XX", "DEFAULT"):
            if key in self.responses:
                return self.responses[key].violations(headers, body)
        return [_UNDOCUMENTED]

    def _tell(self, request_id: str, status: int, violations: Iterable[Violation]) -> None:
        listed = "; ".join(f"{v.pointer} {v.detail}" for v in list(violations)[:MAX_VIOLATIONS])
        _log.log(
            logging.ERROR if self.enforces else logging.WARNING,
            "%s: %s: the answer %d does not match the document: %s",
            request_id,
            self.operation,
            status,
            _on_one_line(listed),
        )


class AnswerChecks:
    """Compiles the responses of a document's operations, which share what is compiled."""

    def __init__(self, description: ApiDescription, mode: ResponseValidation) -> None:
        """Take a document; with validation off nothing of it is looked at."""
        self._mode = mode
        self._schemas = (
            None if mode is ResponseValidation.OFF else Schemas(exchanged(description.document))
        )

    def compile(self, operation: Operation) -> AnswerCheck | None:
        """The check of an operation's answers; None if there is none; raises DocumentError.

        An operation that documents no response at all, as OAS 3.1 allows, is not checked.
        """
        if self._schemas is None or not operation.responses:
            return None
        enforces = self._mode is ResponseValidation.ENFORCE
        return AnswerCheck(operation.key, _compile(operation, self._schemas), enforces)


def _compile(operation: Operation, schemas: Schemas) -> Mapping[str, DocumentedResponse]:
    return {
        status.upper(): compile_response(
            response,
            schemas,
            what=f"the answer {status} of `{operation.key}`",
            has_body=status not in _WITHOUT_BODY and operation.method != "HEAD",
            origin=operation.origin,
        )
        for status, response in operation.responses.items()
    }


def _on_one_line(text: str) -> str:
    """Text without what would begin another line or colour a terminal: names are anybody's."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
