"""The line that the console shows for a denial: who was refused what, and how to ask why."""

import shlex
import sys
import time
from dataclasses import dataclass

from gateway.model import Decision, Reason
from gateway.policy.compile import is_scope_token
from gateway.policy.explain import STATUS
from gateway.watch import Watch, Watched


@dataclass(frozen=True, slots=True)
class ConsoleSink:
    """Writes one line a denial to stderr; a console that is gone is no reason to fail."""

    #: the document as the operator named it
    spec: str
    base_path: str = ""
    #: the command as it was called
    command: str = "scopegate"

    def watch(self, decision: Decision) -> Watch:
        """Tell denials; permits are the ordinary case and say nothing."""
        return Nothing() if decision.permits else _DenialLine(self, decision)

    def unrouted(self, request: Watched, status: int) -> None:
        """Say nothing: nobody was refused."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Says nothing."""

    def decided(self, request: Watched) -> None:
        """Nothing."""

    def answered(self, request: Watched, status: int, seconds: float) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class _DenialLine:
    """Says who was refused what."""

    sink: ConsoleSink
    decision: Decision

    def decided(self, _request: Watched) -> None:
        """Write the line."""
        sink, at = self.sink, time.strftime("%H:%M:%S")
        line = denial_line(
            self.decision, sink.spec, base_path=sink.base_path, at=at, command=sink.command
        )
        try:
            sys.stderr.write(line + "\n")
        except (OSError, ValueError):
            return

    def answered(self, request: Watched, status: int, seconds: float) -> None:
        """Nothing more: a refusal is answered as it was decided."""


def denial_line(
    decision: Decision, spec: str, *, base_path: str, at: str, command: str = "scopegate"
) -> str:
    """One line, ending in the command that tells more; only names of the document are in it."""
    method, _, path = decision.operation.partition(" ")
    told = f"{at}  {STATUS[decision.reason]}  {method:<6} {path}  {_why(decision)}"
    if spec == "-":
        return told
    question = f"explain {shlex.quote(spec)} {method} {shlex.quote(base_path + path)}"
    scopes = " ".join(scope for scope in decision.held if is_scope_token(scope))
    held = f" --scope {shlex.quote(scopes)}" if scopes else ""
    return f"{told}   why: {command} {question}{held}"


def _why(decision: Decision) -> str:
    if decision.reason is Reason.INVALID_CREDENTIAL and decision.fault is not None:
        return f"invalid credential: {decision.fault.value}"
    missing = [
        " + ".join((*outcome.missing_scopes, *outcome.missing_roles))
        for outcome in decision.outcomes
        if outcome.missing_scopes or outcome.missing_roles
    ]
    if decision.reason is Reason.INSUFFICIENT_SCOPE and missing:
        return f"lacks {' or '.join(missing)}"
    return decision.reason.value.replace("_", " ")
