"""What was sent and what was found: counted by door and document, nothing stops at a finding."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Self

from tests.fuzz.messages import Answer, Silence


class Kind(StrEnum):
    """What can be found."""

    WRONG = "wrong decision"
    FAULT = "answer of 500"
    HANG = "hang"
    #: a permitted request was answered in a way that the document does not tell of
    UNDOCUMENTED = "undocumented answer"


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer that is not as it must be; holds no token."""

    kind: Kind
    door: str
    document: str
    request: str
    presented: str
    due: str
    answered: str

    def __str__(self) -> str:
        """The request as one would type it, and what came of it."""
        return (
            f"{self.kind}, {self.door}, {self.document}\n  {self.request}\n"
            f"  # with {self.presented}: due {self.due}, answered {self.answered}"
        )


@dataclass(slots=True)
class Ledger:
    """The counts and findings of one test, or of all."""

    #: (door, document, class of status) -> answers
    answers: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many requests were made."""
        return self.answers.total()

    def count(self, answer: Answer | Silence, *, door: str, document: str) -> None:
        """Count an answer; every request is counted once."""
        self.answers[door, document, _heading(answer)] += 1

    def found(self, kind: Kind) -> int:
        """How many findings there are of a kind."""
        return sum(finding.kind is kind for finding in self.findings)

    def add(self, others: Iterable[Self]) -> Self:
        """This one with what others hold."""
        for other in others:
            self.answers.update(other.answers)
            self.findings.extend(other.findings)
        return self

    def to_text(self) -> str:
        """As it travels from a worker to the one who sums up."""
        findings = [asdict(finding) for finding in self.findings]
        return json.dumps(
            {"answers": [[*k, n] for k, n in self.answers.items()], "found": findings}
        )

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `to_text` wrote."""
        told = json.loads(text)
        answers = Counter({(door, doc, heading): n for door, doc, heading, n in told["answers"]})
        findings = [Finding(**{**item, "kind": Kind(item["kind"])}) for item in told["found"]]
        return cls(answers, findings)


def _heading(answer: Answer | Silence) -> str:
    """The class of the status; 501 is one of its own, for it may be due."""
    if isinstance(answer, Silence):
        return "none"
    return "501" if answer.status == 501 else f"{answer.status // 100}xx"
