"""`scopegate client`: create, list and delete OAuth clients."""

import sys
from typing import Annotated

import typer

from gateway.cli.administration import HomeOption, token_service
from gateway.cli.document import load_spec, settings_here
from gateway.cli.nearest import nearest
from gateway.cli.talk import Format, counted, new_app, remark, say, say_json
from gateway.errors import UsageError
from gateway.policy.grantable import grantable_scopes
from gateway.settings import Settings
from token_service.entities import Client, ClientType, GrantType

app = new_app("Create, list and delete OAuth clients.")

_DEFAULT_GRANTS = ("authorization_code", "refresh_token")
_MANY = 1_000_000


@app.command("create")
def create(
    name: Annotated[str, typer.Option("--name", help="What people call it.")],
    type_: Annotated[ClientType, typer.Option("--type")] = ClientType.CONFIDENTIAL,
    grant: Annotated[list[str] | None, typer.Option(help="May be repeated.")] = None,
    scope: Annotated[str | None, typer.Option(help='"a b", or "*" to follow the document.')] = None,
    redirect_uri: Annotated[list[str] | None, typer.Option(help="May be repeated.")] = None,
    resource: Annotated[str | None, typer.Option(help="The audience of its tokens.")] = None,
    client_id: Annotated[str | None, typer.Option()] = None,
    secret_stdin: Annotated[
        bool, typer.Option("--secret-stdin", help="Read the secret from standard input.")
    ] = False,
    if_absent: Annotated[bool, typer.Option("--if-absent")] = False,
    spec: Annotated[str | None, typer.Option(help="The document, for its scopes.")] = None,
    home: Annotated[str | None, HomeOption] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Create a client; its secret is shown once. Without --scope: the scopes declared now."""
    grants = _grants(grant or _DEFAULT_GRANTS)
    settings = settings_here({"home": home, "spec": spec})
    with token_service(settings) as tokens:
        admin = tokens.administration
        if if_absent and client_id is None:
            raise UsageError("--if-absent needs --client-id, to know which client")
        existing = admin.find_client(client_id) if if_absent and client_id else None
        if existing is not None:
            remark(f"client `{client_id}` is there already; its secret is not shown again")
            _show(existing, None, form)
            return
        created = admin.create_client(
            name,
            type=type_,
            grants=grants,
            scopes=_scopes(scope, settings),
            redirect_uris=redirect_uri or (),
            resource=resource,
            client_id=client_id,
            secret=sys.stdin.readline().rstrip("\r\n") if secret_stdin else None,
        )
        _warn(created.client)
        _show(created.client, created.secret, form)


@app.command("list")
def list_clients(
    home: Annotated[str | None, HomeOption] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """List the clients in the order they were created."""
    with token_service(settings_here({"home": home})) as tokens:
        clients = tokens.administration.list_clients(limit=_MANY, offset=0)
    if form is Format.JSON:
        say_json({"clients": [_json(client) for client in clients]})
        return
    for client in clients:
        grants = ",".join(sorted(client.grants))
        say(f"{client.client_id}  {client.name}  {client.type}  {grants}  {client.ceiling}")
    say(counted(len(clients), "client"))


@app.command("delete")
def delete(client_id: str, home: Annotated[str | None, HomeOption] = None) -> None:
    """Delete a client with all that was granted to it."""
    with token_service(settings_here({"home": home})) as tokens:
        tokens.administration.delete_client(client_id)
    say(f"deleted client {client_id}")


def _grants(names: tuple[str, ...] | list[str]) -> list[GrantType]:
    known = {str(grant): grant for grant in GrantType}
    known |= {"device_code": GrantType.DEVICE_CODE}
    for name in names:
        if name not in known:
            raise UsageError(f"there is no grant `{name}`{nearest(name, known)}")
    return [known[name] for name in names]


def _scopes(text: str | None, settings: Settings) -> str | list[str]:
    if text == "*":
        return text
    loaded = load_spec(settings)
    declared = grantable_scopes(loaded.description, loaded.trusts.embedded)
    if text is None:
        return sorted(declared)
    for scope in text.split():
        if scope not in declared:
            hint = nearest(scope, declared)
            remark(f"note: the document declares no scope `{scope}`, nobody is granted it{hint}")
    return text.split()


def _warn(client: Client) -> None:
    if GrantType.PASSWORD in client.grants:
        remark("note: the password grant shows users' passwords to the client (RFC 9700 s2.4)")
    if client.may_use(GrantType.AUTHORIZATION_CODE) and not client.redirect_uris:
        remark("note: without a --redirect-uri no browser can bring it an authorization code")


def _show(client: Client, secret: str | None, form: Format) -> None:
    if form is Format.JSON:
        once = {} if secret is None else {"client_secret": secret}
        say_json(_json(client) | once)
        return
    say(f"client_id      {client.client_id}")
    if secret is not None:
        say(f"client_secret  {secret}")
    say(f"grants         {' '.join(sorted(client.grants))}")
    say(f"scopes         {client.ceiling}")
    if client.redirect_uris:
        say(f"redirect_uris  {' '.join(client.redirect_uris)}")


def _json(client: Client) -> dict[str, object]:
    return {
        "client_id": client.client_id,
        "name": client.name,
        "type": client.type.value,
        "grants": sorted(client.grants),
        "scopes": str(client.ceiling),
        "redirect_uris": list(client.redirect_uris),
        "resource": client.resource,
    }
