"""How `suggest` prints: clients, operations, and what was looked at."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from gateway.cli.talk import counted
from gateway.load import LoadedDocument
from gateway.ops.audit_reader import BadLine
from gateway.ops.suggestions import (
    ClientSuggestion,
    OperationSuggestion,
    Requirement,
    client_suggestions,
    operation_suggestions,
)
from gateway.ops.usage import Span, Usage

_PLAIN_SCALAR = re.compile(r"[A-Za-z_][A-Za-z0-9_.:/-]*[A-Za-z0-9_/-]|[A-Za-z_]")
_NOT_TEXTS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def report(loaded: LoadedDocument, usage: Usage, *, bad: int, others: int) -> Iterator[str]:
    """The lines for people."""
    clients = list(client_suggestions(usage))
    operations = list(operation_suggestions(usage))
    if clients:
        yield "clients: what they used of the scopes they held"
    for client in clients:
        yield from _client_lines(client, names_issuer=len({one.issuer for one in clients}) > 1)
    if operations:
        yield "operations that declare no security"
    for operation in operations:
        yield from _operation_lines(loaded, operation)
    if clients or operations:
        yield ""
    yield _closing(usage, clients, operations, bad=bad, others=others)


def report_json(loaded: LoadedDocument, usage: Usage, bad: Sequence[BadLine]) -> dict[str, Any]:
    """The same for machines."""
    return {
        "policy": loaded.policy.digest,
        "decisions": usage.decisions,
        "by_other_policies": usage.by_others,
        "elsewhere": usage.elsewhere,
        "bad_lines": [{"line": line.number, "fault": line.fault} for line in bad],
        "clients": [
            {
                "issuer": client.issuer,
                "client": client.client,
                "used": list(client.used),
                "unused": list(client.unused),
                "permitted": client.permitted,
                "refused": dict(client.refused),
                **_span_json(client.span),
            }
            for client in client_suggestions(usage)
        ],
        "operations": [
            {
                "operation": found.operation,
                "origin": str(loaded.policy.rules[found.operation].origin),
                "security": [{one.scheme: list(one.scopes)} for one in found.security] or None,
                "why_not": found.why or None,
                "let_in": found.let_in,
                "kept_out": found.span.requests - found.let_in,
                "clients": list(found.clients),
                **_span_json(found.span),
            }
            for found in operation_suggestions(usage)
        ],
    }


def _client_lines(client: ClientSuggestion, *, names_issuer: bool) -> Iterator[str]:
    name = f"{client.client} ({client.issuer})" if names_issuer else client.client
    yield f"  {name}   used: {_listed(client.used)}   never used: {_listed(client.unused)}"
    yield f"    {_seen(client.span)}; {client.permitted} permitted"
    if client.refused:
        refused = ", ".join(f"{key} {counted(n, 'time')}" for key, n in client.refused.items())
        yield f"    refused: {refused}"


def _operation_lines(loaded: LoadedDocument, found: OperationSuggestion) -> Iterator[str]:
    place = loaded.policy.rules[found.operation].origin.short
    told = f"security: {_yaml(found.security)}" if found.security else f"nothing: {found.why}"
    yield f"  {found.operation} ({place})   {told}"
    if not found.span.requests:
        return
    whose = f" of {', '.join(found.clients)}" if found.clients else ""
    yield f"    {_seen(found.span)}; would let in {found.let_in}{whose}"
    kept_out = found.span.requests - found.let_in
    if found.security and kept_out:
        yield f"    would keep out {kept_out} without a valid token of that kind"


def _closing(
    usage: Usage,
    clients: Sequence[ClientSuggestion],
    operations: Sequence[OperationSuggestion],
    *,
    bad: int,
    others: int,
) -> str:
    read = [counted(usage.decisions, "decision")]
    read += [f"{usage.by_others} by other policies"] if usage.by_others else []
    read += [f"{usage.elsewhere} of operations not in the document"] if usage.elsewhere else []
    read += [counted(others, "other line")] if others else []
    read += [counted(bad, "bad line")] if bad else []
    fewer = sum(bool(client.unused) for client in clients)
    narrower = sum(bool(operation.security) for operation in operations)
    return (
        f"{', '.join(read)}; {fewer} of {counted(len(clients), 'client')} could do with less, "
        f"{narrower} of {counted(len(operations), 'operation')} without security could have some"
    )


def _seen(span: Span) -> str:
    when = span.first if span.requests == 1 else f"{span.first} to {span.last}"
    return f"{counted(span.requests, 'request')}, {when}"


def _span_json(span: Span) -> dict[str, Any]:
    return {
        "requests": span.requests,
        "first": span.first or None,
        "last": span.last or None,
    }


def _listed(names: Sequence[str]) -> str:
    return " ".join(names) or "none"


def _yaml(security: Sequence[Requirement]) -> str:
    """A `security` list to paste."""
    entries = (
        f"{_scalar(one.scheme)}: [{', '.join(_scalar(scope) for scope in one.scopes)}]"
        for one in security
    )
    return "[" + ", ".join(f"{{{entry}}}" for entry in entries) + "]"


def _scalar(text: str) -> str:
    is_plain = _PLAIN_SCALAR.fullmatch(text) and text.lower() not in _NOT_TEXTS
    return text if is_plain else json.dumps(text)
