"""`scopegate token`: mint an access token, look into one, revoke tokens, purge what expired."""

import asyncio
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.administration import HomeOption, token_service
from gateway.cli.document import load_spec, settings_here
from gateway.cli.nearest import nearest
from gateway.cli.talk import Format, new_app, remark, say, say_json
from gateway.errors import UsageError
from gateway.policy.grantable import grantable_scopes
from gateway.settings import Settings, is_loopback_url

if TYPE_CHECKING:
    from token_service.app import TokenService

app = new_app("Mint, inspect, revoke and purge tokens.")
_SUBJECT_KINDS = ("user:", "client:")


@app.command("mint")
def mint(
    sub: Annotated[str, typer.Option("--sub", help="A user's name, or a subject as it is.")],
    scope: Annotated[str, typer.Option(help='"a b"; the empty text asks for none.')],
    client: Annotated[str, typer.Option(help="The client_id that the token names.")] = "mint",
    ttl: Annotated[int | None, typer.Option(min=1, help="Seconds that it lives.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Mint for an issuer that others can reach.")
    ] = False,
    spec: Annotated[str | None, typer.Option(help="The document, for its scopes.")] = None,
    home: Annotated[str | None, HomeOption] = None,
    port: Annotated[int | None, typer.Option(help="The port that serve was given.")] = None,
) -> None:
    """Print a signed access token, alone on standard output. It is audited."""
    settings = settings_here({"home": home, "port": port, "spec": spec})
    if not force and not is_loopback_url(settings.issuer):
        raise UsageError(
            f"the issuer {settings.issuer} is not this machine: a minted token opens what others "
            "rely on; pass --force if that is meant"
        )
    scopes = scope.split()
    _warn_of_undeclared(settings, scopes)
    with token_service(settings) as tokens:
        lifetime = settings.access_token_seconds if ttl is None else ttl
        say(tokens.mint(subject_of(tokens, sub), scopes, client_id=client, ttl=lifetime))


@app.command("inspect")
def inspect(
    source: Annotated[str, typer.Argument(metavar="-", help="The token, on standard input.")],
    home: Annotated[str | None, HomeOption] = None,
    port: Annotated[int | None, typer.Option(help="The port that serve was given.")] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Show what a token says, and whether our own keys verify it: NOT VERIFIED, or by whom."""
    if source != "-":
        raise UsageError("a token is not given on the command line: pipe it to `token inspect -`")
    settings = settings_here({"home": home, "port": port})
    text = sys.stdin.readline().strip()
    from gateway.cli.inspect_token import inspect_token  # cryptography loads when it is needed

    verdict, parsed = asyncio.run(inspect_token(settings, text))
    if form is Format.JSON:
        say_json({"verified": verdict, "header": parsed.header, "claims": parsed.claims})
        return
    say(f"VERIFIED by {settings.issuer}" if verdict is None else f"NOT VERIFIED: {verdict}")
    for name, value in (*parsed.header.items(), *parsed.claims.items()):
        say(f"  {name:<10} {_shown(name, value)}")


@app.command("revoke")
def revoke(
    source: Annotated[
        str | None, typer.Argument(metavar="[-]", help="A token, on standard input.")
    ] = None,
    jti: Annotated[str | None, typer.Option(help="The id of an access token.")] = None,
    client: Annotated[
        str | None, typer.Option(metavar="ID", help="All tokens of a client.")
    ] = None,
    user: Annotated[
        str | None, typer.Option(metavar="NAME", help="All of a user, or of a subject as it is.")
    ] = None,
    home: Annotated[str | None, HomeOption] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """End tokens before they expire, in every running server within 2 seconds. It is audited."""
    from gateway.cli import revoke_token  # SQLAlchemy loads when it is needed

    wanted = revoke_token.Wanted(source, jti=jti, client=client, user=user)
    with token_service(settings_here({"home": home})) as tokens:
        ended = revoke_token.end_tokens(tokens, wanted)
    if form is Format.JSON:
        say_json(asdict(ended))
    else:
        say(revoke_token.told(ended, wanted))


@app.command("purge")
def purge(
    home: Annotated[str | None, HomeOption] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Remove expired codes, refresh tokens, grants, sessions and revocations."""
    with token_service(settings_here({"home": home})) as tokens:
        purged = asdict(tokens.revoker.purge())
    if form is Format.JSON:
        say_json(purged)
        return
    for kind, count in purged.items():
        say(f"{kind.replace('_', ' '):<14}  {count}")


def subject_of(tokens: "TokenService", sub: str) -> str:
    """The subject that a name stands for: the user's of this name, else the text as it is."""
    if sub.startswith(_SUBJECT_KINDS):
        return sub
    user = tokens.administration.find_user_by_name(sub)
    if user is None:
        remark(f"note: there is no user `{sub}`; the token's subject is this text itself")
        return sub
    return user.subject


def _warn_of_undeclared(settings: Settings, scopes: list[str]) -> None:
    loaded = load_spec(settings)
    declared = grantable_scopes(loaded.description, loaded.trusts.embedded)
    for scope in scopes:
        if scope not in declared:
            remark(f"note: the document declares no scope `{scope}`{nearest(scope, declared)}")


def _shown(name: str, value: object) -> str:
    if name in {"exp", "iat", "nbf"} and isinstance(value, int):
        return f"{value} ({time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime(value))})"
    text = str(value)
    return "".join(char if char.isprintable() else "?" for char in text)
