"""`serve --check`: builds everything, creates nothing, and names what is wrong."""

import sys
import uuid
from collections.abc import Callable, Iterator

import pytest

from tests.unit.cli.commands import CommandLine

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

Write = Callable[[str], str]


@pytest.fixture
def write_handlers(scopegate: CommandLine) -> Iterator[Write]:
    """Writes a module of handlers under a name of its own, and has it forgotten afterwards."""
    name = f"handlers_{uuid.uuid4().hex}"

    def write(text: str) -> str:
        file = scopegate.folder / f"{name}.py"
        file.write_text(f"from scopegate import operation\n\n{text}\n", encoding="utf-8")
        return name

    yield write
    sys.modules.pop(name, None)


@pytest.fixture
def albums(scopegate: CommandLine) -> CommandLine:
    """The command line beside `albums.yaml`."""
    (scopegate.folder / "albums.yaml").write_text(ALBUMS, encoding="utf-8")
    return scopegate


def test_good_document_exits_0_and_leaves_the_folder_as_it_was(albums: CommandLine) -> None:
    before = sorted(albums.folder.iterdir())

    outcome = albums("serve", "albums.yaml", "--mock", "--check")

    assert (outcome.status, outcome.err) == (0, "")
    assert "  albums.yaml  2 operations, 0 scopes, 0 schemes  policy " in outcome.out
    assert "Demo accounts" not in outcome.out
    assert sorted(albums.folder.iterdir()) == before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param(
            "operationId: addAlbum",
            "operationId: listAlbums",
            "albums.yaml:10:20: error duplicate-operation-id: ",
            id="two operations with one operationId",
        ),
        pytest.param(
            "      security: []\n",
            "      security: []\n      security: [{}]\n",
            "albums.yaml:8:7: error duplicate-key: ",
            id="a second security key",
        ),
        pytest.param(
            "security: []",
            "security: [{nobody: []}]",
            "albums.yaml:7:19: error undeclared-scheme: ",
            id="a scheme that is not declared",
        ),
        pytest.param(
            "security: []",
            "security: {}",
            "albums.yaml:7:7: error security-shape: ",
            id="security is no list",
        ),
        pytest.param("paths:", "paths: [", "albums.yaml:5:8: error syntax: ", id="no YAML"),
        pytest.param("/albums", "/-/albums", "albums.yaml:", id="a path of ours"),
        pytest.param("/albums", "/o/albums", "albums.yaml:", id="a path of the token service"),
        pytest.param("openapi: 3.0.3", "openapi: 2.0", "albums.yaml:1:10: error ", id="a version"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "routes", "explain"])
def test_bad_document_exits_2_with_its_place(
    albums: CommandLine, command: str, old: str, new: str, told: str
) -> None:
    text = ALBUMS.replace(old, new, 1)
    (albums.folder / "albums.yaml").write_text(text, encoding="utf-8")
    more = {"serve": ["--check"], "routes": [], "explain": ["GET", "/albums"]}[command]

    outcome = albums(command, "albums.yaml", *more)

    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(told)


def test_deep_document_exits_2_and_not_by_a_signal(albums: CommandLine) -> None:
    (albums.folder / "albums.yaml").write_text("[" * 100_000, encoding="utf-8")

    outcome = albums("routes", "albums.yaml")

    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("albums.yaml:1:")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            '@operation("listAlbum")\ndef one(): ...',
            "the document has no operation `listAlbum`; did you mean `listAlbums`?",
            id="misspelt operationId",
        ),
        pytest.param(
            '@operation("PST /albums")\ndef one(): ...',
            "the document has no operation `PST /albums`; did you mean `POST /albums`?",
            id="misspelt method",
        ),
        pytest.param(
            '@operation("addAlbum")\ndef one(): ...\n\n@operation("POST /albums")\ndef two(): ...',
            "`POST /albums` has two handlers: one (",
            id="two for one operation",
        ),
        pytest.param(
            '@operation("listAlbums")\ndef one(limti): ...',
            "nothing fills `limti`: `GET /albums` at albums.yaml:5:5 has no such parameter",
            id="an argument from nowhere",
        ),
        pytest.param("def one(): ...", "no function is marked @operation", id="no mark"),
        pytest.param("import nowhere_at_all", "No module named 'nowhere_at_all'", id="import"),
    ],
)
def test_handlers_that_do_not_fit_stop_the_start(
    albums: CommandLine, write_handlers: Write, text: str, told: str
) -> None:
    module = write_handlers(text)

    outcome = albums("serve", "albums.yaml", "--handlers", module, "--check")

    assert (outcome.status, outcome.out) == (2, "")
    assert told in outcome.err
    assert not (albums.folder / "var").exists()


def test_handlers_that_fit_are_told_by_routes(albums: CommandLine, write_handlers: Write) -> None:
    module = write_handlers('@operation("listAlbums")\ndef one(): ...')

    checked = albums("serve", "albums.yaml", "--handlers", module, "--check")
    routes = albums("routes", "albums.yaml", "--handlers", module)

    assert checked.status == 0
    assert "without handler: POST /albums   " in checked.out
    assert [line.split()[-1] for line in routes.out.splitlines()[:2]] == ["handler", "501"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(("--undeclared-security", "pulbic"), "did you mean `public`?", id="word"),
        pytest.param(("--response-validation", "wran"), "did you mean `warn`?", id="validation"),
        pytest.param(("--port", "70000"), "must be a whole number from 0 to 65535", id="port"),
        pytest.param(("--prot", "1"), "did you mean `--port`?", id="option"),
        pytest.param(("--workers", "0"), "must be a whole number from 1", id="workers"),
    ],
)
def test_misspelt_option_or_word_gets_the_nearest(
    albums: CommandLine, arguments: tuple[str, ...], told: str
) -> None:
    outcome = albums("serve", "albums.yaml", "--check", *arguments)

    assert (outcome.status, outcome.out) == (2, "")
    assert told in outcome.err


def test_document_on_standard_input_serves_one_worker(albums: CommandLine) -> None:
    outcome = albums("serve", "-", "--workers", "2", "--port", "0", stdin=ALBUMS)

    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("error: standard input can be read by one worker alone")
    assert not (albums.folder / "var").exists()


def test_table_for_a_scheme_of_another_document_is_told_in_one_line(albums: CommandLine) -> None:
    (albums.folder / "scopegate.toml").write_text(
        '[schemes.payments]\naudience = "x"\n[schemes."*"]\naudience = "y"\n'
        "[schemes.login]\nsession = true\n",
        encoding="utf-8",
    )

    outcome = albums("serve", "albums.yaml", "--mock", "--check")

    told = "scopegate.toml: [schemes.payments]: albums.yaml has no such scheme, so it binds nothing"
    assert (outcome.status, outcome.err) == (0, f"{told}\n")
