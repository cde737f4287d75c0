"""`scopegate log` tells which commit changed who may call what, out of real repositories."""

import re
from pathlib import Path

import pytest

from tests.unit.cli.commands import CommandLine, Outcome
from tests.unit.cli.repository import Repository, new_repository
from tests.unit.cli.test_diff import HEAD, NARROW, OPEN, READ, WRITE, document

ITEM = "get: {security: %s, responses: {default: {description: d}}}\n"
REFERRING = HEAD + "paths: {/x: {$ref: 'paths/x.yaml'}}\n"
API = "openapi.yaml"


@pytest.fixture
def repository(tmp_path: Path, scopegate: CommandLine) -> Repository:
    return new_repository(tmp_path / "repository", scopegate)


def told(outcome: Outcome) -> dict[str, list[str]]:
    """Subject -> what is told of the commit, columns drawn together; the newest first."""
    assert outcome.status == 0, outcome.err
    found: dict[str, list[str]] = {}
    for block in outcome.out.split("\n\n")[:-1]:
        head, *lines = block.splitlines()
        date = re.fullmatch(r"[0-9a-f]{7,}  \d{4}-\d\d-\d\d  somebody  (.*)", head)
        assert date is not None, head
        found[date[1]] = [re.sub(" {2,}", "  ", line.strip()) for line in lines]
    return found


def closing(outcome: Outcome) -> str:
    return outcome.out.splitlines()[-1]


def two(first: str, second: str) -> str:
    """A document with two operations, `GET /a` and `GET /b`, far apart in the file."""
    gap = "".join(f"# {number}\n" for number in range(20))
    return document(first, path="/a") + gap + document(second, path="/b").split("paths:\n")[1]


def test_each_commit_that_changed_access_is_told_and_the_newest_first(
    repository: Repository,
) -> None:
    repository.commit({API: READ}, "begin")
    repository.commit({API: WRITE}, "move")
    repository.commit({API: WRITE.replace("title: t", "title: other")}, "texts")
    repository.commit({"README": "x"}, "elsewhere")
    repository.commit({API: OPEN}, "open")

    outcome = repository.log()

    assert list(told(outcome).items()) == [
        (
            "open",
            [
                "OPENED  GET /x  nothing  now passes: `security: []`  openapi.yaml:7",
                "Who gains: everyone GET /x. Who loses: nobody.",
            ],
        ),
        (
            "move",
            [
                "MOVED  GET /x  write  now passes (was: read)  openapi.yaml:7",
                "read  no longer passes  openapi.yaml:7",
                "Who gains: tokens with write: GET /x. Who loses: tokens with read alone.",
            ],
        ),
        ("begin", ["the document begins here: 1 operation, 0 open to everyone"]),
    ]
    assert closing(outcome) == "4 commits that touched openapi.yaml: 3 changed access, 1 did not"


def test_a_document_that_begins_open_says_so(repository: Repository) -> None:
    repository.commit({API: OPEN}, "begin")

    assert told(repository.log())["begin"] == [
        "the document begins here: 1 operation, 1 open to everyone",
        "ADDED  GET /x  nothing  open to everyone: `security: []`  openapi.yaml:7",
    ]


def test_a_document_that_moves_is_followed(repository: Repository) -> None:
    repository.commit({"old/api.yaml": READ + "# a long comment\n" * 5}, "begin")
    repository.commit({"old/api.yaml": WRITE + "# a long comment\n" * 5}, "move access")
    (repository.folder / "docs").mkdir()
    repository.git("mv", "old/api.yaml", "docs/openapi.yaml")
    repository.commit({}, "move the file")
    (repository.folder / "new").mkdir()
    repository.git("mv", "docs/openapi.yaml", "new/openapi.yaml")
    repository.commit({"new/openapi.yaml": NARROW + "# a long comment\n" * 5}, "both at once")

    found = told(repository.log("new/openapi.yaml"))

    assert list(found) == ["both at once", "move access", "begin"]
    assert found["both at once"][0] == "moved from docs/openapi.yaml to new/openapi.yaml"
    assert found["both at once"][1].startswith("NARROWED  GET /x")
    assert found["move access"][0].endswith("old/api.yaml:7")


def test_versions_that_do_not_load_are_named_and_the_history_goes_on(
    repository: Repository,
) -> None:
    repository.commit({API: READ}, "begin")
    repository.commit({API: READ + "paths: {}\n"}, "break")
    repository.commit({API: "nonsense: ["}, "break more")
    repository.commit({API: OPEN}, "mend and open")

    outcome = repository.log()

    found = told(outcome)
    assert list(found) == ["mend and open", "break more", "break", "begin"]
    assert found["mend and open"][0] == "compared with the last version that loads"
    assert found["mend and open"][1].startswith("OPENED  GET /x")
    assert "error syntax" in found["break more"][0]
    assert re.match(r"the document does not load: openapi.yaml:8:1: error \S+: ", found["break"][0])
    assert closing(outcome).endswith("2 changed access, 2 where it does not load")


def test_a_history_may_begin_and_end_with_versions_that_do_not_load(
    repository: Repository,
) -> None:
    repository.commit({API: "nonsense: ["}, "broken")
    repository.commit({API: READ}, "mend")
    repository.commit({API: "nonsense: {"}, "broken again")

    found = told(repository.log())

    assert list(found) == ["broken again", "mend", "broken"]
    assert found["mend"][-1].startswith("the document begins here: 1 operation")


def test_what_a_branch_changed_is_told_once_and_not_again_by_its_merge(
    repository: Repository,
) -> None:
    repository.commit({API: two("[{oauth: [read]}]", "[{oauth: [read]}]")}, "begin")
    repository.git("switch", "--quiet", "--create", "side")
    repository.commit({API: two("[]", "[{oauth: [read]}]")}, "open a")
    repository.git("switch", "--quiet", "main")
    repository.commit({API: two("[{oauth: [read]}]", "[{oauth: [write]}]")}, "move b")
    repository.git("merge", "--quiet", "--no-ff", "--message", "merge", "side")

    outcome = repository.log()

    found = told(outcome)
    assert set(found) == {"open a", "move b", "begin"}
    assert found["open a"][0].startswith("OPENED  GET /a")
    assert found["move b"][0].startswith("MOVED  GET /b")
    assert closing(outcome) == "4 commits that touched openapi.yaml: 3 changed access, 1 did not"


def test_a_merge_tells_what_it_changed_itself(repository: Repository) -> None:
    repository.commit({API: two("[{oauth: [read]}]", "[{oauth: [read]}]")}, "begin")
    repository.git("switch", "--quiet", "--create", "side")
    repository.commit({API: two("[{oauth: [write]}]", "[{oauth: [read]}]")}, "move a")
    repository.git("switch", "--quiet", "main")
    repository.commit({"README": "x"}, "elsewhere")
    repository.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    repository.commit({API: two("[{oauth: [write]}]", "[]")}, "evil merge")

    found = told(repository.log())

    assert [line.split("  ")[:2] for line in found["evil merge"] if "GET" in line][:1] == [
        ["OPENED", "GET /b"]
    ]
    assert not any("GET /a" in line for line in found["evil merge"])


def test_a_merge_that_took_one_side_passes_the_other_over(repository: Repository) -> None:
    repository.commit({API: READ}, "begin")
    repository.git("switch", "--quiet", "--create", "side")
    repository.commit({API: OPEN}, "never in effect")
    repository.git("switch", "--quiet", "main")
    repository.commit({"README": "x"}, "elsewhere")
    repository.git("merge", "--quiet", "--strategy", "ours", "--message", "merge", "side")

    assert list(told(repository.log())) == ["begin"]


def test_files_that_the_document_refers_to_count_and_others_do_not(
    repository: Repository,
) -> None:
    repository.commit(
        {"api/openapi.yaml": REFERRING, "api/paths/x.yaml": ITEM % "[{oauth: [read]}]"}, "begin"
    )
    repository.commit({"api/paths/y.yaml": ITEM % "[]", "api/other.yaml": READ}, "others")
    repository.commit({"api/paths/x.yaml": ITEM % "[]"}, "open")
    (repository.folder / "api/paths/x.yaml").unlink()
    repository.commit({}, "lose the file")

    outcome = repository.log("api/openapi.yaml")

    found = told(outcome)
    assert list(found) == ["lose the file", "open", "begin"]
    assert "does not load" in found["lose the file"][0]
    assert "api/paths/x.yaml:1" in found["open"][0]
    assert closing(outcome).startswith("3 commits that touched api/openapi.yaml:")


def test_a_document_that_went_and_came_back(repository: Repository) -> None:
    repository.commit({API: READ}, "begin")
    (repository.folder / API).unlink()
    repository.commit({"README": "x"}, "remove")
    repository.commit({API: OPEN}, "again")

    found = told(repository.log())

    assert list(found) == ["again", "remove", "begin"]
    assert found["remove"] == ["the document ends here: 1 operation removed"]
    assert found["again"][0] == "the document begins here: 1 operation, 1 open to everyone"


@pytest.mark.parametrize(
    "name", ["GET /a", "get  /a", "readA", "GET /v1/a"], ids=["key", "spelling", "id", "base path"]
)
def test_the_history_of_one_operation(repository: Repository, name: str) -> None:
    def text(first: str, second: str) -> str:
        return "servers: [{url: /v1}]\n" + two(first, second).replace(
            "/a: {get: {", "/a: {get: {operationId: readA, "
        )

    repository.commit({API: text("[{oauth: [read]}]", "[{oauth: [read]}]")}, "begin")
    repository.commit({API: text("[{oauth: [read]}]", "[]")}, "open b")
    repository.commit({API: text("[{oauth: [write]}]", "[]")}, "move a")

    outcome = repository.log("--operation", name)

    found = told(outcome)
    assert list(found) == ["move a", "begin"]
    assert found["begin"][1].startswith("ADDED  GET /a")
    assert closing(outcome) == (
        f"3 commits that touched openapi.yaml: 2 changed access to {name}, 1 did not"
    )


def test_an_operation_that_was_renamed_keeps_its_history(repository: Repository) -> None:
    def text(path: str, security: str) -> str:
        return document(security, path=path).replace("get: {", "get: {operationId: see, ")

    repository.commit({API: text("/old", "[{oauth: [read]}]")}, "begin")
    repository.commit({API: text("/old", "[{oauth: [write]}]")}, "move access")
    repository.commit({API: text("/new", "[{oauth: [write]}]")}, "rename")

    assert list(told(repository.log("--operation", "GET /new"))) == ["move access", "begin"]


def test_an_operation_that_is_gone_has_a_history(repository: Repository) -> None:
    repository.commit({API: two("[{oauth: [read]}]", "[{oauth: [read]}]")}, "begin")
    repository.commit({API: document("[{oauth: [read]}]", path="/a")}, "remove b")

    assert list(told(repository.log("--operation", "GET /b"))) == ["remove b", "begin"]


def test_an_operation_that_never_was_is_a_misspelling(repository: Repository) -> None:
    repository.commit({API: READ})

    outcome = repository.log("--operation", "GET /y")

    assert outcome.status == 2
    assert (
        "no version of openapi.yaml has the operation `GET /y`; did you mean `GET /x`?"
        in outcome.err
    )


def test_a_history_can_be_cut(repository: Repository) -> None:
    for number, text in enumerate((READ, WRITE, OPEN)):
        repository.commit({API: text}, f"c{number}", date=f"202{number}-05-05T12:00:00Z")

    newest, recent = repository.log("-n", "2"), repository.log("--since", "2022-01-01")

    assert list(told(newest)) == ["c2", "c1"]
    assert closing(newest).startswith("the newest 2 commits that touched")
    assert list(told(recent)) == ["c2"]
    # it is compared with what was before the cut
    assert told(recent)["c2"][0].startswith("OPENED  GET /x")
    assert list(told(repository.log("--since", "2020-01-01"))) == ["c2", "c1", "c0"]


def test_json_leaves_nothing_out(repository: Repository) -> None:
    repository.commit({API: READ}, "begin")
    repository.commit({API: "nonsense: ["}, "break")
    repository.commit({API: OPEN}, "open")

    value = repository.log("--format", "json").json()

    assert value["schema"] == 1
    assert value["counts"] == {
        "changed": 1, "unchanged": 0, "begins": 1, "ends": 0, "unloadable": 1,
    }  # fmt: skip
    assert [(c["subject"], c["kind"]) for c in value["commits"]] == [
        ("open", "changed"),
        ("break", "unloadable"),
        ("begin", "begins"),
    ]
    newest, broken, _ = value["commits"]
    assert newest["commit"] == repository.git("rev-parse", "HEAD")
    assert newest["compared_with_last_that_loads"] is True
    assert newest["comparison"]["changes"][0]["change"] == "opened"
    assert broken["faults"][0].startswith("openapi.yaml:1:")


def test_a_path_is_seen_from_where_one_is(repository: Repository) -> None:
    repository.commit({"below/api.yaml": READ}, "begin")

    for arguments, below in [
        (("api.yaml",), "below"),
        (("../below/./api.yaml",), "below"),
        (("below/api.yaml",), ""),
        ((str(repository.folder / "below/api.yaml"),), ""),
    ]:
        assert list(told(repository.log(*arguments, below=below))) == ["begin"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.yaml",), "git knows no `nowhere.yaml`"),
        (("opnapi.yaml",), "did you mean `openapi.yaml`?"),
        (("../other.yaml",), "is outside the repository"),
        (("-",), "standard input has no history"),
        (("-n", "0"), "0 is not in the range"),
    ],
)
def test_what_has_no_history_is_unusable(
    repository: Repository, arguments: tuple[str, ...], message: str
) -> None:
    repository.commit({API: READ})

    outcome = repository.log(*arguments)

    assert (outcome.status, outcome.out) == (2, "")
    assert message in outcome.err


def test_without_a_repository_or_a_commit_there_is_no_history(
    tmp_path: Path, scopegate: CommandLine, repository: Repository
) -> None:
    (tmp_path / API).write_text(READ, "utf-8")

    outside = scopegate("log", API)
    repository.write({API: READ})
    empty = repository.log()

    assert outside.status == empty.status == 2
    assert "nothing was committed yet" in empty.err


def test_a_setting_for_a_scheme_of_today_does_not_hinder_the_past(repository: Repository) -> None:
    def text(name: str) -> str:
        return READ.replace("oauth:", f"{name}:")

    table = '[schemes.partner]\nissuer = "https://a.example"\naudience = "x"\n'
    repository.commit({API: text("partners")}, "begin")
    repository.commit({API: text("partner").replace("[read]", "[write]")}, "rename")
    repository.commit({"scopegate.toml": table}, "settings")

    assert list(told(repository.log())) == ["rename", "begin"]


def test_the_history_of_a_shallow_clone_says_that_it_is_cut(
    tmp_path: Path, repository: Repository
) -> None:
    repository.commit({API: READ}, "begin")
    repository.commit({API: OPEN}, "open")
    repository.git("clone", "--quiet", "--depth", "1", f"file://{repository.folder}", "../clone")
    clone = Repository(tmp_path / "clone", repository.command_line)

    outcome = clone.log()

    assert list(told(outcome)) == ["open"]
    assert "this clone is shallow" in outcome.err


@pytest.mark.parametrize(
    ("subject", "shown"),
    [("escape \x1b[31m", "escape \\x1b[31m"), ("umlaut \u00fc", "umlaut \u00fc")],
)
def test_nothing_of_a_commit_reaches_the_terminal_as_it_is(
    repository: Repository, subject: str, shown: str
) -> None:
    repository.commit({API: READ}, subject)

    assert list(told(repository.log())) == [shown]
