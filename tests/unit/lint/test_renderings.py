"""A report in each of its forms."""

from dataclasses import replace
from pathlib import PurePath
from typing import Any

import pytest

from gateway.errors import Origin
from gateway.lint.baseline import Known
from gateway.lint.catalogue import rule_texts
from gateway.lint.document import LintedDocument
from gateway.lint.finding import Finding, Severity
from gateway.lint.renderings.github import github_lines
from gateway.lint.renderings.sarif import sarif
from gateway.lint.renderings.text import closing_line, finding_block, finding_line
from gateway.lint.report import Report
from gateway.lint.texts import Texts

FOUND = Finding(
    Origin("a.yaml", 2, 4), Severity.ERROR, "undeclared-scope", "no `put`", "mend", "put"
)


def report(*findings: Finding, text: str = "", baseline: str = "", documents: int = 1) -> Report:
    linted = LintedDocument(
        "a.yaml", findings, 0, None, Texts({"a.yaml": text.encode()}), frozenset({PurePath("a")})
    )
    return Report((linted,) * documents, findings, known=3 if baseline else 0, baseline=baseline)


def unpainted(text: str, _colour: str) -> str:
    return text


def block(finding: Finding, text: str) -> list[str]:
    return list(finding_block(finding, report(finding, text=text), paint=unpainted, command="sg"))


def test_a_finding_shows_its_line_and_the_one_before() -> None:
    assert block(FOUND, "one\n  [put, x]\n")[1:] == [
        "    1 | one",
        "    2 |   [put, x]",
        "      |    ^^^ mend",
    ]


@pytest.mark.parametrize(
    ("line", "carets"),
    [
        pytest.param("   put", "      |    ^^^ mend", id="plain"),
        pytest.param('   "put"', "      |     ^^^ mend", id="quoted"),
        pytest.param("\t\t\tput", "      |    ^^^ mend", id="tabs"),
        pytest.param("日本:put", "      |      ^^^ mend", id="wide characters"),
        pytest.param("   other", "      |    ^ mend", id="another text stands there"),
    ],
)
def test_carets_stand_below_what_is_meant(line: str, carets: str) -> None:
    assert block(FOUND, f"\n{line}\n")[-1] == carets


def test_a_line_that_is_too_long_is_cut_around_its_place() -> None:
    finding = replace(FOUND, origin=Origin("a.yaml", 1, 5001))

    _, line, carets = block(finding, "x" * 5000 + "put" + "y" * 5000)

    assert len(line) < 200
    assert line[carets.index("^") :].startswith("put")


def test_a_finding_without_a_line_shows_what_to_do() -> None:
    finding = replace(FOUND, marked="", hint="`scopegate rule x` says why")

    assert block(finding, "one\ntwo\n")[1:] == ["      = `sg rule x` says why"]


def test_controls_never_reach_a_terminal_and_pipes_carry_ascii() -> None:
    finding = replace(FOUND, message="a\x1b[31m\n é", marked="")

    assert block(finding, "")[0].endswith("a\\x1b[31m\\n é")
    assert finding_line(finding).endswith("a\\x1b[31m\\n \\xe9")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (report(), "1 document, 0 operations, 0 scopes: clean; 1 does not load"),
        (
            report(FOUND, documents=2),
            "2 documents, 0 operations: 1 error, 0 warnings; 2 do not load",
        ),
        (
            report(FOUND, baseline="b.json", documents=2),
            "2 documents, 0 operations: 1 new error, 0 new warnings; 3 known (b.json);"
            " 2 do not load",
        ),
    ],
)
def test_the_closing_line_counts(told: Report, expected: str) -> None:
    assert closing_line(told) == expected


def test_github_gets_its_signs_escaped() -> None:
    finding = replace(
        FOUND, origin=Origin("a,b:c.yaml", 2, 4), message="50% of\nall", hint="x: y, z"
    )

    assert list(github_lines(report(finding))) == [
        "::error file=a%2Cb%3Ac.yaml,line=2,col=4,title=scopegate undeclared-scope"
        "::undeclared-scope: 50%25 of%0Aall%0Ax: y, z"
    ]


def test_sarif_has_what_a_code_scanning_service_asks_for() -> None:
    twice = replace(FOUND, origin=Origin("./sub dir/a.yaml", 9, 1), also=(Origin("b.yaml", 1, 1),))
    absent = replace(FOUND, rule="duplicate-key")

    log = sarif(report(FOUND, twice, twice, absent), rule_texts(), version="1.2.3")

    check_sarif(log)
    (run,) = log["runs"]
    assert [result["ruleId"] for result in run["results"]][-1] == "duplicate-key"
    assert run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "sub%20dir/a.yaml",
        "uriBaseId": "%SRCROOT%",
    }
    assert run["results"][1]["relatedLocations"]
    fingerprints = [tuple(result["partialFingerprints"].values()) for result in run["results"]]
    assert len(set(fingerprints)) == 4


def test_a_file_outside_the_folder_has_a_uri_of_its_own() -> None:
    finding = replace(FOUND, origin=Origin("/elsewhere/a b.yaml", 1, 1))

    log = sarif(report(finding), {}, version="1")

    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "file:///elsewhere/a%20b.yaml"}


def test_sarif_says_whether_all_documents_could_be_read() -> None:
    log = sarif(report(), {}, version="1")

    assert log["runs"][0]["invocations"] == [{"executionSuccessful": False}]


def test_what_a_report_knows_as_stale_is_told_by_file_rule_and_message() -> None:
    stale = replace(report(baseline="b.json"), stale=(Known("a.yaml", "trace", "m"),))

    assert stale.stale[0].fingerprint == Known("a.yaml", "trace", "m").fingerprint


def check_sarif(log: dict[str, Any]) -> None:
    """What SARIF 2.1.0 requires of the objects that are used here (s3.13 to s3.30)."""
    assert log["version"] == "2.1.0"
    for run in log["runs"]:
        driver = run["tool"]["driver"]
        assert driver["name"]
        rules = driver["rules"]
        assert len({rule["id"] for rule in rules}) == len(rules)
        for rule in rules:
            assert rule["help"]["text"]
            assert rule["shortDescription"]["text"].endswith(".")
            assert rule["defaultConfiguration"]["level"] in {"error", "warning"}
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            assert result["level"] in {"error", "warning"}
            assert result["message"]["text"]
            for location in (*result["locations"], *result.get("relatedLocations", ())):
                region = location["physicalLocation"]["region"]
                assert region["startLine"] >= 1
                assert region["startColumn"] >= 1
