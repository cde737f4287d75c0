"""`scopegate diff` says what a change means for who may call what, and fails where it opens."""

import shlex
from pathlib import Path

import pytest

from tests.unit.cli.commands import CommandLine
from tests.unit.cli.repository import Repository, new_repository
from tests.unit.cli.test_snapshots import WRITES, rendered

SNAPSHOTS = Path(__file__).parents[2] / "snapshots" / "diff"
SEED = Path(__file__).parents[2] / "corpus" / "documents" / "seed-songs.yaml"
FILES = sorted(SNAPSHOTS.glob("*.snap"))

HEAD = """\
openapi: 3.0.3
info: {title: t, version: "1"}
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: /t, scopes: {read: "", write: ""}}}}
"""


def document(security: str, *, path: str = "/x", head: str = HEAD) -> str:
    """A document with one operation."""
    item = f"{{get: {{security: {security}, responses: {{default: {{description: d}}}}}}}}"
    return f"{head}paths:\n  {path}: {item}\n"


READ, WRITE, OPEN = document("[{oauth: [read]}]"), document("[{oauth: [write]}]"), document("[]")
NARROW = document("[{oauth: [read, write]}]")


@pytest.fixture
def repository(tmp_path: Path, scopegate: CommandLine) -> Repository:
    """A repository with two documents that were changed after the last commit."""
    made = new_repository(tmp_path / "repository", scopegate)
    made.commit(
        {"seed-songs.yaml": SEED.read_text(), "api.yaml": (SNAPSHOTS / "old.yaml").read_text()}
    )
    made.write(
        {
            "seed-songs.yaml": (SNAPSHOTS / "seed-songs.yaml").read_text(),
            "api.yaml": (SNAPSHOTS / "new.yaml").read_text(),
        }
    )
    return made


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_comparison_prints_what_its_snapshot_shows(repository: Repository, file: Path) -> None:
    prompt, _, shown = file.read_text(encoding="utf-8").partition("\n")

    told = rendered(repository.diff(*shlex.split(prompt.removeprefix("$ scopegate diff "))))

    if WRITES:
        file.write_text(f"{prompt}\n{told}", encoding="utf-8")
    else:
        assert told == shown


def test_order_and_texts_change_nothing(repository: Repository) -> None:
    repository.write(
        {
            "a.yaml": READ
            + "  /y: {get: {security: [], responses: {default: {description: d}}}}\n",
            "b.yaml": HEAD.replace("title: t", "title: other")
            + "paths:\n"
            + "  /y: {get: {responses: {default: {description: other}}, security: []}}\n"
            + READ.partition("paths:\n")[2],
        }
    )

    outcome = repository.diff("a.yaml", "b.yaml", "--fail-on", "any")

    assert outcome.status == 0
    assert outcome.out.startswith("2 operations compared: access is the same (policy ")


@pytest.mark.parametrize(
    ("old", "new", "statuses"),
    [
        pytest.param(READ, OPEN, (1, 1, 1), id="opened"),
        pytest.param(NARROW, READ, (0, 1, 1), id="widened"),
        pytest.param(READ, WRITE, (0, 1, 1), id="moved"),
        pytest.param(READ, NARROW, (0, 0, 1), id="narrowed"),
        pytest.param(OPEN, document("[{oauth: [x]}]"), (0, 0, 1), id="closed"),
        pytest.param(HEAD + "paths: {}\n", READ, (0, 0, 1), id="added"),
        pytest.param(HEAD + "paths: {}\n", OPEN, (1, 1, 1), id="added for everyone"),
        pytest.param(OPEN, HEAD + "paths: {}\n", (0, 0, 1), id="removed"),
        pytest.param(
            READ, HEAD + "servers: [{url: /v2}]\n" + READ[len(HEAD) :], (0, 0, 1), id="base path"
        ),
        pytest.param(READ, READ, (0, 0, 0), id="the same"),
    ],
)
def test_what_fails_is_what_was_asked_to(
    repository: Repository, old: str, new: str, statuses: tuple[int, int, int]
) -> None:
    repository.write({"a.yaml": old, "b.yaml": new})

    said = [
        repository.diff("a.yaml", "b.yaml", "--fail-on", name).status
        for name in ("opened", "widened", "any")
    ]

    assert tuple(said) == statuses
    assert repository.diff("a.yaml", "b.yaml").status == statuses[1]


def test_undeclared_security_is_read_as_it_will_be_served(repository: Repository) -> None:
    undeclared = HEAD + "paths: {/x: {get: {responses: {default: {description: d}}}}}\n"
    repository.write({"a.yaml": READ, "b.yaml": undeclared})

    denied = repository.diff("a.yaml", "b.yaml")
    opened = repository.diff("a.yaml", "b.yaml", "--undeclared-security", "public")

    assert (denied.status, denied.out.split()[0]) == (0, "CLOSED")
    assert (opened.status, opened.out.split()[0]) == (1, "OPENED")
    assert "now passes: no `security`" in opened.out


def test_one_scope_of_one_operation_is_all_that_is_told(repository: Repository) -> None:
    repository.write({"a.yaml": READ, "b.yaml": WRITE})

    lines = repository.diff("a.yaml", "b.yaml").out.splitlines()

    assert [line.split()[:3] for line in lines[:1]] == [["MOVED", "GET", "/x"]]
    assert lines[-1] == "1 operation compared: 1 moved, 0 the same"


def test_settings_for_a_scheme_that_only_one_side_has_are_no_fault(repository: Repository) -> None:
    bound = 'issuer = "https://a.example"\njwks_uri = "https://a.example/k"\naudience = "a"\n'
    renamed = READ.replace("oauth:", "oauth2:")
    repository.write(
        {"a.yaml": READ, "b.yaml": renamed, "scopegate.toml": f"[schemes.oauth2]\n{bound}"}
    )

    outcome = repository.diff("a.yaml", "b.yaml")

    assert (outcome.status, outcome.err) == (1, "")
    assert outcome.out.startswith("MOVED")


def test_settings_for_a_scheme_that_became_another_kind_suit_the_new_side(
    repository: Repository,
) -> None:
    key = "    oauth: {type: apiKey, in: header, name: X-Key}\n"
    old = HEAD[: HEAD.index("    oauth:")] + key + "paths:\n" + READ.partition("paths:\n")[2]
    table = '[schemes.oauth]\nissuer = "https://a.example"\njwks_uri = "https://a.example/k"\n'
    repository.write({"a.yaml": old, "b.yaml": READ, "scopegate.toml": f'{table}audience = "a"\n'})

    outcome = repository.diff("a.yaml", "b.yaml")

    assert (outcome.status, outcome.err) == (1, "")
    assert outcome.out.startswith("MOVED")
    assert repository.diff("b.yaml", "a.yaml").status == 2


def test_harmless_faults_are_tolerated_where_it_is_asked_for(repository: Repository) -> None:
    faulty = READ.replace("info: {title: t,", "info: {title: t, license: 3,")
    repository.write({"a.yaml": faulty, "b.yaml": OPEN})

    refused = repository.diff("a.yaml", "b.yaml")
    tolerated = repository.diff("a.yaml", "b.yaml", "--tolerate")

    assert (refused.status, refused.out) == (2, "")
    assert tolerated.out.startswith("OPENED")
    assert "the old side `a.yaml` has 1 fault" in tolerated.err


def test_a_renamed_operation_is_compared_with_what_answered_at_its_new_path(
    repository: Repository,
) -> None:
    done = "responses: {default: {description: d}}"
    admin = f"  /users/{{id}}: {{get: {{security: [{{oauth: [write]}}], {done}}}}}\n"
    mine = f"paths:\n  %s: {{get: {{operationId: me, security: [], {done}}}}}\n"
    repository.write(
        {"a.yaml": HEAD + mine % "/me" + admin, "b.yaml": HEAD + mine % "/users/me" + admin}
    )

    outcome = repository.diff("a.yaml", "b.yaml")

    assert outcome.status == 1
    assert outcome.out.splitlines()[0].split()[:3] == ["OPENED", "GET", "/users/me"]
    assert "3 operations compared: 1 opened, 1 removed, 1 the same" in outcome.out


def test_methods_that_a_path_hides_from_a_template_are_told(repository: Repository) -> None:
    done = "security: [{oauth: [write]}], responses: {default: {description: d}}"
    template = f"paths:\n  /users/{{id}}: {{get: {{{done}}}, put: {{{done}}}}}\n"
    mine = f"  /users/me: {{get: {{{done}}}}}\n"
    repository.write({"a.yaml": HEAD + template + mine, "b.yaml": HEAD + template})

    gone, come = repository.diff("a.yaml", "b.yaml"), repository.diff("b.yaml", "a.yaml")

    assert "note: PUT /users/me is answered by PUT /users/{id} now; it was 405" in gone.out
    assert "note: PUT /users/me is 405 now; PUT /users/{id} answered it" in come.out
    assert "note: GET" not in gone.out + come.out


def test_nothing_of_a_document_ends_a_code_span_or_a_row(repository: Repository) -> None:
    odd = "x|`y`<img>@you"
    head = HEAD.replace('write: ""', f'"{odd}": ""')
    new = document(f"[{{oauth: ['{odd}']}}]", head=head)
    repository.write({"a.yaml": document("[{oauth: [read]}]", head=head), "b.yaml": new})

    told = repository.diff("a.yaml", "b.yaml", "--format", "markdown").out

    assert "| ``x\\|`y`<img>@you`` | `now passes (was: read)` |" in told
    assert "tokens with ``x\\|`y`<img>@you``: `GET /x`" in told
    assert told.count("<img>") == 2


def test_json_says_everything(repository: Repository) -> None:
    outcome = repository.diff("main:api.yaml", "--format", "json")

    told = outcome.json()
    assert told["schema"] == 1
    assert told["fails"] is True
    assert told["counts"]["opened"] == 2
    many = next(c for c in told["changes"] if c["operation"] == "GET /many")
    assert len(many["gained"]) == 5
    assert many["witness"] == many["gained"][0]
    assert many["witness"]["needs"] == {"key": {"scopes": [], "roles": ["a"]}}
    assert told["renamed_operations"] == [{"old": "GET /song", "new": "GET /songs"}]
    assert told["renamed_schemes"] == [{"old": "oauth", "new": "login"}]
