"""The line that the console shows for a denial: who was refused what, and how to ask why."""

import shlex
import sys
import time
from dataclasses import dataclass

from gateway.model import Decision, Reason
from gateway.policy.compile import is_scope_token
from gateway.policy.explain import STATUS


@dataclass(frozen=True, slots=True)
class ConsoleSink:
    """Writes one line a denial to stderr; a console that is gone is no reason to fail."""

    #: the document as the operator named it
    spec: str
    base_path: str = ""
    #: the command as it was called
    command: str = "scopegate"

    def __call__(self, decision: Decision) -> None:
        """Tell a denial; permits are the ordinary case and say nothing."""
        if decision.permits:
            return
        at = time.strftime("%H:%M:%S")
        line = denial_line(
            decision, self.spec, base_path=self.base_path, at=at, command=self.command
        )
        try:
            sys.stderr.write(line + "\n")
        except (OSError, ValueError):
            return


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
