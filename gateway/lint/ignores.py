"""Comments by which a team lets a finding pass: `# scopegate: ignore[rule] reason`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateway.errors import Origin
from gateway.lint.comments import Comment, comments_of
from gateway.lint.finding import Finding, Severity
from gateway.spec.nearest import did_you_mean

_WORD = "scopegate:"
_IGNORE = re.compile(r"scopegate:\s*ignore\b\s*(?:\[([^\]]*)\])?\s*(.*)")
_FORM = "# scopegate: ignore[rule] reason"


@dataclass(frozen=True, slots=True)
class Ignore:
    """One comment: the rules it names, why, and the line it speaks of."""

    origin: Origin
    rules: tuple[str, ...]
    reason: str
    #: the line of the findings it lets pass
    line: int


@dataclass(frozen=True, slots=True)
class KnownRules:
    """The names that an ignore may hold, and those that it may not."""

    ignorable: frozenset[str]
    #: rules that keep a document from loading
    fatal: frozenset[str]


def ignores_of(text: str, *, file: str) -> Iterator[Ignore]:
    """Yield the ignores of a YAML text; JSON has no comments."""
    comments = list(comments_of(text, word=_WORD))
    alone = {comment.line for comment in comments if comment.is_alone}
    for comment in comments:
        match = _IGNORE.match(comment.text)
        if match:
            rules = tuple(name.strip() for name in (match[1] or "").split(",") if name.strip())
            origin = Origin(file, comment.line, comment.column)
            yield Ignore(origin, rules, match[2].strip(), _line_of(comment, alone))


def _line_of(comment: Comment, alone: set[int]) -> int:
    """Its own line; for a comment that has one alone, the next line that is no such comment."""
    line = comment.line
    while line in alone:
        line += 1
    return line


@dataclass(frozen=True, slots=True)
class Sifted:
    """Findings after the ignores have spoken, those about the ignores among them."""

    findings: tuple[Finding, ...]
    ignored: int


def sift(findings: Sequence[Finding], ignores: Sequence[Ignore], known: KnownRules) -> Sifted:
    """Leave out what a reasoned ignore lets pass; report the ignores that do nothing."""
    used: set[tuple[Origin, str]] = set()
    kept = []
    passing = _by_line(ignores, known)
    for finding in findings:
        allowed = passing.get((finding.origin.file, finding.origin.line, finding.rule))
        if allowed is None:
            kept.append(finding)
        else:
            used.add((allowed.origin, finding.rule))
    told = [finding for ignore in ignores for finding in _about(ignore, used, known)]
    return Sifted((*kept, *told), len(findings) - len(kept))


def unignorable(ignores: Sequence[Ignore], known: KnownRules) -> Iterator[Finding]:
    """Report ignores of what keeps a document from loading; of the others nothing is known then."""
    found = (finding for ignore in ignores for finding in _about(ignore, set(), known))
    return (finding for finding in found if finding.rule == "unignorable-rule")


def _by_line(ignores: Sequence[Ignore], known: KnownRules) -> Mapping[tuple[str, int, str], Ignore]:
    return {
        (ignore.origin.file, ignore.line, rule): ignore
        for ignore in ignores
        if ignore.reason
        for rule in ignore.rules
        if rule in known.ignorable
    }


def _about(ignore: Ignore, used: set[tuple[Origin, str]], known: KnownRules) -> Iterator[Finding]:
    if not ignore.rules:
        message = f"this comment names no rule; write `{_FORM}`"
        yield Finding(ignore.origin, Severity.WARNING, "unused-ignore", message)
    if ignore.rules and not ignore.reason:
        message = f"say why: `# scopegate: ignore[{', '.join(ignore.rules)}] reason`"
        yield Finding(ignore.origin, Severity.ERROR, "ignore-without-reason", message)
    for rule in ignore.rules:
        if rule in known.fatal:
            message = f"`{rule}` keeps a document from loading and cannot be ignored; mend it"
            yield Finding(ignore.origin, Severity.ERROR, "unignorable-rule", message)
        elif rule not in known.ignorable:
            offer = did_you_mean(rule, known.ignorable)
            message = f"there is no rule `{rule}`{offer or '; `scopegate rule` lists them'}"
            yield Finding(ignore.origin, Severity.WARNING, "unused-ignore", message)
        elif ignore.reason and (ignore.origin, rule) not in used:
            message = f"nothing on line {ignore.line} breaks `{rule}`; take the comment away"
            yield Finding(ignore.origin, Severity.WARNING, "unused-ignore", message)
