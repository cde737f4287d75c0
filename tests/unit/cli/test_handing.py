"""What a main process hands to its workers arrives whole, and their answers come back."""

import os
import subprocess
import sys
from pathlib import Path

from gateway.cli.handing import Handed, Handing
from gateway.spec.snapshot import Snapshot


def test_a_snapshot_arrives_as_it_was_given(tmp_path: Path) -> None:
    handing = Handing(tmp_path)
    given = Handed(3, Snapshot({"a.yaml": b"\xff\x00"}, {"a.yaml": "/a.yaml"}, {"/a.yaml": True}))
    before = handing.ruling_mark()

    handing.give(given)

    assert handing.ruling() == given
    assert handing.ruling_mark() != before
    assert [file.name for file in tmp_path.iterdir()] == ["ruling.json"]


def test_a_refusal_arrives(tmp_path: Path) -> None:
    handing = Handing(tmp_path)

    handing.refuse("a.yaml:1:1: error syntax: ü")

    assert handing.refusal() == "a.yaml:1:1: error syntax: ü"


def test_only_workers_that_are_there_have_answered(tmp_path: Path) -> None:
    handing = Handing(tmp_path)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / f"worker-{ended.pid}").write_text('[1, ""]', encoding="ascii")

    handing.answer(2, "no")

    assert handing.answers() == {os.getpid(): (2, "no")}
