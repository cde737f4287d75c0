"""A SCOPEGATE_HOME with database and keys, made once and copied for each test."""

import shutil
from pathlib import Path
from typing import Any

from gateway.app.tokens import open_database
from gateway.settings import Settings, load_settings
from token_service.keys import Keyring


def settings_in(home: Path, *, schemes: Any = None, **flags: str) -> Settings:
    """Settings of a home; ES256, since its keys are made at once."""
    return load_settings(
        flags={"home": str(home), "signing_alg": "ES256", **flags},
        environment={},
        file={"schemes": schemes or {}},
    )


def make_template(home: Path) -> Path:
    """A home with an empty database of the newest schema, and keys."""
    settings = settings_in(home)
    open_database(settings).dispose()
    Keyring.open(home / "keys", settings.signing_alg)
    return home


def copy_template(template: Path, home: Path) -> Path:
    """A copy of it."""
    shutil.copytree(template, home)
    home.chmod(0o700)
    return home
