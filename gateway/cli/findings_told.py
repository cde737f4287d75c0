"""What `serve` says of a document that it serves and lint has something against."""

from collections import Counter
from collections.abc import Iterator, Sequence

from gateway.bindings import tables_of_no_scheme
from gateway.cli.document import SETTINGS_FILE
from gateway.lint.finding import Finding
from gateway.settings import Settings
from gateway.spec.model import ApiDescription

#: findings that are named one by one
_SHOWN = 20
#: rules whose findings are told already, by the start and by each reload
_TOLD_ELSEWHERE = frozenset({"public-operation"})


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """The first findings, each a line."""
    told = [finding for finding in findings if finding.rule not in _TOLD_ELSEWHERE]
    yield from map(str, told[:_SHOWN])


def new_findings(before: Sequence[Finding], now: Sequence[Finding]) -> Sequence[Finding]:
    """The findings that were not there before, wherever they stood."""
    known = Counter(map(_meaning, before))
    new: list[Finding] = []
    for finding in now:
        known[_meaning(finding)] -= 1
        if known[_meaning(finding)] < 0:
            new.append(finding)
    return new


def unbound_lines(description: ApiDescription, settings: Settings, spec: str) -> Iterator[str]:
    """The tables of schemes that the document does not have: trust that nobody is given."""
    for name in tables_of_no_scheme(description, settings):
        if not settings.schemes[name].is_session:  # without it a cookie is believed less, not more
            told_of = f"[schemes.{name}]: {spec} has no such scheme, so it binds nothing"
            yield f"{SETTINGS_FILE}: {told_of}"


def _meaning(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.origin.file, finding.message
