"""`scopegate key`: the signing keys."""

from typing import Annotated

import typer

from gateway.cli.administration import HomeOption
from gateway.cli.document import settings_here
from gateway.cli.talk import Format, counted, new_app, say, say_json

app = new_app("List the signing keys.")


@app.callback()
def _family() -> None:
    """List the signing keys."""


@app.command("list")
def list_keys(
    home: Annotated[str | None, HomeOption] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """List the keys of the keyring, the one that signs marked."""
    from gateway.cli.keyring import keys_folder, open_keyring  # cryptography, when it is needed

    settings = settings_here({"home": home})
    has_keys = any(keys_folder(settings).glob("*.pem"))
    keyring = open_keyring(settings) if has_keys else None
    rows = [
        {"kid": key.kid, "alg": key.alg, "signs": keyring is not None and key is keyring.active}
        for key in (keyring.keys if keyring else ())
    ]
    if form is Format.JSON:
        say_json({"keys": rows})
        return
    for row in rows:
        say(f"{row['kid']}  {row['alg']}  {'signs' if row['signs'] else 'verifies'}")
    say(f"{counted(len(rows), 'key')} in {keys_folder(settings)}")
