"""A report as SARIF 2.1.0, which code scanning services take."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from gateway.errors import Origin
from gateway.lint.baseline import known_as, shown_file
from gateway.lint.catalogue import RuleText
from gateway.lint.finding import Finding
from gateway.lint.report import Report

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_FINGERPRINT = "scopegateFinding/v1"


def sarif(report: Report, rules: Mapping[str, RuleText], *, version: str) -> dict[str, Any]:
    """The report as a SARIF log; artifacts are relative to where the command ran."""
    names = list(dict.fromkeys([*rules, *(finding.rule for finding in report.findings)]))
    run = {
        "tool": {
            "driver": {
                "name": "scopegate",
                "semanticVersion": version,
                "rules": [_rule(name, rules.get(name)) for name in names],
            }
        },
        "invocations": [{"executionSuccessful": report.unloaded == 0}],
        "columnKind": "unicodeCodePoints",
        "results": list(_results(report.findings, names)),
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(name: str, text: RuleText | None) -> dict[str, Any]:
    summary = text.summary if text else "keeps the document from loading"
    body = text.body if text else summary
    return {
        "id": name,
        "name": "".join(part.capitalize() for part in name.replace(".", "-").split("-")),
        "shortDescription": {"text": _sentence(summary)},
        "fullDescription": {"text": _sentence(summary)},
        "help": {"text": body, "markdown": body},
        "defaultConfiguration": {"level": text.severity.value if text else "error"},
        "properties": {"tags": ["security", "openapi"]},
    }


def _results(findings: Sequence[Finding], names: Sequence[str]) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    places = {name: place for place, name in enumerate(names)}
    for finding in findings:
        fingerprint = known_as(finding).fingerprint
        seen[fingerprint] += 1
        result = {
            "ruleId": finding.rule,
            "ruleIndex": places[finding.rule],
            "level": finding.severity.value,
            "message": {"text": _sentence(finding.message, finding.hint)},
            "locations": [_location(finding.origin)],
            "partialFingerprints": {_FINGERPRINT: f"{fingerprint}:{seen[fingerprint]}"},
        }
        if finding.also:
            result["relatedLocations"] = [_location(origin) for origin in finding.also]
        yield result


def _location(origin: Origin) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": _artifact(origin.file),
            "region": {"startLine": origin.line, "startColumn": origin.column},
        }
    }


def _artifact(file: str) -> dict[str, Any]:
    if PurePath(file).is_absolute():
        return {"uri": PurePath(file).as_uri()}
    return {"uri": quote(shown_file(file)), "uriBaseId": "%SRCROOT%"}


def _sentence(text: str, more: str = "") -> str:
    """A text as SARIF wants its messages: sentences with a full stop."""
    sentences = (f"{part[:1].upper()}{part[1:].rstrip('.')}." for part in (text, more) if part)
    return " ".join(sentences)
