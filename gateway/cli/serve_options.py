"""The options of `scopegate serve`, each with its help."""

from typing import Annotated

import typer

Spec = Annotated[str | None, typer.Argument(metavar="[SPEC]")]
Demo = Annotated[bool, typer.Option("--demo", help="Fill an empty database once.")]
Mock = Annotated[bool, typer.Option("--mock", help="Answer with the documented examples.")]
Handlers = Annotated[
    str | None,
    typer.Option("--handlers", metavar="MODULE", help="The module with your handlers."),
]
Upstream = Annotated[
    str | None,
    typer.Option("--upstream", metavar="URL", help="The backend that answers."),
]
Observe = Annotated[
    bool, typer.Option("--observe", help="With --upstream: decide and log, refuse nothing.")
]
Reload = Annotated[
    bool, typer.Option("--reload", help="Take the document anew whenever its files change.")
]
StripAuthorization = Annotated[
    bool, typer.Option("--strip-authorization", help="The backend gets no bearer token.")
]
Check = Annotated[bool, typer.Option("--check", help="Only build, then exit.")]
Host = Annotated[str | None, typer.Option("--host")]
Port = Annotated[int | None, typer.Option("--port", help="0 picks a free one.")]
Home = Annotated[str | None, typer.Option("--home", help="Where database and keys are.")]
Workers = Annotated[int | None, typer.Option("--workers")]
Issuer = Annotated[
    str | None,
    typer.Option(
        "--issuer", metavar="URL", help="Every bearer scheme trusts it; no token service here."
    ),
]
Audience = Annotated[
    str | None,
    typer.Option("--audience", metavar="A", help="With --issuer: what its tokens are for."),
]
BasePath = Annotated[
    str | None,
    typer.Option("--base-path", metavar="P", help="Instead of the first server's path."),
]
Only = Annotated[
    str | None, typer.Option("--only", metavar="gateway|tokens", help="Serve one half.")
]
Tolerate = Annotated[
    bool, typer.Option("--tolerate", help="Serve despite faults beside security and routing.")
]
Undeclared = Annotated[str | None, typer.Option("--undeclared-security", metavar="deny|public")]
Validation = Annotated[
    str | None, typer.Option("--response-validation", metavar="off|warn|enforce")
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No line a request.")]
