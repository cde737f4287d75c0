"""What stops a start: with exit status 2, a place or a name, and nothing created."""

from pathlib import Path

from tests.e2e.servers import SONGS, run

ALBUMS = """\
openapi: 3.0.3
info: {title: albums, version: "1"}
paths:
  /albums:
    get:
      operationId: listAlbums
      security: []
      responses: {"200": {description: ok}}
    post:
      operationId: addAlbum
      security: []
      responses: {"201": {description: ok}}
"""


def checked(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run `serve --check` on a home that is not there: exit status, stdout, stderr."""
    done = run("serve", *arguments, "--check", "--home", str(folder / "home"), folder=folder)
    return done.returncode, done.stdout, done.stderr


def test_check_builds_everything_and_creates_nothing(tmp_path: Path) -> None:
    (tmp_path / "albums.yaml").write_text(ALBUMS, encoding="utf-8")
    before = sorted(tmp_path.iterdir())

    status, said, complaints = checked(tmp_path, "albums.yaml", "--mock")

    assert (status, complaints) == (0, "")
    assert "albums.yaml  2 operations, 0 scopes" in said
    assert sorted(tmp_path.iterdir()) == before


def test_bad_document_stops_the_start_at_its_line(tmp_path: Path) -> None:
    text = ALBUMS.replace("operationId: addAlbum", "operationId: listAlbums")
    (tmp_path / "albums.yaml").write_text(text, encoding="utf-8")

    status, said, complaints = checked(tmp_path, "albums.yaml")

    assert (status, said) == (2, "")
    assert complaints.startswith("albums.yaml:10:20: error duplicate-operation-id: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["albums.yaml"]


def test_handlers_module_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    status, _, complaints = checked(tmp_path, str(SONGS), "--handlers", "nowhere")

    assert status == 2
    assert complaints == "error: --handlers nowhere: No module named 'nowhere'\n"


def test_unknown_setting_stops_the_start_with_the_nearest_name(tmp_path: Path) -> None:
    done = run("serve", str(SONGS), folder=tmp_path, environment={"SCOPEGATE_PROT": "1"})

    assert done.returncode == 2
    assert done.stderr == (
        "error: environment: unknown setting `SCOPEGATE_PROT`; did you mean `SCOPEGATE_PORT`?\n"
    )
