"""The corpus itself: large enough, complete, and without slips of the pen."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.corpus.cases import DECISIONS, HERE, BadToken, Door, check, read_cases, read_refused
from tests.corpus.rows import ELSEWHERE, ROWS


def test_there_are_at_least_200_cases_over_at_least_12_documents() -> None:
    cases = read_cases()

    assert len(cases) >= 200
    assert len({case.setup.document for case in cases}) >= 12
    assert len(read_refused()) >= 14


def test_every_row_of_the_semantics_is_claimed_by_a_case_or_has_a_reason() -> None:
    claimed = {row for case in read_cases() for row in case.rows}
    claimed |= {row for refused in read_refused() for row in refused.rows}

    assert claimed - ROWS.keys() == set()
    assert ELSEWHERE.keys() - ROWS.keys() == set()
    assert claimed & ELSEWHERE.keys() == set()
    assert ROWS.keys() - claimed - ELSEWHERE.keys() == set()


def test_names_of_cases_are_unique() -> None:
    counted = Counter(case.identity for case in read_cases())

    assert [name for name, count in counted.items() if count > 1] == []


def test_every_document_is_used_and_every_used_document_is_there() -> None:
    used = {case.setup.document for case in read_cases()}
    used |= {refused.document for refused in read_refused()}
    there = {path for path in (HERE / "documents").rglob("*.*") if path.suffix != ".py"}

    assert used - there == set()
    assert {path.name for path in there - used} == {"albums.yaml", "songs.yaml"}


def test_every_kind_of_bad_token_is_presented_somewhere() -> None:
    assert {case.present.token for case in read_cases()} - {None} == set(BadToken)


@pytest.mark.parametrize("door", Door)
def test_every_door_has_cases_that_permit_and_cases_that_do_not(door: Door) -> None:
    statuses = Counter(case.expect.status for case in read_cases() if door in case.doors)

    assert statuses[200] >= 50
    assert min(statuses[401], statuses[403], statuses[404], statuses[405]) >= 10


@pytest.mark.parametrize(
    ("place", "slip"),
    [
        ((), ("documnet", "documents/scopes.yaml")),
        ((), ("undeclared", "allow")),
        (("cases", 0), ("presents", {})),
        (("cases", 0), ("doors", ["shell"])),
        (("cases", 0), ("request", "GET songs")),
        (("cases", 0, "expect"), ("status", 302)),
        (("cases", 0, "expect"), ("match", 1)),
        (("cases", 0, "expect"), ("matched", "1")),
        (("cases", 0, "present"), ("scopes", ["read"])),
        (("cases", 0, "present"), ("token", "stale")),
        (("cases", 0, "present"), ("headers", [])),
    ],
)
def test_a_slip_of_the_pen_in_a_file_is_refused(
    place: tuple[str | int, ...], slip: tuple[str, object]
) -> None:
    content = json.loads((DECISIONS / "scopes.json").read_text("utf-8"))
    check(content)

    found = content
    for step in place:
        found = found[step]
    found[slip[0]] = slip[1]

    with pytest.raises(ValueError, match=re.escape(str(slip[0]).removesuffix("s"))):
        check(content)


def test_documents_that_others_wrote_are_named_with_their_licence() -> None:
    notice = Path(HERE / "documents" / "NOTICE").read_text("utf-8")

    for name in ("seed-songs", "petstore", "readme-security-multiple", "xero-projects"):
        assert f"{name}.yaml" in notice
