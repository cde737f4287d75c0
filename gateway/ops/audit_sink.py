"""One line of JSON a decision: who asked for what, what was decided, and by which policy."""

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from gateway.model import Decision, Outcome
from gateway.ops.audit_log import AuditLog
from gateway.policy.rules import Policy
from gateway.watch import Watch, Watched, says_nothing

#: `event` of these lines; those of the token service have others
EVENT = "decision"


class AuditSink:
    """Writes a line for each decision, permits too; what a decision settles is rendered once."""

    def __init__(
        self,
        log: AuditLog,
        policy: Callable[[], Policy],
        clock: Callable[[], float] = time.time,
        *,
        observes: bool = False,
    ) -> None:
        """`policy` tells the one of the moment: decisions name schemes, it knows their kinds.

        With `observes` a denial refused nothing, which each line says.
        """
        self._observes = observes
        self._log = log
        self._policy = policy
        self._stamp = _Stamp(clock)

    def watch(self, decision: Decision) -> Watch:
        """What is told of requests with this decision."""
        members = _members(decision)
        members["schemes"] = _kinds(decision, self._policy())
        members["observed"] = self._observes
        return _Line(self._log, self._stamp, '",' + _json(members)[1:] + "\n")

    def unrouted(self, request: Watched, status: int) -> None:
        """Nothing was decided, so there is no line."""


class _Stamp:
    """How a line begins: with its time as RFC 3339 has it, in UTC; made once a millisecond."""

    __slots__ = ("_address", "_clock", "_date", "_millisecond", "_second", "_text", "_told")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        #: the address that was told last, and how
        self._address = self._told = ""
        self._second = self._millisecond = -1
        self._date = self._text = ""

    def beginning(self) -> str:
        """A line up to the value of `request`, with the time of now in milliseconds."""
        millisecond = int(self._clock() * 1000)
        if millisecond != self._millisecond:
            self._millisecond = millisecond
            second, rest = divmod(millisecond, 1000)
            if second != self._second:
                self._date = time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(second))
                self._second = second
            self._text = f'{{"event":"{EVENT}","time":"{self._date}{rest:03d}Z","request":"'
        return self._text

    def address(self, address: str) -> str:
        """An address as it stands within quotes."""
        if address != self._address:
            self._address, self._told = address, _inside(address)
        return self._told


class _Line:
    """Writes the line of one request."""

    __slots__ = ("_append", "_rest", "_stamp")

    def __init__(self, log: AuditLog, stamp: _Stamp, rest: str) -> None:
        self._append = log.append
        self._stamp = stamp
        self._rest = rest

    def decided(self, request: Watched) -> None:
        """Write the line; the id of a request is ours, and stands within quotes as it is."""
        line = f'{self._stamp.beginning()}{request.request_id}","address":"'
        self._append(f"{line}{self._stamp.address(request.address)}{self._rest}".encode("ascii"))

    @says_nothing
    def answered(self, request: Watched, status: int, seconds: float) -> None:
        """The decision was told already."""


def _members(decision: Decision) -> dict[str, Any]:
    """Names of closed lists are strings already (`StrEnum`)."""
    proven = decision.proven or [proof for _, proof in decision.shown]
    who, client, jti = decision.principal, None, None
    scopes: set[str] = set()
    for proof in proven:
        who = who or proof.principal
        client = client or proof.client_id or None
        scopes |= proof.scopes
        if jti is None and proof.token is not None:
            jti = proof.token.jti
    fault = decision.fault or decision.request_fault
    return {
        "operation": decision.operation,
        "effect": decision.effect,
        "reason": decision.reason,
        "fault": fault,
        "matched": decision.matched,
        "lacked": [] if decision.permits else [_lacked(o) for o in decision.outcomes],
        "issuer": who.issuer if who else None,
        "subject": who.subject if who else None,
        "kind": who.kind if who else None,
        "client": client,
        "scopes": sorted(scopes),
        "jti": jti,
        "policy": decision.policy,
    }


def _lacked(outcome: Outcome) -> Sequence[str]:
    return [*outcome.missing_schemes, *outcome.missing_scopes, *outcome.missing_roles]


def _kinds(decision: Decision, policy: Policy) -> Sequence[str]:
    """The kinds of the schemes that were used, or, of a denial, whose credential was looked at."""
    if decision.policy != policy.digest:
        return []
    if decision.matched is not None:
        alternative = policy.rules[decision.operation].alternatives[decision.matched - 1]
        names = [need.scheme for need in alternative.needs]
    elif decision.fault is not None:
        names = [challenge.scheme for challenge in decision.challenges]
    else:
        names = [name for name, _ in decision.shown]
    return [policy.schemes[name].kind for name in dict.fromkeys(names)]


def _json(value: object) -> str:
    """JSON in ASCII on one line; no control, not even DEL, stands in it as itself."""
    with contextlib.suppress(TypeError):  # what is no UTF-8
        octets = orjson.dumps(value)
        if octets.isascii() and b"\x7f" not in octets:
            return octets.decode()
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("\x7f", "\\u007f")


def _inside(text: str) -> str:
    """A text as it may stand within quotes; addresses mostly can as they are."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return text
    return _json(text)[1:-1]
