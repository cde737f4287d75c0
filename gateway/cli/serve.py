"""`scopegate serve`: the gateway with the token service mounted."""

from typing import Annotated

import typer

from gateway.cli.talk import new_app

app = new_app("Run the gateway with the token service mounted.")


@app.command()
def serve(
    spec: Annotated[str | None, typer.Argument(metavar="[SPEC]")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty database once.")] = False,
    mock: Annotated[
        bool, typer.Option("--mock", help="Answer with the documented examples.")
    ] = False,
    handlers: Annotated[
        str | None, typer.Option(metavar="MODULE", help="The module with your handlers.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only build, then exit.")] = False,
    host: Annotated[str | None, typer.Option()] = None,
    port: Annotated[int | None, typer.Option(help="0 picks a free one.")] = None,
    home: Annotated[str | None, typer.Option(help="Where database and keys are.")] = None,
    workers: Annotated[int | None, typer.Option()] = None,
    undeclared_security: Annotated[str | None, typer.Option(metavar="deny|public")] = None,
    response_validation: Annotated[str | None, typer.Option(metavar="off|warn|enforce")] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No line a request.")] = False,
) -> None:
    """Serve a document: decide each request by it, answer with handlers, examples or 501."""
    flags: dict[str, object] = {
        "spec": spec,
        "host": host,
        "port": port,
        "home": home,
        "workers": workers,
        "undeclared_security": undeclared_security,
        "response_validation": response_validation,
    }
    from gateway.cli import serving  # Connexion, SQLAlchemy and uvicorn load when they are needed

    choices = serving.Choices(mock=mock, handlers=handlers, quiet=quiet or check)
    if check:
        serving.check(flags, choices, demo=demo)
    else:
        serving.serve(flags, choices, demo=demo)
