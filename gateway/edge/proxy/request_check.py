"""A request held against the document before it goes on to the upstream."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from starlette.types import Receive, Scope

from gateway.edge.request.media_types import (
    Reading,
    best_match,
    declared_essence,
    parse_media_type,
    reading_of,
)
from gateway.edge.request.parameters import ParameterReader
from gateway.edge.request.problem import BadRequestError, RequestProblem, invalid
from gateway.edge.request.reader import RequestReader
from gateway.spec.model import Operation

#: what is read whole in order to check it; anything else is as large as it likes, and streamed
_CHECKED = frozenset({Reading.JSON, Reading.FORM})


class RequestValidation(StrEnum):
    """What becomes of a request that does not fit the document."""

    OFF = "off"
    WARN = "warn"
    ENFORCE = "enforce"


@dataclass(frozen=True, slots=True)
class RequestCheck:
    """The parameters of an operation, and its bodies of JSON and of forms."""

    parameters: ParameterReader
    whole: RequestReader
    #: declared media type or range -> its bodies are streamed unread
    streamed: Mapping[str, bool]

    def reads_body(self, scope: Scope) -> bool:
        """Whether the body of a request is read before it goes on."""
        if all(self.streamed.values()):
            return False
        types = [value for name, value in scope["headers"] if name == b"content-type"]
        try:
            essence = parse_media_type(types[0].decode("latin-1")).essence if types else ""
        except ValueError:
            return True
        key = best_match(essence, self.streamed)
        return key is None or (not self.streamed[key] and reading_of(essence) in _CHECKED)

    async def problem(
        self, scope: Scope, receive: Receive, path_parameters: Mapping[str, str]
    ) -> RequestProblem | None:
        """What is wrong with a request; raises ClientDisconnect."""
        if self.reads_body(scope):
            read = await self.whole.read(scope, receive, path_parameters)
            return read if isinstance(read, RequestProblem) else None
        try:
            _, violations = self.parameters.read(scope, path_parameters)
        except BadRequestError as error:
            return error.problem
        return invalid(violations).problem if violations else None


def compile_check(operation: Operation, reader: RequestReader) -> RequestCheck | None:
    """The check of an operation's requests; None if there is nothing to check."""
    content = (operation.request_body or {}).get("content") or {}
    streamed = {
        declared_essence(key): not (entry or {}).get("schema") for key, entry in content.items()
    }
    check = RequestCheck(reader.parameters, reader, streamed)
    return None if check.parameters.is_empty and all(streamed.values()) else check
