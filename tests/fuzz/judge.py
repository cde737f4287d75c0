"""Whether an answer is what is due, and what is wrong with it if not."""

import re
from collections.abc import Sequence
from typing import Any

from tests.fuzz.ledger import Kind
from tests.fuzz.messages import Answer, Silence
from tests.fuzz.oracle import decide
from tests.fuzz.presentations import Due

Verdict = tuple[Kind, str] | None


def judge_life(answer: Answer | Silence) -> Verdict:
    """Whatever is sent is answered, and not with a fault of ours."""
    if isinstance(answer, Silence):
        return Kind.HANG, answer.reason
    if answer.status >= 500:
        return Kind.FAULT, f"{answer.status} {answer.body[:200]!r}"
    return None


def judge_decision(answer: Answer, due: Due, *, is_head: bool) -> Verdict:
    """A denial is exact; a permit is anything a handler may answer, but no denial."""
    said = _errors(answer)
    if due.status == 200:
        wrong = answer.status in {401, 403} or "ambiguous-credentials" in _problem(answer)
    elif answer.status != due.status:
        wrong = True
    else:
        wrong = (due.error is not None and due.error not in said) or (
            due.error is None and any(said)
        )
        wrong = wrong or not _is_well_refused(answer, is_head=is_head)
    return (Kind.WRONG, describe(answer)) if wrong else None


def judge_challenge(
    answer: Answer, document: dict[str, Any], *, method: str, template: str
) -> Verdict:
    """The scope that a 403 asks for opens the operation."""
    for scope in _parameters(answer, "scope") if answer.status == 403 else ():
        if decide(document, method, template, set(scope.split(" "))) != 200:
            return Kind.WRONG, f'403 that asks for scope "{scope}", which does not pass'
    return None


def describe(answer: Answer) -> str:
    """An answer in a few words."""
    challenge = "; ".join(answer.all("www-authenticate"))
    return " ".join(filter(None, (str(answer.status), _problem(answer), challenge)))


def _is_well_refused(answer: Answer, *, is_head: bool) -> bool:
    if answer.status in {401, 403} and answer.all("cache-control") != ["no-store"]:
        return False
    if answer.status == 401 and not answer.all("www-authenticate"):
        return False
    return is_head or answer.all("content-type") == ["application/problem+json"]


def _problem(answer: Answer) -> str:
    told = answer.json()
    return str(told.get("type", "")) if isinstance(told, dict) else ""


def _errors(answer: Answer) -> Sequence[str]:
    return _parameters(answer, "error")


def _parameters(answer: Answer, name: str) -> list[str]:
    pattern = re.compile(rf'\b{name}="([^"]*)"')
    return [found for value in answer.all("www-authenticate") for found in pattern.findall(value)]
