"""What was read can be read again from memory, whatever became of the files."""

from pathlib import Path

import pytest

from gateway.errors import UsageError
from gateway.spec.file_source import WorkingFiles
from gateway.spec.read import read_description
from gateway.spec.snapshot import RecordingFiles, Snapshot, dump_snapshot, parse_snapshot

WHOLE = """\
openapi: 3.0.3
info: {title: parts, version: "1"}
paths:
  /one: {$ref: "part.yaml"}
"""
PART = "get: {operationId: one, security: [], responses: {'200': {description: ok}}}\n"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A document of two files."""
    (tmp_path / "part.yaml").write_text(PART, encoding="utf-8")
    whole = tmp_path / "whole.yaml"
    whole.write_text(WHOLE, encoding="utf-8")
    return whole


def test_a_snapshot_reads_as_the_files_did_though_they_are_gone(document: Path) -> None:
    files = RecordingFiles(WorkingFiles())
    before = read_description(str(document), source=files)
    handed_on = parse_snapshot(dump_snapshot(files.snapshot))
    for file in document.parent.iterdir():
        file.unlink()

    after = read_description(str(document), source=handed_on)

    assert handed_on == files.snapshot
    assert [operation.key for operation in after.operations] == ["GET /one"]
    assert after.operations[0].origin == before.operations[0].origin


def test_a_snapshot_opens_no_file(document: Path) -> None:
    with pytest.raises(UsageError, match="not in the snapshot"):
        Snapshot().read(str(document), 1_000)
    with pytest.raises(OSError, match="not in the snapshot"):
        Snapshot().real(str(document))
    assert not Snapshot().is_file(document)


def test_a_file_that_is_missing_was_looked_for(document: Path) -> None:
    (document.parent / "part.yaml").unlink()
    files = RecordingFiles(WorkingFiles())

    with pytest.raises(Exception, match="there is no file"):
        read_description(str(document), source=files)

    assert str(document.parent / "part.yaml") in files.sought
