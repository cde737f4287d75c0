"""What `/-/metrics` and `/-/explain` answer to whoever may see them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from gateway.edge.plain_page import answer_read
from gateway.edge.problem import Problem, send_problem
from gateway.errors import UsageError
from gateway.load import LoadedDocument
from gateway.ops.exposition import CONTENT_TYPE
from gateway.questions import explain_request, find_operation, suppose_scopes

_PARAMETERS = ("method", "path", "scope")


@dataclass(frozen=True, slots=True)
class MetricsPage:
    """The metrics of this moment."""

    text: Callable[[], bytes]

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request."""
        await answer_read(scope, send, 200, CONTENT_TYPE.encode(), self.text())


@dataclass(frozen=True, slots=True)
class ExplainPage:
    """`scopegate explain --format json`, asked with `?method=&path=&scope=`."""

    document: LoadedDocument

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            asked = _asked(scope.get("query_string", b""))
        except ValueError as error:
            await send_problem(Problem(400, "invalid-request", str(error)), send)
            return
        try:
            question = find_operation(self.document, asked["method"], asked["path"])
        except UsageError as error:
            await send_problem(Problem(404, "not-found", str(error)), send)
            return
        proofs = suppose_scopes(self.document, asked.get("scope"))
        told = explain_request(self.document, question, proofs)
        body = json.dumps({"schema": 1, **told}, ensure_ascii=True, indent=2).encode()
        await answer_read(scope, send, 200, b"application/json", body + b"\n")


def _asked(query: bytes) -> Mapping[str, str]:
    """The parameters; raises ValueError saying what is wrong with them."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=10)
    names = [name for name, _ in pairs]
    for name in names:
        if name not in _PARAMETERS:
            raise ValueError(f"The parameters are {', '.join(_PARAMETERS)}.")
        if names.count(name) > 1:
            raise ValueError(f"The parameter {name} is given twice.")
    if not {"method", "path"} <= {*names}:
        raise ValueError("Name the request: ?method=GET&path=/songs, and &scope= if it has any.")
    return dict(pairs)
