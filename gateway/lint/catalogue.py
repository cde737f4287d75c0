"""What each rule is about, read from the page that documents them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from gateway.lint.finding import Severity
from gateway.lint.ignores import KnownRules

_SECTION = re.compile(r"^## ([a-z0-9.-]+)\n", re.M)
_SUMMARY = re.compile(r"\*([^*]+)\*: (.+)")
_EXAMPLE = re.compile(r"```yaml\n(.*?)```", re.S)

#: what keeps a document from loading: nothing ignores it
FATAL = frozenset(
    {
        "alias",
        "alias-budget",
        "component-name",
        "depth",
        "dialect",
        "duplicate-key",
        "duplicate-operation-id",
        "empty",
        "encoding",
        "invalid-schema",
        "key",
        "merge-key",
        "method",
        "number",
        "path",
        "path-item-ref",
        "reference",
        "reference-cycle",
        "same-template",
        "schema",
        "security-place",
        "security-shape",
        "server",
        "several-documents",
        "size",
        "syntax",
        "tag",
        "template",
        "undeclared-scheme",
        "unsupported-parameter",
        "version",
    }
)
#: what is said about ignores
_ABOUT_IGNORES = frozenset({"ignore-without-reason", "unused-ignore", "unignorable-rule"})


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as people read it."""

    name: str
    #: as a rule has it; one or two find worse cases too
    severity: Severity
    #: what it finds, in one sentence
    summary: str
    #: the whole section in Markdown, without its heading
    body: str
    #: YAML: what breaks the rule, and what does not
    bad: str
    good: str


def rule_texts() -> Mapping[str, RuleText]:
    """Every rule of lint by its name, in the order of the page."""
    page = files("gateway.lint").joinpath("rules.md").read_text(encoding="utf-8")
    parts = _SECTION.split(page)[1:]
    return {
        name: _rule(name, body.strip()) for name, body in zip(parts[::2], parts[1::2], strict=True)
    }


def known_rules() -> KnownRules:
    """The names that an ignore may hold, and those that it may not."""
    return KnownRules(frozenset(rule_texts()) - _ABOUT_IGNORES, FATAL)


def _rule(name: str, body: str) -> RuleText:
    summary = _SUMMARY.match(body)
    examples = _EXAMPLE.findall(body)
    if summary is None or not examples:
        raise AssertionError(f"the section of {name} lacks a summary or an example")
    return RuleText(
        name,
        Severity(summary[1].split()[0]),
        summary[2],
        body,
        bad=examples[0],
        good=examples[1] if len(examples) > 1 else "",
    )
