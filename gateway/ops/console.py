"""What the console shows: denials with the command that tells why; on a terminal all requests."""

import shlex
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field

from gateway.model import Decision, Principal, Reason
from gateway.ops.console_lines import ConsoleLines
from gateway.policy.compile import is_scope_token
from gateway.policy.explain import STATUS
from gateway.policy.rules import Policy
from gateway.watch import SILENT, Watch, Watched, says_nothing

_PATH_WIDTH = 24
_WHO_WIDTH = 14
_WHAT_WIDTH = 20
#: a subject is shown as far as a person tells it from others
_SUBJECT_SHOWN = 8


@dataclass(frozen=True, slots=True)
class ConsoleSink:
    """Writes one line a denial, up to the bound of `ConsoleLines`."""

    #: the document as the operator named it
    spec: str
    base_path: str = ""
    #: the command as it was called
    command: str = "scopegate"
    #: somebody reads along: permits are shown too, with who, by what, and how long it took
    on_terminal: bool = False
    #: tells what a permit was used for; None: its number has to do
    policy: Policy | None = None
    #: nothing is refused: a line tells what would have been, and what was
    observes: bool = False
    _: KW_ONLY
    lines: ConsoleLines = field(default_factory=ConsoleLines)

    def watch(self, decision: Decision) -> Watch:
        """Tell denials; where nobody reads along, permits are the ordinary case and say nothing."""
        if self.observes and not decision.permits:
            told = would_be_told(decision, base_path=self.base_path)
            return _WouldBeDenialLine(self.lines.write, *told)
        if self.on_terminal:
            return _TerminalLine(self.lines.write, *self._told(decision))
        if decision.permits:
            return SILENT
        return _DenialLine(self.lines.write, denial_line(decision, self))

    def unrouted(self, request: Watched, status: int) -> None:
        """Say nothing: nobody was refused."""

    def _told(self, decision: Decision) -> tuple[str, str]:
        """What stands between the status and the time it took, and what stands behind it."""
        method, _, path = decision.operation.partition(" ")
        what = _used(decision, self.policy) if decision.permits else _why(decision)
        told = f"{method:<6} {path:<{_PATH_WIDTH}}  {_who(decision):<{_WHO_WIDTH}}"
        why = "" if decision.permits else question(decision, self)
        return _plain(f"{told}  {what:<{_WHAT_WIDTH}}"), _plain(why)


@dataclass(frozen=True, slots=True)
class _TerminalLine:
    """Says how a request was answered."""

    write: Callable[[str], None]
    told: str
    why: str

    @says_nothing
    def decided(self, request: Watched) -> None:
        """Wait for the answer."""

    def answered(self, _request: Watched, status: int, seconds: float) -> None:
        """Write the line."""
        self.write(f"{status}  {self.told}  {seconds * 1000:6.1f} ms{self.why}")


@dataclass(frozen=True, slots=True)
class _DenialLine:
    """Says who was refused what."""

    write: Callable[[str], None]
    line: str

    def decided(self, _request: Watched) -> None:
        """Write the line."""
        self.write(self.line)

    @says_nothing
    def answered(self, request: Watched, status: int, seconds: float) -> None:
        """Nothing more: a refusal is answered as it was decided."""


@dataclass(frozen=True, slots=True)
class _WouldBeDenialLine:
    """Says who would have been refused what, and what he was answered instead."""

    write: Callable[[str], None]
    would_be: str
    told: str

    def decided(self, _request: Watched) -> None:
        """Wait for the answer."""

    def answered(self, _request: Watched, status: int, _seconds: float) -> None:
        """Write the line."""
        self.write(f"{status} {self.would_be}  {self.told}")


def would_be_told(decision: Decision, *, base_path: str) -> tuple[str, str]:
    """What stands behind the status: `(would be 403)`, then what was asked, lacks, and for whom."""
    method, _, path = decision.operation.partition(" ")
    clients = (proven.client_id for _, proven in decision.shown if proven.client_id)
    client = next((f"   client {name}" for name in clients), "")
    told = f"{method:<6} {base_path + path}   {_why(decision)}{client}"
    return f"(would be {STATUS[decision.reason]})", _plain(told)


def denial_line(decision: Decision, sink: ConsoleSink) -> str:
    """One line, ending in the command that tells more; only names of the document are in it."""
    method, _, path = decision.operation.partition(" ")
    told = f"{STATUS[decision.reason]}  {method:<6} {path}  {_why(decision)}"
    return _plain(told + question(decision, sink))


def question(decision: Decision, sink: ConsoleSink) -> str:
    """The command that tells why; nothing where the document came by standard input."""
    if sink.spec == "-":
        return ""
    method, _, path = decision.operation.partition(" ")
    asked = f"explain {shlex.quote(sink.spec)} {method} {shlex.quote(sink.base_path + path)}"
    scopes = " ".join(scope for scope in decision.held if is_scope_token(scope))
    held = f" --scope {shlex.quote(scopes)}" if scopes else ""
    return f"   why: {sink.command} {asked}{held}"


def _who(decision: Decision) -> str:
    shown = (proof.principal for _, proof in decision.shown)
    who: Principal | None = decision.principal or next(shown, None)
    if who is None:
        return "-"
    kind, colon, name = who.subject.partition(":")
    if not colon:
        return who.subject[:_WHO_WIDTH]
    return f"{kind} {name[:_SUBJECT_SHOWN]}"


def _used(decision: Decision, policy: Policy | None) -> str:
    """The scopes and schemes of the alternative that held."""
    if decision.matched is None:
        return "public"
    if policy is None or policy.digest != decision.policy:
        return f"alternative {decision.matched}"
    alternative = policy.rules[decision.operation].alternatives[decision.matched - 1]
    roles = [role for need in alternative.needs for role in need.roles]
    schemes = [need.scheme for need in alternative.needs if not need.scopes and not need.roles]
    return " + ".join([*alternative.scopes, *roles, *schemes]) or "anonymous"


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


def _plain(text: str) -> str:
    """A text as it may stand in one line of a terminal: what is not printable is escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
