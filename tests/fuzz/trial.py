"""Sends one request through every door, judges each answer, and writes down what was found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fuzz.doors import Door
from tests.fuzz.drawing import Drawn
from tests.fuzz.judge import Verdict, describe, judge_challenge, judge_decision, judge_life
from tests.fuzz.ledger import Finding, Kind, Ledger
from tests.fuzz.messages import Answer, Request, Silence
from tests.fuzz.paths import template_of
from tests.fuzz.presentations import Due, Presentation, due


@dataclass(slots=True)
class Trial:
    """One document tried at several doors."""

    document: dict[str, Any]
    name: str
    doors: Sequence[Door]
    ledger: Ledger = field(default_factory=Ledger)
    #: (method, template, what was presented), of what came to a decision
    tried: set[tuple[str, str, str]] = field(default_factory=set)
    #: method and template of the request sent last; None: it named nothing
    last: tuple[str, str] | None = None

    def send(self, drawn: Drawn, presented: Presentation) -> None:
        """Send a drawn request with what is presented, through each door."""
        request = presented.put_on(drawn.request)
        template = template_of(self.document, request.path)
        self.last = None if template is None else (request.method, template)
        for door in self.doors:
            answer = self.ask(door, request)
            if template is None:
                self.note(judge_lost(answer), door, request, presented=presented.name, wanted="404")
                continue
            self.tried.add((request.method, template, presented.name))
            wanted = due(self.document, request.method, template, presented)
            verdict = self._judge(answer, wanted, request=request, template=template)
            if verdict is None and isinstance(answer, Answer) and wanted.status == 200:
                told = drawn.undocumented(answer) if request.method != "HEAD" else None
                verdict = (Kind.UNDOCUMENTED, f"{answer.status}: {told}") if told else None
            self.note(verdict, door, request, presented=presented.name, wanted=_shown(wanted))

    def ask(self, door: Door, request: Request) -> Answer | Silence:
        """Send a request through one door, and count it."""
        answer = door.send(request)
        self.ledger.count(answer, door=door.name, document=self.name)
        return answer

    def note(
        self, verdict: Verdict, door: Door, request: Request, *, presented: str, wanted: str
    ) -> None:
        """Write down a finding, if it is one."""
        if verdict is not None:
            kind, answered = verdict
            self.ledger.findings.append(
                Finding(kind, door.name, self.name, request.line, presented, wanted, answered)
            )

    def _judge(
        self, answer: Answer | Silence, wanted: Due, *, request: Request, template: str
    ) -> Verdict:
        verdict = judge_life(answer)
        if verdict is not None or isinstance(answer, Silence):
            return verdict
        return judge_decision(answer, wanted, is_head=request.method == "HEAD") or judge_challenge(
            answer, self.document, method=request.method, template=template
        )


def judge_lost(answer: Answer | Silence) -> Verdict:
    """A path that names nothing of the document is not found, whoever asks."""
    verdict = judge_life(answer)
    if verdict is not None or isinstance(answer, Silence):
        return verdict
    return None if answer.status == 404 else (Kind.WRONG, describe(answer))


def _shown(wanted: Due) -> str:
    if wanted.status == 200:
        return "neither 401 nor 403"
    return f"{wanted.status} {wanted.error or ''}".strip()
