"""The command line in a folder that holds two documents."""

import shutil
from pathlib import Path

import pytest

from tests.unit.cli.commands import CommandLine

TESTS = Path(__file__).parents[2]
DOCUMENTS = (
    TESTS / "corpus" / "documents" / "seed-songs.yaml",
    TESTS / "snapshots" / "kinds.yaml",
)


@pytest.fixture
def scopegate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """Runs commands in a folder with `seed-songs.yaml` and `kinds.yaml`."""
    for document in DOCUMENTS:
        shutil.copyfile(document, tmp_path / document.name)
    return CommandLine(tmp_path, monkeypatch, capsys)
