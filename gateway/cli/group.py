"""`scopegate group`: create, list and delete groups."""

from typing import Annotated

import typer

from gateway.cli.administration import HomeOption, administration
from gateway.cli.talk import Format, counted, new_app, remark, say, say_json
from token_service.entities import Group

app = new_app("Create, list and delete groups.")


@app.command("create")
def create(
    name: str,
    scope: Annotated[
        str, typer.Option(help="The most its members may be granted; * follows the document.")
    ] = "*",
    if_absent: Annotated[bool, typer.Option("--if-absent")] = False,
    home: Annotated[str | None, HomeOption] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Create a group."""
    with administration(home) as admin:
        existing = admin.find_group_by_name(name) if if_absent else None
        if existing is not None:
            remark(f"group `{name}` is there already")
        _show(existing or admin.create_group(name, scopes=_scopes(scope)), form)


@app.command("list")
def list_groups(
    home: Annotated[str | None, HomeOption] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """List the groups in the order they were created."""
    with administration(home) as admin:
        groups = admin.list_groups(limit=max(admin.count_groups(), 1), offset=0)
    if form is Format.JSON:
        say_json({"groups": [_json(group) for group in groups]})
        return
    for group in groups:
        say(f"{group.id}  {group.name}  {group.ceiling}")
    say(counted(len(groups), "group"))


@app.command("delete")
def delete(name: str, home: Annotated[str | None, HomeOption] = None) -> None:
    """Delete a group; its members stay."""
    with administration(home) as admin:
        admin.delete_group(name)
    say(f"deleted group {name}")


def _scopes(text: str) -> str | list[str]:
    return text if text == "*" else text.split()


def _show(group: Group, form: Format) -> None:
    if form is Format.JSON:
        say_json(_json(group))
    else:
        say(f"group {group.name}  id {group.id}  scopes {group.ceiling}")


def _json(group: Group) -> dict[str, object]:
    return {"id": group.id, "name": group.name, "scopes": str(group.ceiling)}
