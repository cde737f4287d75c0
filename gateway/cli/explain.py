"""`scopegate explain`: whether a request would pass, and why or why not."""

from collections.abc import Sequence
from typing import Annotated

import typer

from gateway.cli.document import load_spec, settings_here, split_spec
from gateway.cli.document_options import BasePath, HeldScope, Schemes, Tolerate, Undeclared
from gateway.cli.explain_output import checks_json, explanation_lines
from gateway.cli.shown_token import NO_TOKEN
from gateway.cli.suppose import Supposed, present, suppose, supposed_schemes
from gateway.cli.talk import Format, as_called, new_app, say, say_json
from gateway.errors import UsageError
from gateway.load import LoadedDocument
from gateway.policy.decide import decide
from gateway.policy.explain import explain
from gateway.questions import Question, explanation_json, find_operation

app = new_app("Say whether a request would pass, and why or why not.")


@app.command()
def explain_request(
    arguments: Annotated[list[str], typer.Argument(metavar="[SPEC] METHOD PATH")],
    scope: HeldScope = None,
    token: Annotated[
        str | None, typer.Option(help="A token to verify as serve would: - or @file.")
    ] = None,
    jwks: Annotated[
        str | None, typer.Option(metavar="FILE", help="The issuer's keys, for --token.")
    ] = None,
    scheme: Schemes = None,
    undeclared_security: Undeclared = None,
    base_path: BasePath = None,
    tolerate: Tolerate = None,
    home: Annotated[str | None, typer.Option(help="Where the keys are.")] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Print the decision, each alternative with what it lacks, and what would pass.

    PATH is as a client sends it. Without an option the caller is anonymous.
    """
    _refuse_together(scope=scope, token=token, jwks=jwks)
    spec, method, path = _request(arguments)
    if spec == token == "-":
        raise UsageError("standard input is either the document or the token: pass --token @file")
    flags = {"undeclared_security": undeclared_security, "base_path": base_path, "home": home}
    settings = settings_here({"spec": spec, "tolerate": tolerate, **flags})
    told = supposed_schemes(scheme or [])
    loaded = load_spec(settings, taken_as_bound=told)
    question = find_operation(loaded, method, path)
    shown = NO_TOKEN
    if token is not None:
        shown = present(loaded, settings, question.operation, source=token, jwks_file=jwks)
    supposed = suppose(loaded, scope=scope, schemes=told, token=shown)
    _answer(loaded, question, supposed, form)


def _refuse_together(*, scope: str | None, token: str | None, jwks: str | None) -> None:
    if scope is not None and token is not None:
        raise UsageError("--scope and --token exclude each other: a token has its own scopes")
    if jwks is not None and token is None:
        raise UsageError("--jwks is for the token of --token: pass --token - or @file")


def _request(arguments: Sequence[str]) -> tuple[str | None, str, str]:
    """SPEC, METHOD and PATH."""
    match split_spec(arguments):
        case spec, [method, path]:
            return spec, method, path
        case _:
            raise UsageError(f"name METHOD and PATH, as in `{as_called()} explain GET /songs`")


def _answer(loaded: LoadedDocument, question: Question, supposed: Supposed, form: Format) -> None:
    decision = decide(loaded.policy, question.operation, supposed.credentials)
    rule = loaded.policy.rules[question.operation]
    explanation = explain(decision, rule, held=supposed.scopes)
    if form is Format.JSON:
        checks = checks_json(supposed.token)
        say_json(explanation_json(question, explanation, rule=rule, checks=checks))
    else:
        for line in explanation_lines(question, supposed, explanation, policy=loaded.policy):
            say(line)
    raise typer.Exit(0 if decision.permits else 1)
