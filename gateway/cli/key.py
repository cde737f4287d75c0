"""`scopegate key`: the signing keys, listed, rotated and retired."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.administration import HomeOption
from gateway.cli.document import settings_here
from gateway.cli.nearest import nearest
from gateway.cli.talk import Format, counted, new_app, remark, say, say_json
from gateway.errors import UsageError
from gateway.settings import Settings

if TYPE_CHECKING:
    from token_service.keys import RingState

app = new_app("List, rotate and retire the signing keys.")


@app.command("list")
def list_keys(
    home: Annotated[str | None, HomeOption] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """List the keys and their states; retired ones whose tokens have expired are dropped."""
    from gateway.cli.keyring import stored_keys, usable_keys  # cryptography, when it is needed

    settings = settings_here({"home": home})
    keys = stored_keys(settings)
    with usable_keys():
        state = keys.list(int(time.time())) if keys.has_keys else None
    _show(state, settings, form)


@app.command("rotate")
def rotate(
    home: Annotated[str | None, HomeOption] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Let the next key sign; the one before verifies until its tokens have expired."""
    from gateway.cli.keyring import stored_keys, usable_keys  # cryptography, when it is needed

    settings = settings_here({"home": home})
    with usable_keys():
        state = stored_keys(settings).rotate(int(time.time()))
    _show(state, settings, form)
    remark(f"key {state.active.kid} signs from now on")


@app.command("retire")
def retire(
    kid: Annotated[str, typer.Argument(help="The key, or how its name begins.")],
    home: Annotated[str | None, HomeOption] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Delete a key that signs no more; its tokens are refused from now on."""
    from gateway.cli.keyring import stored_keys, usable_keys  # cryptography, when it is needed

    settings = settings_here({"home": home})
    keys, now = stored_keys(settings), int(time.time())
    with usable_keys():
        known = sorted(keys.list(now).kids)
        found = _named(kid, known)
        state = keys.retire(found, now)
    _show(state, settings, form)
    remark(f"key {found} is deleted; tokens it signed are refused from now on")


def _named(name: str, known: list[str]) -> str:
    """The one key that a name or its beginning stands for."""
    found = [kid for kid in known if name and kid.startswith(name)]
    if len(found) > 1:
        raise UsageError(f"`{name}` begins more than one key: {', '.join(found)}")
    if not found:
        beginnings = [kid[: len(name)] for kid in known]
        raise UsageError(f"there is no key `{name}`{nearest(name, beginnings)}")
    return found[0]


def _show(state: "RingState | None", settings: Settings, form: Format) -> None:
    from gateway.cli.keyring import keys_folder  # cryptography, when it is needed

    keys = state.keys if state else ()
    if form is Format.JSON:
        told = ("kid", "alg", "state", "since", "until")
        say_json({"keys": [{name: getattr(key, name) for name in told} for key in keys]})
        return
    for key in keys:
        until = f"  until {_time(key.until)}" if key.until is not None else ""
        say(f"{key.kid}  {key.alg}  {key.state:<7}  since {_time(key.since)}{until}")
    say(f"{counted(len(keys), 'key')} in {keys_folder(settings)}")


def _time(seconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
