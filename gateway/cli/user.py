"""`scopegate user`: create, list, change and delete users."""

import getpass
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.administration import HomeOption, administration
from gateway.cli.talk import Format, counted, new_app, remark, say, say_json
from gateway.errors import UsageError
from token_service.entities import User

if TYPE_CHECKING:
    from token_service.admin import Administration

app = new_app("Create, list, change and delete users.")


@app.command("create")
def create(
    name: str,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    email: Annotated[str, typer.Option()] = "",
    group: Annotated[list[str] | None, typer.Option(help="May be repeated.")] = None,
    staff: Annotated[bool, typer.Option("--staff")] = False,
    if_absent: Annotated[
        bool, typer.Option("--if-absent", help="Leave a user of this name as he is.")
    ] = False,
    home: Annotated[str | None, HomeOption] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Create a user; the password is asked for on a terminal."""
    with administration(home) as admin:
        existing = admin.find_user_by_name(name) if if_absent else None
        if existing is not None:
            remark(f"user `{name}` is there already")
            _show(existing, form)
            return
        password = _read_password(from_stdin=password_stdin)
        created = admin.create_user(name, password, email=email, staff=staff, groups=group or ())
        _show(created, form)


@app.command("list")
def list_users(
    home: Annotated[str | None, HomeOption] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """List the users in the order they were created."""
    with administration(home) as admin:
        users = _all(admin)
    if form is Format.JSON:
        say_json({"users": [_json(user) for user in users]})
        return
    for user in users:
        flags = {"staff": user.is_staff, "disabled": not user.is_active}
        marks = ", ".join((*(mark for mark, is_set in flags.items() if is_set), *user.groups))
        say(f"{user.id}  {user.username}  {user.email or '-'}  {marks or '-'}".rstrip())
    say(counted(len(users), "user"))


@app.command("delete")
def delete(name: str, home: Annotated[str | None, HomeOption] = None) -> None:
    """Delete a user with all he was granted; his id is never given to another."""
    with administration(home) as admin:
        admin.delete_user(_find(admin, name).id)
    say(f"deleted user {name}")


@app.command("password")
def password(
    name: str,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    home: Annotated[str | None, HomeOption] = None,
) -> None:
    """Change a user's password, asked for on a terminal; his sessions and all he granted end."""
    with administration(home) as admin:
        found = _find(admin, name)
        admin.set_password(found.id, _read_password(from_stdin=password_stdin))
    say(f"changed the password of user {name}")


@app.command("disable")
def disable(name: str, home: Annotated[str | None, HomeOption] = None) -> None:
    """Let a user sign in no more; his sessions, and all tokens he has, end."""
    with administration(home) as admin:
        admin.set_user_active(_find(admin, name).id, active=False)
    say(f"disabled user {name}")


@app.command("enable")
def enable(name: str, home: Annotated[str | None, HomeOption] = None) -> None:
    """Let a disabled user sign in again; what ended stays ended."""
    with administration(home) as admin:
        admin.set_user_active(_find(admin, name).id, active=True)
    say(f"enabled user {name}")


def _find(admin: "Administration", name: str) -> User:
    found = admin.find_user_by_name(name)
    if found is None:
        raise UsageError(f"there is no user `{name}`")
    return found


def _all(admin: "Administration") -> tuple[User, ...]:
    return admin.list_users(limit=max(admin.count_users(), 1), offset=0)


def _show(user: User, form: Format) -> None:
    if form is Format.JSON:
        say_json(_json(user))
    else:
        say(f"user {user.username}  id {user.id}  {user.subject}")


def _json(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "username": user.username,
        "subject": user.subject,
        "email": user.email,
        "staff": user.is_staff,
        "active": user.is_active,
        "groups": list(user.groups),
    }


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask for the password; use --password-stdin")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Again: "):
        raise UsageError("the passwords differ; nothing was changed")
    return password
