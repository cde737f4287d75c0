"""`scopegate login-link`: a link that signs a user in once."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.administration import HomeOption, token_service
from gateway.cli.document import settings_here
from gateway.cli.talk import new_app, remark, say
from gateway.errors import UsageError
from gateway.settings import Settings, is_loopback_url
from token_service.audit import AuditEvent, AuditRecord, write_audit
from token_service.entities import User

if TYPE_CHECKING:
    from token_service.app import TokenService

app = new_app("Make a link that signs a user in once.")


@app.command()
def login_link(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")],
    force: Annotated[
        bool, typer.Option("--force", help="Make one that works from other machines.")
    ] = False,
    home: Annotated[str | None, HomeOption] = None,
    port: Annotated[int | None, typer.Option(help="The port that serve was given.")] = None,
) -> None:
    """Print the link, alone on standard output; it works once, for 15 minutes. It is audited."""
    settings = settings_here({"home": home, "port": port})
    if not force and not is_loopback_url(settings.public_url):
        raise UsageError(
            f"{settings.public_url} is not this machine: whoever sees the link signs in as `{name}`"
            " from anywhere; pass --force if that is meant"
        )
    with token_service(settings) as tokens:
        user = tokens.administration.find_user_by_name(name)
        if user is None:
            raise UsageError(f"there is no user `{name}`")
        if not user.is_active:
            raise UsageError(f"user `{name}` is disabled; `user enable` lets him in again")
        say(make_link(tokens, user, settings))
    remark(f"signs in as {name}, once, within 15 minutes")


def make_link(tokens: "TokenService", user: User, settings: Settings) -> str:
    """The URL of a new link, audited; terminals would leave a dash at its end out of it."""
    link = tokens.sessions.make_link(user)
    write_audit(
        AuditRecord(event=AuditEvent.LINK_MADE, time=int(time.time()), subject=user.subject)
    )
    return f"{settings.public_url}/accounts/once/{link}/"
