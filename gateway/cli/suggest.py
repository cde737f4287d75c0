"""`scopegate suggest`: what an audit log says could be narrower than it is."""

import sys
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from gateway.cli.document import load_spec, settings_here, spec_path
from gateway.cli.document_options import BasePath, Tolerate, Undeclared
from gateway.cli.suggest_output import report, report_json
from gateway.cli.talk import Format, counted, new_app, plain, remark, say, say_json
from gateway.errors import UsageError
from gateway.ops.audit_reader import BadLine, SeenDecision, read_log
from gateway.ops.usage import Usage
from gateway.policy.rules import Policy

app = new_app("Say what could be narrower, from an audit log.")

#: bad lines that are named one by one
_NAMED = 5


@app.command()
def suggest(
    log: Annotated[str, typer.Argument(metavar="LOG", help="An audit log; `-` reads stdin.")],
    spec: Annotated[str | None, typer.Argument(metavar="[SPEC]")] = None,
    undeclared_security: Undeclared = None,
    base_path: BasePath = None,
    tolerate: Tolerate = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Print the scopes that each client never used, and security for operations without any.

    Nothing that is suggested opens anything; each suggestion comes with what it rests on.
    """
    flags = {"undeclared_security": undeclared_security, "base_path": base_path}
    settings = settings_here({"spec": spec, "tolerate": tolerate, **flags})
    loaded = load_spec(settings)
    usage, bad, others = _read(log, loaded.policy)
    for line in bad[:_NAMED]:
        remark(f"{plain(log)}:{line.number}: {line.fault}; left out")
    if len(bad) > _NAMED:
        remark(f"{plain(log)}: {counted(len(bad) - _NAMED, 'more line')} cannot be read")
    if form is Format.JSON:
        say_json({"log": log, "document": spec_path(settings), **report_json(loaded, usage, bad)})
        return
    for text in report(loaded, usage, bad=len(bad), others=others):
        say(plain(text))


def _read(log: str, policy: Policy) -> tuple[Usage, list[BadLine], int]:
    """What a log shows for a policy, its bad lines, and how many tell of something else."""
    if log == "-":
        return _add_up(sys.stdin.buffer, policy)
    try:
        with Path(log).open("rb") as stream:
            return _add_up(stream, policy)
    except OSError as error:
        raise UsageError(f"{log}: {(error.strerror or 'cannot be read').lower()}") from error


def _add_up(stream: BinaryIO, policy: Policy) -> tuple[Usage, list[BadLine], int]:
    usage, bad, others = Usage(policy), list[BadLine](), 0
    for line in read_log(stream):
        match line:
            case SeenDecision():
                usage.add(line)
            case BadLine():
                bad.append(line)
            case _:
                others += 1
    return usage, bad, others
