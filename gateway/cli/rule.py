"""`scopegate rule`: why lint has a rule, with what breaks it and what does not."""

from typing import Annotated

import typer

from gateway.cli.nearest import nearest
from gateway.cli.talk import Format, new_app, say, say_json
from gateway.errors import UsageError
from gateway.lint.catalogue import FATAL, RuleText, rule_texts

app = new_app("Say why lint has a rule, what breaks it and what does not.")


@app.command()
def show_rule(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]")] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Print the rule NAME: why, bad, good. Without NAME: every rule in a line."""
    rules = rule_texts()
    if name is None:
        _list(tuple(rules.values()), form)
        return
    rule = rules.get(name)
    if rule is None and name in FATAL:
        raise UsageError(f"`{name}` keeps a document from loading: it is mended, never ignored")
    if rule is None:
        raise UsageError(f"there is no rule `{name}`{nearest(name, rules)}")
    if form is Format.JSON:
        say_json(_values(rule))
    else:
        say(f"{rule.name}\n\n{rule.body}")


def _list(rules: tuple[RuleText, ...], form: Format) -> None:
    if form is Format.JSON:
        say_json({"rules": [_values(rule) for rule in rules]})
        return
    width = max(len(rule.name) for rule in rules)
    for rule in rules:
        say(f"{rule.name:<{width}}  {rule.severity:<7}  {rule.summary}")


def _values(rule: RuleText) -> dict[str, str]:
    return {
        "name": rule.name,
        "severity": rule.severity.value,
        "summary": rule.summary,
        "text": rule.body,
        "bad": rule.bad,
        "good": rule.good,
    }
