"""`scopegate reach`: the operations that a set of scopes opens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from gateway.cli.document import load_spec, settings_here
from gateway.cli.document_options import (
    BasePath,
    HeldScope,
    Methods,
    Paths,
    Schemes,
    Spec,
    Tags,
    Tolerate,
    Undeclared,
)
from gateway.cli.selection import Selection, select
from gateway.cli.suppose import Supposed, suppose, supposed_schemes
from gateway.cli.talk import Format, counted, new_app, plain, say, say_json
from gateway.load import LoadedDocument
from gateway.model import ANONYMOUS, Decision
from gateway.policy.decide import decide
from gateway.policy.explain import wanted
from gateway.spec.model import Operation

app = new_app("List the operations that a set of scopes opens.")


@dataclass(frozen=True, slots=True)
class _Opened:
    """An operation that opens, and by what."""

    operation: Operation
    decision: Decision
    #: whoever presents nothing may call it too
    is_open_to_all: bool


@app.command()
def reach(
    spec: Spec = None,
    scope: HeldScope = None,
    scheme: Schemes = None,
    tag: Tags = None,
    path: Paths = None,
    method: Methods = None,
    undeclared_security: Undeclared = None,
    base_path: BasePath = None,
    tolerate: Tolerate = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Print each operation that opens, and the alternative that it opens by.

    Without --scope and --scheme: what anyone may call.
    """
    flags = {"undeclared_security": undeclared_security, "base_path": base_path}
    settings = settings_here({"spec": spec, "tolerate": tolerate, **flags})
    told = supposed_schemes(scheme or [])
    loaded = load_spec(settings, taken_as_bound=told)
    supposed = suppose(loaded, scope=scope, schemes=told)
    operations = select(loaded, Selection(tag or (), path or (), method or ()))
    opened = list(_opened(loaded, operations, supposed))
    if form is Format.JSON:
        say_json(_json(loaded, opened, looked_at=len(operations)))
        return
    for line in _lines(loaded, opened):
        say(line)
    say(_closing(opened, supposed, looked_at=len(operations)))


def _opened(
    loaded: LoadedDocument, operations: Sequence[Operation], supposed: Supposed
) -> Iterator[_Opened]:
    for operation in operations:
        decision = decide(loaded.policy, operation.key, supposed.credentials)
        if decision.permits:
            alone = decide(loaded.policy, operation.key, ANONYMOUS)
            yield _Opened(operation, decision, is_open_to_all=alone.permits)


def _lines(loaded: LoadedDocument, opened: Sequence[_Opened]) -> Iterator[str]:
    base = loaded.description.base_path
    methods = max((len(found.operation.method) for found in opened), default=0)
    calls = [
        plain(f"{found.operation.method:<{methods}}  {base}{found.operation.path}")
        for found in opened
    ]
    widest = max(map(len, calls), default=0)
    for call, found in zip(calls, opened, strict=True):
        yield f"{call:<{widest}}  {plain(_by(loaded, found))}"


def _by(loaded: LoadedDocument, found: _Opened) -> str:
    """What opens it: the alternative that matched, or `public`."""
    if found.decision.matched is None:
        return "public"
    rule = loaded.policy.rules[found.operation.key]
    return wanted(rule.alternatives[found.decision.matched - 1])


def _closing(opened: Sequence[_Opened], supposed: Supposed, *, looked_at: int) -> str:
    verb = "opens" if len(opened) == 1 else "open"
    told = f"{len(opened)} of {counted(looked_at, 'operation')} {verb}"
    if not supposed.told:
        return f"{told} to anyone"
    to_all = sum(found.is_open_to_all for found in opened)
    return plain(f"{told}{supposed.told}; {to_all} to anyone")


def _json(loaded: LoadedDocument, opened: Sequence[_Opened], *, looked_at: int) -> dict[str, Any]:
    base = loaded.description.base_path
    return {
        "policy": loaded.policy.digest,
        "looked_at": looked_at,
        "operations": [
            {
                "operation": found.operation.key,
                "method": found.operation.method,
                "path": base + found.operation.path,
                "operation_id": found.operation.operation_id,
                "matched": found.decision.matched,
                "open_to_all": found.is_open_to_all,
                "origin": str(found.operation.origin),
            }
            for found in opened
        ],
    }
