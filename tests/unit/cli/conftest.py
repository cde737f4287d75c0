"""The command line in a folder that holds two documents."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.ops.audit import AUDIT_LOGGER
from tests.unit.cli.commands import CommandLine

TESTS = Path(__file__).parents[2]
DOCUMENTS = (
    TESTS / "corpus" / "documents" / "seed-songs.yaml",
    TESTS / "snapshots" / "kinds.yaml",
)


@pytest.fixture
def scopegate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CommandLine]:
    """Runs commands in a folder with `seed-songs.yaml` and `kinds.yaml`."""
    for document in DOCUMENTS:
        shutil.copyfile(document, tmp_path / document.name)
    yield CommandLine(tmp_path, monkeypatch, capsys)
    _forget_where_audit_lines_went()


def _forget_where_audit_lines_went() -> None:
    """A command leaves a logger to the process that it ends with; here the process goes on."""
    audit = logging.getLogger(AUDIT_LOGGER)
    audit.setLevel(logging.NOTSET)
    for handler in audit.handlers[:]:
        audit.removeHandler(handler)
        handler.close()
