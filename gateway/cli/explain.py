"""`scopegate explain`: whether a request would pass, and why or why not."""

from typing import Annotated

import typer

from gateway.cli.document import load_spec, settings_here, split_spec
from gateway.cli.explain_output import Question, explanation_json, explanation_lines
from gateway.cli.nearest import nearest
from gateway.cli.suppose import Supposed, suppose, supposed_schemes
from gateway.cli.talk import Format, as_called, new_app, say, say_json
from gateway.errors import UsageError
from gateway.load import LoadedDocument
from gateway.policy.decide import decide
from gateway.policy.explain import explain
from gateway.routing.tree import MethodMissing, PathMissing, Routed
from gateway.spec.model import OperationKey

app = new_app("Say whether a request would pass, and why or why not.")
_METHOD_AND_PATH = 2


@app.command()
def explain_request(
    arguments: Annotated[list[str], typer.Argument(metavar="[SPEC] METHOD PATH")],
    scope: Annotated[
        str | None, typer.Option(help="A valid token of every bearer scheme with these scopes.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="A token to verify as serve would: - or @file.")
    ] = None,
    scheme: Annotated[
        list[str] | None, typer.Option(help="A scheme that is proven: NAME[=role,...].")
    ] = None,
    undeclared_security: Annotated[str | None, typer.Option(metavar="deny|public")] = None,
    home: Annotated[str | None, typer.Option(help="Where the keys are.")] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Print the decision, each alternative with what it lacks, and what would pass.

    PATH is as a client sends it. Without an option the caller is anonymous.
    """
    spec, rest = split_spec(arguments)
    if len(rest) != _METHOD_AND_PATH:
        raise UsageError(f"name METHOD and PATH, as in `{as_called()} explain GET /songs`")
    method, path = rest[0].upper(), rest[1]
    settings = settings_here(
        {"spec": spec, "undeclared_security": undeclared_security, "home": home}
    )
    told = supposed_schemes(scheme or [])
    loaded = load_spec(settings, taken_as_bound=told)
    operation = _find(loaded, method, path)
    supposed = suppose(loaded, settings, operation, scope=scope, token=token, schemes=told)
    question = Question(method=method, path=path, operation=operation)
    _answer(loaded, question, supposed, form)


def _answer(loaded: LoadedDocument, question: Question, supposed: Supposed, form: Format) -> None:
    decision = decide(loaded.policy, question.operation, supposed.credentials)
    rule = loaded.policy.rules[question.operation]
    explanation = explain(decision, rule, held=supposed.scopes)
    if form is Format.JSON:
        say_json(explanation_json(question, supposed, explanation, rule=rule))
    else:
        for line in explanation_lines(question, supposed, explanation, policy=loaded.policy):
            say(line)
    raise typer.Exit(0 if decision.permits else 1)


def _find(loaded: LoadedDocument, method: str, path: str) -> OperationKey:
    route = loaded.table.route(method, path.partition("?")[0].encode())
    match route:
        case Routed(operation):
            return operation
        case MethodMissing(allow, is_options=True):
            raise UsageError(
                f"{path} declares no OPTIONS; it is answered with Allow: {', '.join(allow)}"
            )
        case MethodMissing(allow):
            raise UsageError(f"{path} has no method {method}; it has {', '.join(allow)}")
        case PathMissing(near):
            paths = {rule.partition(" ")[2] for rule in loaded.policy.rules}
            base = loaded.description.base_path
            hint = f"; did you mean `{near}`?" if near else nearest(path, [base + p for p in paths])
            raise UsageError(f"no operation is at {path}{hint}")
