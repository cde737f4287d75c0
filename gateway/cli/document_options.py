"""The options that commands about a document share."""

from typing import Annotated

import typer

Undeclared = Annotated[str | None, typer.Option("--undeclared-security", metavar="deny|public")]
BasePath = Annotated[
    str | None, typer.Option("--base-path", metavar="P", help="Instead of the first server's path.")
]
Tolerate = Annotated[
    bool | None,
    typer.Option("--tolerate", help="Despite faults beside security and routing."),
]
Spec = Annotated[str | None, typer.Argument(metavar="[SPEC]")]
Schemes = Annotated[
    list[str] | None, typer.Option("--scheme", help="A scheme that is proven: NAME[=role,...].")
]
HeldScope = Annotated[
    str | None,
    typer.Option("--scope", help="A valid token of every bearer scheme with these scopes."),
]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", help="Operations with this tag; may be repeated.")
]
Paths = Annotated[
    list[str] | None,
    typer.Option("--path", metavar="GLOB", help="Operations at these paths, as in '/songs*'."),
]
Methods = Annotated[
    list[str] | None, typer.Option("--method", help="Operations of this method; may be repeated.")
]
NamedScopes = Annotated[
    list[str] | None, typer.Option("--scope", help="Operations that name one of these scopes.")
]
