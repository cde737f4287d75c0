"""The commands of the guide for documents people have work as shown."""

import re
import shlex
from pathlib import Path

import pytest

from tests.e2e.servers import REPOSITORY, run, serving

_GUIDE = (REPOSITORY / "docs" / "how-to" / "serve-a-document-you-have.md").read_text("utf-8")
_LINES = re.findall(r"^\$ scopegate (.+)$", _GUIDE, re.MULTILINE)
_SERVED = [line for line in _LINES if line.startswith("serve ")]
_ASKED = [line for line in _LINES if line not in _SERVED]
_DOCUMENT = """
openapi: 3.1.0
info: {title: Things, version: "1"}
paths:
  /things:
    get:
      security: []
      responses: {"200": {DESCRIPTION content: {application/json: {example: [1, 2]}}}}
"""


def _words(line: str, folder: Path, document: str) -> list[str]:
    """A line of the guide, with a document of ours in the place of the reader's."""
    (folder / "openapi.yaml").write_text(document, "utf-8")
    return [word.removeprefix("path/to/") for word in shlex.split(line)]


@pytest.mark.parametrize("line", _ASKED)
def test_a_question_of_the_guide_is_answered(line: str, tmp_path: Path) -> None:
    words = _words(line, tmp_path, _DOCUMENT.replace("DESCRIPTION", "description: all,"))

    done = run(*words, folder=tmp_path)

    assert done.returncode == 0
    assert "/things" in done.stdout


@pytest.mark.parametrize("line", _SERVED)
def test_a_server_of_the_guide_serves(line: str, tmp_path: Path) -> None:
    # a fault that no access hangs on, where the guide tolerates
    told = "" if "--tolerate" in line else "description: all,"
    command, spec, *options = _words(line, tmp_path, _DOCUMENT.replace("DESCRIPTION", told))

    with serving(spec, *options, folder=tmp_path) as server:
        reply = server.call("GET", "/things")

    assert command == "serve"
    assert reply.status in ({200} if "--tolerate" not in line else {200, 501})


def test_the_guide_shows_both() -> None:
    assert _SERVED
    assert _ASKED
