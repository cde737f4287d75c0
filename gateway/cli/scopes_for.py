"""`scopegate scopes-for`: the smallest scope sets that open all of some operations."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from gateway.cli.document import load_spec, settings_here, split_spec
from gateway.cli.document_options import BasePath, Tolerate, Undeclared
from gateway.cli.selection import find_operations
from gateway.cli.suppose import supposed_atoms, supposed_schemes
from gateway.cli.talk import Format, counted, new_app, plain, remark, say, say_json
from gateway.errors import UsageError
from gateway.load import LoadedDocument
from gateway.policy.access import LeastAccess, LeastAccesses, least_access
from gateway.policy.explain import wanted
from gateway.policy.rules import Alternative, Rule
from gateway.spec.model import OperationKey, SchemeName, Scope

app = new_app("Say which scopes open some operations, at the least.")


@app.command()
def scopes_for(
    arguments: Annotated[list[str] | None, typer.Argument(metavar="[SPEC] OPERATION...")] = None,
    every: Annotated[bool, typer.Option("--all", help="All operations of the document.")] = False,
    scheme: Annotated[
        list[str] | None, typer.Option(help="What the caller has anyway: NAME[=role,...].")
    ] = None,
    undeclared_security: Undeclared = None,
    base_path: BasePath = None,
    tolerate: Tolerate = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The sets alone.")] = False,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Print each smallest set of scopes with which one caller can call all the operations.

    OPERATION is an operationId, or method and path as in "GET /songs".
    """
    spec, names = split_spec(arguments or [])
    if bool(names) == every:
        raise UsageError('name operations, as in "GET /songs", or say --all')
    flags = {"undeclared_security": undeclared_security, "base_path": base_path}
    settings = settings_here({"spec": spec, "tolerate": tolerate, **flags})
    told = supposed_schemes(scheme or [])
    loaded = load_spec(settings, taken_as_bound=told)
    operations = tuple(loaded.policy.rules) if every else find_operations(loaded, names)
    found = least_access(loaded.policy, operations, held=supposed_atoms(loaded, told))
    if form is Format.JSON:
        say_json(_json(loaded, operations, found))
    else:
        _tell(loaded, operations, found, quiet=quiet)
    raise typer.Exit(1 if found.closed else 0)


def _tell(
    loaded: LoadedDocument,
    operations: Sequence[OperationKey],
    found: LeastAccesses,
    *,
    quiet: bool,
) -> None:
    if found.closed:
        for line in _closed_lines(loaded, found.closed):
            (remark if quiet else say)(line)
    else:
        for answer in found.answers:
            say(plain(_answer(loaded, answer)))
    if not quiet:
        say(_closing(operations, found))


def _answer(loaded: LoadedDocument, answer: LeastAccess) -> str:
    """One set in a line: scopes alone where one token is all it takes."""
    tokens = answer.tokens
    if len(tokens) == 1:
        told = [" ".join(answer.scopes) or "a token without scopes"]
    else:
        told = [f"{name}: {' '.join(scopes) or 'a token'}" for name, scopes in tokens.items()]
    others = [_other(loaded, name, roles) for name, roles in answer.others.items()]
    return "   ".join([*told, *(f"and {other}" for other in others)]) or "nothing"


def _other(loaded: LoadedDocument, name: SchemeName, roles: Sequence[str]) -> str:
    kind = loaded.policy.schemes[name].kind.value
    return f"{name} ({kind})" + (f" with {' + '.join(roles)}" if roles else "")


def _closed_lines(loaded: LoadedDocument, closed: Sequence[OperationKey]) -> Iterator[str]:
    for operation in closed:
        rule = loaded.policy.rules[operation]
        yield plain(f"nobody can call {operation} ({rule.origin.short})")
        if not rule.alternatives:
            yield "  it declares no security; write it, or `security: []` if it is public"
        for alternative in rule.alternatives:
            yield plain(f"  {alternative.index}  {wanted(alternative)}   {_why(alternative)}")


def _why(alternative: Alternative) -> str:
    if alternative.never:
        return f"can never be met: {alternative.never}"
    names = ", ".join(f"`{scope}`" for scope in alternative.ungrantable)
    return f"no client can be granted {names}"


def _closing(operations: Sequence[OperationKey], found: LeastAccesses) -> str:
    looked_at = counted(len(operations), "operation")
    if found.closed:
        return f"{looked_at}: {len(found.closed)} that nobody can call"
    number = len(found.answers[0].scopes)
    size = counted(number, "scope") + (" each" if found.total > 1 else "")
    if not found.is_proven:
        return f"{looked_at}: {size}; whether fewer would do was not settled"
    sets = counted(found.total, "smallest set")
    return f"{looked_at}: {_total(found)}{sets}, {size}{_left_out(found)}"


def _total(found: LeastAccesses) -> str:
    return "at least " if found.has_more else ""


def _left_out(found: LeastAccesses) -> str:
    left = found.total - len(found.answers)
    return f" ({left} not shown)" if left else ""


def _json(
    loaded: LoadedDocument, operations: Sequence[OperationKey], found: LeastAccesses
) -> dict[str, Any]:
    return {
        "operations": list(operations),
        "policy": loaded.policy.digest,
        "closed": [_closed_json(loaded.policy.rules[key]) for key in found.closed],
        "sets": [] if found.closed else [_set_json(answer) for answer in found.answers],
        "total": 0 if found.closed else found.total,
        "has_more": found.has_more,
        "is_smallest": found.is_proven,
    }


def _set_json(answer: LeastAccess) -> dict[str, Any]:
    tokens: dict[SchemeName, list[Scope]] = {n: list(s) for n, s in answer.tokens.items()}
    others = {name: list(roles) for name, roles in answer.others.items()}
    return {"scopes": list(answer.scopes), "tokens": tokens, "others": others}


def _closed_json(rule: Rule) -> dict[str, Any]:
    reasons = [{"index": a.index, "why": _why(a)} for a in rule.alternatives]
    return {"operation": rule.operation, "origin": str(rule.origin), "alternatives": reasons}
