"""What a baseline keeps, recognises and misses."""

from dataclasses import replace

import pytest

from gateway.errors import Origin, UsageError
from gateway.lint.baseline import (
    Known,
    baseline_of,
    compare,
    known_as,
    read_baseline,
    write_baseline,
)
from gateway.lint.finding import Finding, Severity

FOUND = Finding(Origin("a.yaml", 3, 5), Severity.ERROR, "undeclared-scope", "no client; PUT /a")
MOVED = replace(FOUND, origin=Origin("./a.yaml", 30, 9))
OTHER = replace(FOUND, message="no client; PUT /b")
FILES = frozenset({"a.yaml"})


def test_a_finding_is_known_wherever_its_line_has_moved() -> None:
    baseline = baseline_of([FOUND], {}, looked_at=FILES)

    compared = compare([MOVED, OTHER], baseline, looked_at=FILES)

    assert (compared.new, compared.known, compared.stale) == ((OTHER,), 1, ())
    assert known_as(FOUND).fingerprint == known_as(MOVED).fingerprint
    assert known_as(FOUND).fingerprint != known_as(OTHER).fingerprint


def test_a_line_that_a_message_speaks_of_is_no_part_of_it() -> None:
    first = replace(FOUND, message="`a` stands twice (first at a.yaml:3:5)")

    assert known_as(first) == known_as(replace(first, message=first.message.replace("3", "8")))


def test_the_second_of_two_that_say_the_same_is_new() -> None:
    baseline = baseline_of([FOUND], {}, looked_at=FILES)

    compared = compare([FOUND, MOVED], baseline, looked_at=FILES)

    assert compared.new == (MOVED,)


def test_what_occurs_no_more_is_stale_if_its_file_was_looked_at() -> None:
    elsewhere = replace(FOUND, origin=Origin("b.yaml", 1, 1))
    baseline = baseline_of([FOUND, elsewhere], {}, looked_at=FILES)

    compared = compare([], baseline, looked_at=FILES)

    assert compared.stale == (known_as(FOUND),)


def test_entries_of_files_that_were_not_looked_at_stay() -> None:
    older = {Known("b.yaml", "trace", "m"): 2, Known("a.yaml", "trace", "m"): 1}

    assert baseline_of([FOUND], older, looked_at=FILES) == {
        Known("b.yaml", "trace", "m"): 2,
        known_as(FOUND): 1,
    }


def test_a_baseline_is_read_as_it_was_written_in_any_order() -> None:
    baseline = baseline_of([FOUND, MOVED, OTHER], {}, looked_at=FILES)
    reverse = baseline_of([OTHER, MOVED, FOUND], {}, looked_at=FILES)

    text = write_baseline(baseline)

    assert read_baseline(text, name="b") == baseline
    assert write_baseline(reverse) == text
    assert len([line for line in text.splitlines() if "undeclared-scope" in line]) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema": 2, "findings": []}',
        '{"schema": 1, "findings": [{"file": 1, "rule": "r", "message": "m", "count": 1}]}',
        '{"schema": 1, "findings": [{"file": "f"}]}',
        '{"schema": 1, "findings": {"a": 1}}',
    ],
)
def test_what_is_no_baseline_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match="is no baseline of lint"):
        read_baseline(text, name="b.json")
