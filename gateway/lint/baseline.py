"""Findings that are known already: kept in a file, told apart by what they say, not by lines."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from gateway.errors import UsageError
from gateway.lint.finding import Finding

#: where a baseline is looked for, in the current folder
BASELINE_FILE = ".scopegate-baseline.json"
_SCHEMA = 1
#: lines and columns that a message may speak of
_PLACE = re.compile(r":\d+(?::\d+)?\b|\bline \d+\b")


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """What a finding says, wherever in its file it stands."""

    file: str
    rule: str
    message: str

    @property
    def fingerprint(self) -> str:
        """A short name that stays the same while the finding does."""
        return sha256("\0".join((self.file, self.rule, self.message)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Compared:
    """Findings beside a baseline."""

    new: tuple[Finding, ...]
    known: int
    #: entries that occur no more, or less often
    stale: tuple[Known, ...]


def known_as(finding: Finding) -> Known:
    """What a finding says without its lines."""
    message = _PLACE.sub("", finding.message)
    return Known(shown_file(finding.origin.file), finding.rule, message)


def shown_file(file: str) -> str:
    """A file's name as every machine writes it: with slashes, without `./` before it."""
    return PurePath(file).as_posix()


def compare(
    findings: Sequence[Finding], baseline: Mapping[Known, int], *, looked_at: Collection[str]
) -> Compared:
    """Part new findings from known ones; entries of files not looked at say nothing."""
    left = Counter(baseline)
    new = []
    for finding in findings:
        known = known_as(finding)
        if left[known] > 0:
            left[known] -= 1
        else:
            new.append(finding)
    stale = sorted(known for known, count in left.items() if count > 0 and known.file in looked_at)
    return Compared(tuple(new), len(findings) - len(new), tuple(stale))


def baseline_of(
    findings: Iterable[Finding], older: Mapping[Known, int], *, looked_at: Collection[str]
) -> Mapping[Known, int]:
    """All findings as a baseline, with the older entries of files that were not looked at."""
    kept = {known: count for known, count in older.items() if known.file not in looked_at}
    return Counter(kept) + Counter(map(known_as, findings))


def write_baseline(baseline: Mapping[Known, int]) -> str:
    """The text of a baseline: one entry a line, sorted, so that a review shows what changed."""
    entries = [
        json.dumps(
            {"file": known.file, "rule": known.rule, "message": known.message, "count": count},
            ensure_ascii=False,
        )
        for known, count in sorted(baseline.items())
    ]
    body = ",\n    ".join(entries)
    listed = f"[\n    {body}\n  ]" if entries else "[]"
    return f'{{\n  "schema": {_SCHEMA},\n  "findings": {listed}\n}}\n'


def read_baseline(text: str, *, name: str) -> Mapping[Known, int]:
    """Read the text of a baseline; raises UsageError."""
    try:
        held = json.loads(text)
        return _entries(held)
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(
            f"`{name}` is no baseline of lint; make it anew with --write-baseline"
        ) from error


def _entries(held: Any) -> Mapping[Known, int]:
    if held["schema"] != _SCHEMA:
        raise ValueError(held["schema"])
    found: Counter[Known] = Counter()
    for entry in held["findings"]:
        known = Known(*(_text(entry[key]) for key in ("file", "rule", "message")))
        found[known] += int(entry["count"])
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
