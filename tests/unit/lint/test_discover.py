"""Which documents an argument of lint stands for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.errors import UsageError
from gateway.lint.discover import candidates

_YAML = "openapi: 3.0.3\n"
FILES = {
    "a.yaml": _YAML,
    "apis/b.yml": "# a comment\n'openapi': 3.1.0\n",
    "apis/c.json": '{"info": {}, "openapi": "3.0.3"}',
    "apis/broken.json": '{"openapi": "3.0.3",',
    "apis/part.yaml": "get:\n  openapi: no\n",
    "apis/example.json": '{"example": {"openapi": "3.0.3"}}',
    "apis/package.json": "{}",
    "apis/list.json": '[{"openapi": "3.0.3"}]',
    "apis/notes.txt": _YAML,
    "apis/.hidden/d.yaml": _YAML,
    "apis/.e.yaml": _YAML,
    "apis/node_modules/f/g.yaml": _YAML,
    "apis/vendor/h.yaml": _YAML,
    "apis/env/pyvenv.cfg": "",
    "apis/env/i.yaml": _YAML,
    "empty/readme.md": "",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        pytest.param(["a.yaml"], ["a.yaml"], id="a file"),
        pytest.param(["apis/part.yaml"], ["apis/part.yaml"], id="a file that is no document"),
        pytest.param(["no.yaml"], ["no.yaml"], id="a file that is not there"),
        pytest.param(["-"], ["-"], id="standard input"),
        pytest.param(["apis"], ["apis/b.yml", "apis/broken.json", "apis/c.json"], id="a folder"),
        pytest.param(["apis/*.json"], ["apis/broken.json", "apis/c.json"], id="a glob"),
        pytest.param(["**/[ab].y*ml"], ["a.yaml", "apis/b.yml"], id="a glob of folders"),
        pytest.param(["**/*.yaml"], ["a.yaml"], id="a glob passes foreign folders over"),
        pytest.param(["apis/vendor/*"], ["apis/vendor/h.yaml"], id="a foreign folder by name"),
        pytest.param(["apis/b.yml", "apis/*.yml", "./apis/b.yml"], ["apis/b.yml"], id="once each"),
        pytest.param(
            ["."], ["a.yaml", "apis/b.yml", "apis/broken.json", "apis/c.json"], id="this folder"
        ),
    ],
)
def test_an_argument_stands_for_documents(arguments: list[str], found: list[str]) -> None:
    assert [candidate.path for candidate in candidates(arguments)] == found


def test_a_file_with_the_signs_of_a_glob_in_its_name_is_a_file(folder: Path) -> None:
    (folder / "a[b].yaml").write_text(_YAML)

    assert [candidate.path for candidate in candidates(["a[b].yaml"])] == ["a[b].yaml"]


def test_a_file_named_by_the_call_is_known_as_such() -> None:
    assert [c.is_named for c in candidates(["apis", "apis/b.yml"])] == [True, False, False]


@pytest.mark.parametrize("argument", ["empty", "*.json", "apis/n*"])
def test_an_argument_without_a_document_is_refused(argument: str) -> None:
    with pytest.raises(UsageError, match="OpenAPI document"):
        candidates([argument])
