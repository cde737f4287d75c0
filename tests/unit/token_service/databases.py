"""A migrated SQLite database, made once and copied for each test."""

import shutil
from pathlib import Path

from token_service.migrations.run import upgrade
from token_service.store.engine import open_engine


def make_template(directory: Path) -> Path:
    """The file of an empty database with the newest schema."""
    file = directory / "template.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file


def copy_template(template: Path, directory: Path) -> str:
    """The URL of a copy."""
    file = directory / "scopegate.db"
    shutil.copy(template, file)
    return f"sqlite:///{file}"
