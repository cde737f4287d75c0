"""`scopegate apikey`: create, list, revoke and delete keys for apiKey schemes of the document."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.administration import HomeOption, token_service
from gateway.cli.apikey_scheme import chosen_scheme, read_ttl, warn_of_roles
from gateway.cli.document import load_spec, settings_here
from gateway.cli.talk import Format, counted, new_app, remark, say, say_json
from gateway.errors import UsageError
from token_service.entities import ApiKey, Client, User

if TYPE_CHECKING:
    from token_service.app import TokenService

app = new_app("Create, list, revoke and delete API keys.")
_IdArgument = typer.Argument(metavar="ID", help="The number that `apikey list` shows.")


@app.command("create")
def create(
    scheme: Annotated[str, typer.Option(help="The apiKey scheme of the document it is for.")],
    role: Annotated[list[str] | None, typer.Option(help="May be repeated.")] = None,
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    user: Annotated[str | None, typer.Option(help="The user whose key it is.")] = None,
    client: Annotated[str | None, typer.Option(help="The client_id whose key it is.")] = None,
    ttl: Annotated[
        str | None, typer.Option(help="How long it lives: seconds, or 90d, 12h, 30m.")
    ] = None,
    spec: Annotated[str | None, typer.Option(help="The document, for its schemes.")] = None,
    home: Annotated[str | None, HomeOption] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Create a key; it is shown once and stored as a hash alone."""
    settings = settings_here({"home": home, "spec": spec})
    loaded = load_spec(settings)
    chosen = chosen_scheme(loaded, scheme)
    seconds = None if ttl is None else read_ttl(ttl)
    with token_service(settings) as tokens:
        created = tokens.api_keys.create(
            chosen.name,
            name=name,
            roles=role or (),
            user=None if user is None else _user(tokens, user),
            client=None if client is None else _client(tokens, client),
            ttl=seconds,
        )
    warn_of_roles(loaded, chosen, role or ())
    if form is Format.JSON:
        say_json({**_json(created.api_key), "key": created.text})
        return
    say(f"id      {created.api_key.id}")
    say(f"key     {created.text}")
    say(f"sent    as {chosen.place} `{chosen.parameter}`")
    for title, text in _told(created.api_key).items():
        say(f"{title:<7} {text}")
    remark("the key is not shown again")


@app.command("list")
def list_keys(
    home: Annotated[str | None, HomeOption] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """List the keys, those that ended too, in the order they were created."""
    with token_service(settings_here({"home": home})) as tokens:
        keys = tokens.api_keys.all()
    if form is Format.JSON:
        say_json({"api_keys": [_json(key) for key in keys]})
        return
    for key in keys:
        told = "  ".join(f"{title} {text}" for title, text in _told(key).items())
        say(f"{key.id}  {key.hint}...  {key.scheme}  {_state(key)}  {told}".rstrip())
    say(counted(len(keys), "API key"))


@app.command("revoke")
def revoke(
    api_key: Annotated[int, _IdArgument], home: Annotated[str | None, HomeOption] = None
) -> None:
    """End a key, everywhere within two seconds; it stays listed."""
    with token_service(settings_here({"home": home})) as tokens:
        tokens.api_keys.revoke(api_key)
    say(f"revoked API key {api_key}")


@app.command("delete")
def delete(
    api_key: Annotated[int, _IdArgument], home: Annotated[str | None, HomeOption] = None
) -> None:
    """End a key, everywhere within two seconds, and forget it."""
    with token_service(settings_here({"home": home})) as tokens:
        tokens.api_keys.delete(api_key)
    say(f"deleted API key {api_key}")


def _user(tokens: "TokenService", name: str) -> User:
    found = tokens.administration.find_user_by_name(name)
    if found is None:
        raise UsageError(f"there is no user `{name}`; `user list` shows whom there is")
    return found


def _client(tokens: "TokenService", client_id: str) -> Client:
    found = tokens.administration.find_client(client_id)
    if found is None:
        raise UsageError(f"there is no client `{client_id}`; `client list` shows which there are")
    return found


def _told(key: ApiKey) -> dict[str, str]:
    """What is worth a word beside id, scheme and state."""
    until = None if key.expires_at is None else _time(key.expires_at)
    told = {
        "name": key.name,
        "roles": ", ".join(key.roles),
        "user": key.user.username if key.user else None,
        "client": key.client.client_id if key.client else None,
        "until": until,
    }
    return {title: text for title, text in told.items() if text}


def _state(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is not None and key.expires_at <= time.time():
        return "expired"
    return "valid" if key.owner_is_active else "disabled"


def _json(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "hint": key.hint,
        "scheme": key.scheme,
        "name": key.name,
        "roles": list(key.roles),
        "user": key.user.username if key.user else None,
        "client": key.client.client_id if key.client else None,
        "state": _state(key),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }


def _time(seconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
