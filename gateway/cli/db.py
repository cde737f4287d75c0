"""`scopegate db`: the database's schema."""

from typing import Annotated

import typer

from gateway.cli.administration import HomeOption
from gateway.cli.talk import new_app, say

app = new_app("Bring the database up to date.")


@app.command("upgrade")
def upgrade(home: Annotated[str | None, HomeOption] = None) -> None:
    """Bring both schemas, the token service's and the demo's, to their newest revision."""
    from gateway.cli.schema import upgrade_here  # SQLAlchemy loads when it is needed

    for line in upgrade_here(home):
        say(line)


@app.command("check")
def check(home: Annotated[str | None, HomeOption] = None) -> None:
    """Exit 0 if both schemas are at their newest revision, 1 if not."""
    from gateway.cli.schema import check_here  # SQLAlchemy loads when it is needed

    is_newest, lines = check_here(home)
    for line in lines:
        say(line)
    raise typer.Exit(0 if is_newest else 1)
