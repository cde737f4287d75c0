"""A side of a comparison may be a git revision; what cannot be read gives no verdict."""

import os
from pathlib import Path

import pytest

from tests.unit.cli.commands import CommandLine
from tests.unit.cli.repository import Repository, new_repository
from tests.unit.cli.test_diff import HEAD, OPEN, READ, WRITE

ITEM = "get: {security: %s, responses: {default: {description: d}}}\n"
REFERRING = HEAD + "paths: {/x: {$ref: 'paths/x.yaml'}}\n"
SAME = "1 operation compared: access is the same"


@pytest.fixture
def repository(tmp_path: Path, scopegate: CommandLine) -> Repository:
    """A repository whose one document was changed after the last commit."""
    made = new_repository(tmp_path / "repository", scopegate)
    made.commit({"api.yaml": READ, "openapi.yaml": READ})
    made.write({"api.yaml": OPEN, "openapi.yaml": WRITE})
    return made


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        pytest.param(("main:api.yaml", "api.yaml"), "api.yaml:7", id="two sides"),
        pytest.param(("main:api.yaml",), "api.yaml:7", id="the file of the same path"),
        pytest.param(("main", "api.yaml"), "api.yaml:7", id="a revision of the other side"),
        pytest.param(("HEAD:./api.yaml", "api.yaml"), "api.yaml:7", id="from here"),
        pytest.param(("HEAD@{0}:api.yaml", "api.yaml"), "api.yaml:7", id="reflog"),
        pytest.param(("main^{/a commit: or not|commit}:api.yaml", "api.yaml"), "", id="colon"),
        pytest.param(("main",), "openapi.yaml:7", id="the working document"),
    ],
)
def test_a_revision_is_a_side(
    repository: Repository, arguments: tuple[str, ...], place: str
) -> None:
    outcome = repository.diff(*arguments)

    assert outcome.status == 1, outcome.err
    assert outcome.out.splitlines()[0].endswith(place)


def test_two_revisions_are_compared_and_the_way_back_is_the_other_way_round(
    repository: Repository,
) -> None:
    repository.commit({})

    assert repository.diff("HEAD~1", "HEAD").out.startswith("MOVED")
    assert repository.diff("HEAD~1:api.yaml", "HEAD:api.yaml").out.startswith("OPENED")
    assert repository.diff("HEAD:api.yaml", "HEAD~1:api.yaml").out.startswith("NARROWED")


def test_standard_input_is_a_side_once(repository: Repository) -> None:
    assert repository.diff("main:api.yaml", "-", stdin=READ).out.startswith(SAME)
    assert repository.diff("-", "main", stdin=READ).out.startswith(SAME)
    assert repository.diff("-", "-", stdin=READ).status == 2


def test_an_existing_file_wins_over_a_revision_of_its_name(repository: Repository) -> None:
    repository.write({"main": OPEN})

    assert repository.diff("main", "api.yaml").out.startswith(SAME)
    assert repository.diff("refs/heads/main", "api.yaml").out.startswith("OPENED")


def test_a_folder_of_its_name_does_not_hide_a_revision(repository: Repository) -> None:
    (repository.folder / "main").mkdir()

    assert repository.diff("main", "api.yaml").out.startswith("OPENED")


def test_a_path_is_seen_from_the_current_folder_then_from_the_root(repository: Repository) -> None:
    repository.commit({"below/api.yaml": WRITE, "api.yaml": READ})

    def first_word(*arguments: str) -> str:
        return repository.diff(*arguments, below="below").out.split()[0]

    assert repository.diff("main:api.yaml", "api.yaml", below="below").out.startswith(SAME)
    assert first_word("main:../api.yaml", "api.yaml") == "MOVED"
    assert first_word("main:openapi.yaml", "../api.yaml") == "MOVED"
    assert first_word("main", str(repository.folder / "api.yaml")) == "1"
    assert repository.diff("main:./openapi.yaml", "api.yaml", below="below").status == 2


def test_the_files_a_document_refers_to_are_those_of_its_revision(repository: Repository) -> None:
    repository.commit({"api.yaml": REFERRING, "paths/x.yaml": ITEM % "[{oauth: [read]}]"})
    repository.write({"paths/x.yaml": ITEM % "[{oauth: [write]}]"})

    lines = repository.diff("main", "api.yaml").out.splitlines()

    assert lines[0].endswith("paths/x.yaml:1")
    assert lines[1].endswith("main:paths/x.yaml:1")
    assert lines[1].split()[:2] == ["read", "no"]


def test_a_link_in_the_revision_is_followed_and_none_leaves_the_folder(
    repository: Repository,
) -> None:
    item = ITEM % "[{oauth: [read]}]"
    repository.write({"apis/api.yaml": REFERRING, "apis/real/x.yaml": item, "secret/x.yaml": item})
    (repository.folder / "apis/paths").symlink_to("real")
    (repository.folder / "link.yaml").symlink_to("apis/../api.yaml")
    repository.commit({"api.yaml": READ})

    inside = repository.diff("main:apis/api.yaml", "api.yaml")
    (repository.folder / "apis/paths").unlink()
    (repository.folder / "apis/paths").symlink_to("../secret")
    repository.commit({})
    outside = repository.diff("main:apis/api.yaml", "api.yaml")

    assert inside.out.startswith(SAME)
    assert repository.diff("main:link.yaml", "api.yaml").out.startswith(SAME)
    assert (outside.status, outside.out) == (2, "")
    assert "is outside the folder of the document" in outside.err


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside.yaml", "round.yaml"])
def test_a_link_out_of_the_repository_or_in_a_circle_is_refused(
    repository: Repository, target: str
) -> None:
    (repository.folder / "round.yaml").symlink_to(target)
    repository.commit({"api.yaml": READ})

    outcome = repository.diff("main:round.yaml", "api.yaml")

    assert (outcome.status, outcome.out) == (2, "")
    assert "cannot be read" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("mian:api.yaml",), "no revision `mian`; did you mean `main`?", id="rev"),
        pytest.param(("main:apu.yaml", "api.yaml"), "did you mean `api.yaml`?", id="path"),
        pytest.param(("main:gone.yaml", "api.yaml"), "no `gone.yaml` at `main`", id="gone"),
        pytest.param(("main:../x.yaml", "api.yaml"), "outside the repository", id="outside"),
        pytest.param(("main:below", "api.yaml"), "is a folder", id="folder"),
        pytest.param(("api.yaml", "main:broken.yaml"), "the new side `main:broken.yaml`", id="new"),
        pytest.param((":api.yaml",), "takes `REV:path`", id="index"),
        pytest.param(("main:",), "takes `REV:path`", id="no path"),
        pytest.param(("--", "-pager:api.yaml", "api.yaml"), "names no revision", id="option"),
        pytest.param(("missing.yaml", "api.yaml"), "no file `missing.yaml`", id="file"),
        pytest.param(("openapi.yaml",), "is both sides", id="one side"),
    ],
)
def test_what_cannot_be_read_gives_no_verdict(
    repository: Repository, arguments: tuple[str, ...], said: str
) -> None:
    repository.commit({"broken.yaml": "openapi: 3.0.3\n", "below/x.yaml": READ})

    outcome = repository.diff(*arguments)

    assert (outcome.status, outcome.out) == (2, "")
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_faults_of_a_revision_have_their_lines(repository: Repository) -> None:
    repository.commit({"api.yaml": HEAD + "paths: []\n"})

    outcome = repository.diff("main:api.yaml", "openapi.yaml")

    assert outcome.status == 2
    assert "no verdict, the old side `main:api.yaml` cannot be used" in outcome.err
    assert "\nmain:api.yaml:6:" in outcome.err


def test_outside_of_a_repository_and_without_git_files_still_work(
    repository: Repository, scopegate: CommandLine
) -> None:
    outside = scopegate("diff", "main:seed-songs.yaml", GIT_CEILING_DIRECTORIES="/")
    without_git = repository.diff("main:api.yaml", PATH="")
    files = repository.diff("api.yaml", "openapi.yaml", PATH="")

    assert (outside.status, outside.out) == (2, "")
    assert "not a git repository" in outside.err
    assert without_git.status == 2
    assert "git cannot be run; install it, or pass two files" in without_git.err
    assert files.out.startswith("NARROWED")


def test_git_dir_is_obeyed_as_git_does(repository: Repository, scopegate: CommandLine) -> None:
    environment = {"GIT_DIR": str(repository.folder / ".git")}

    outcome = scopegate("diff", "main:api.yaml", "-", stdin=READ, **environment)

    assert outcome.out.startswith(SAME)


def test_what_a_shallow_clone_lacks_is_named(tmp_path: Path, repository: Repository) -> None:
    repository.commit({})
    repository.git("tag", "v1", "main~1")
    clone = tmp_path / "clone"
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.folder}", str(clone))

    shallow = Repository(clone, repository.command_line)

    assert "this clone is shallow" in shallow.diff("HEAD~1:api.yaml").err
    assert shallow.diff("HEAD:api.yaml", "api.yaml").out.startswith(SAME)


def test_a_file_in_a_submodule_is_not_of_this_repository(
    tmp_path: Path, repository: Repository, scopegate: CommandLine
) -> None:
    inner = new_repository(tmp_path / "inner", scopegate)
    inner.commit({"api.yaml": READ})
    allow = ("-c", "protocol.file.allow=always")
    repository.git(*allow, "submodule", "--quiet", "add", str(inner.folder), "module")
    repository.commit({})

    outcome = repository.diff("main:module/api.yaml", "api.yaml")

    assert outcome.status == 2
    assert "is in the submodule `module`" in outcome.err


def test_a_revision_has_the_same_limit_of_bytes(repository: Repository) -> None:
    repository.commit({"api.yaml": READ + "#" * 2000 + "\n"})

    outcome = repository.diff("main:api.yaml", "openapi.yaml", SCOPEGATE_SPEC_MAX_BYTES="1500")

    assert (outcome.status, outcome.out) == (2, "")
    assert "1500 bytes at most" in outcome.err


def test_nothing_is_changed_in_the_repository(repository: Repository) -> None:
    def everything() -> list[tuple[str, int]]:
        return sorted(
            (os.path.join(folder, name), Path(folder, name).stat().st_mtime_ns)  # noqa: PTH118 -- as os.walk has it
            for folder, _, names in os.walk(repository.folder)
            for name in names
        )

    before = everything()
    repository.diff("main:api.yaml")

    assert everything() == before
