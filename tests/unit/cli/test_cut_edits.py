"""An edited document cut at any line: what may rule, were it closed and left there so."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.cli.doubts import NEW_END_SECONDS, SECOND_LOOK_SECONDS, patience
from gateway.compare import compare
from gateway.errors import ScopegateError
from gateway.settings import load_settings
from gateway.spec.model import ApiDescription, OperationKey
from gateway.spec.read import read_description
from gateway.spec.snapshot import Snapshot

DOCUMENTS = Path(__file__).parents[2] / "corpus" / "documents"
NAME = "api.yaml"
SETTINGS = load_settings(flags={}, environment={}, file={})
HEAD = """\
openapi: 3.0.3
info:
  title: lists
  version: "1"
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows:
        clientCredentials:
          tokenUrl: /o/token/
          scopes: {read: Read, write: Write, admin: Admin, delete: Delete}
"""


def operation(name: str, *scopes: str) -> str:
    """An operation whose last lines are its scopes."""
    lines = (
        f"  /{name}:\n    get:\n      operationId: {name}\n",
        "      responses:\n        '200':\n          description: ok\n",
        "      security:\n        - oauth:\n",
        *(f"            - {scope}\n" for scope in scopes),
    )
    return "".join(lines)


INHERITS = operation("rest", "read").partition("      security:")[0]
LISTS = HEAD + "paths:\n" + "".join(operation(f"op{n}", "write") for n in range(4))
ROOT = HEAD + "paths:\n" + INHERITS + operation("own", "write") + "security:\n  - oauth: [write]\n"


def document(name: str) -> str:
    """A document of the corpus, its components first: no cut of it would load otherwise."""
    text = (DOCUMENTS / f"{name}.yaml").read_text(encoding="utf-8")
    head, _, rest = text.partition("\npaths:\n")
    paths, _, components = rest.partition("\ncomponents:\n")
    if not components:
        return text
    return f"{head}\ncomponents:\n{components.rstrip()}\npaths:\n{paths.rstrip()}\n"


def edited(text: str, *edits: tuple[str, str]) -> str:
    """A text with the first of each replaced."""
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@dataclass(frozen=True)
class Edit:
    """A document before and after, and which lines a cut may end with and rule after a while."""

    before: str
    after: str
    possible: tuple[str, ...] = ()
    #: seconds that the whole edit waits; None: it is refused
    waits: float | None = SECOND_LOOK_SECONDS
    #: it is cut at each line that is a multiple of this
    step: int = 1


TITLE = ("title: lists", "title: other")
TWO_SCOPES = ("            - write\n", "            - read\n            - admin\n")
MULTIPLE, SONGS = document("readme-security-multiple"), document("seed-songs")
GALAXY, INHERITANCE = document("galaxy"), document("inheritance")
DECLARED = "            write:things: Add things to your account\n"
THINGS = "            - write:things\n"
EDITS = {
    "a scope added to a block list": Edit(
        MULTIPLE, edited(MULTIPLE, (DECLARED, DECLARED + DECLARED.replace("write", "admin")),
                         ("oauth2:\n" + THINGS + "        - apiKey_header",
                          "oauth2:\n            - admin:things\n" + THINGS
                          + "        - apiKey_header")),
        waits=0,
    ),
    "a title and a scope": Edit(LISTS, edited(LISTS, TITLE, TWO_SCOPES)),
    "a title and a scope above a root list": Edit(ROOT, edited(ROOT, TITLE, TWO_SCOPES)),
    "scopes of the last operation": Edit(
        LISTS, edited(LISTS, TITLE)[: -len(TWO_SCOPES[0])] + TWO_SCOPES[1],
        possible=("- read",), waits=NEW_END_SECONDS,
    ),
    "an alternative added": Edit(
        SONGS, edited(SONGS, ("title: songs", "title: other"),
                      ("- song_auth: [create]\n",
                       "- song_auth: [create]\n        - song_auth:\n            - read\n"
                       "            - post\n")),
    ),
    "the root list changed": Edit(
        INHERITANCE, edited(INHERITANCE, ("- oauth: [read]", "- oauth: [write]\n    api_key: []")),
    ),
    "the root list at the end changed": Edit(
        ROOT, edited(ROOT, TITLE, ("security:\n  - oauth: [write]\n",
                                   "security:\n  - oauth:\n      - read\n      - admin\n")),
        possible=("- read",), waits=NEW_END_SECONDS,
    ),
    "an operation appended": Edit(
        LISTS, LISTS + operation("new", "read", "admin"),
        possible=("- read",), waits=NEW_END_SECONDS,
    ),
    "an operation inserted": Edit(
        LISTS, edited(LISTS, ("  /op2:\n", operation("new", "read", "admin") + "  /op2:\n")),
    ),
    "an operation removed": Edit(
        LISTS, edited(LISTS, TITLE, (operation("op1", "write"), ""), TWO_SCOPES),
    ),
    "the last operation removed": Edit(
        LISTS, edited(LISTS, TITLE, TWO_SCOPES, (operation("op3", "write"), "")), waits=None,
    ),
    "operations in another order": Edit(
        LISTS, edited(LISTS, ("  /op0:\n", operation("op3", "read", "admin") + "  /op0:\n"))
        .removesuffix(operation("op3", "write")),
        waits=None,
    ),
    "a real document": Edit(
        GALAXY, edited(GALAXY, ("title: Scalar", "title: Another"),
                       ("      security:\n        - {}\n", "      security:\n"
                        "        - bearerAuth: []\n          basicAuth: []\n")),
        waits=0, step=4,
    ),
}  # fmt: skip


def snapshot_of(text: str) -> Snapshot:
    """One file in memory."""
    return Snapshot({NAME: text.encode()}, {NAME: f"/{NAME}"}, {f"/{NAME}": True})


def described(text: str) -> ApiDescription:
    return read_description(NAME, source=snapshot_of(text))


def gains(
    before: ApiDescription, after: ApiDescription
) -> set[tuple[OperationKey, frozenset[object]]]:
    """What it takes to call an operation after and did not do before."""
    changes = compare(before, after, SETTINGS).access.changes
    return {(one.operation, frozenset(way.holds)) for one in changes for way in one.gained}


def judged(before: ApiDescription, edit: Edit, text: str, *, unknown: bool = False) -> float | None:
    """Seconds until a text rules; None: it does not."""
    try:
        return patience(
            snapshot_of(text),
            snapshot_of(edit.before),
            compare(before, described(text), SETTINGS),
            unknown={NAME} if unknown else (),
        )
    except ScopegateError:
        return None


def cuts(text: str, step: int) -> Iterator[str]:
    """The beginnings of a text that end with a whole line."""
    lines = text.splitlines(keepends=True)
    return ("".join(lines[:number]) for number in range(0, len(lines), step))


def harmful(edit: Edit, *, unknown: bool = False) -> Iterator[tuple[str, float]]:
    """The last lines of cuts that rule and let somebody in whom neither text lets in."""
    before, after = described(edit.before), described(edit.after)
    for text in cuts(edit.after, edit.step):
        seconds = judged(before, edit, text, unknown=unknown)
        if seconds is None:
            continue
        if gains(before, described(text)) & gains(after, described(text)):
            yield text.splitlines()[-1].strip(), seconds


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_no_cut_edit_rules_but_one_whose_end_is_new_and_left_alone(edit: Edit) -> None:
    found = [*harmful(edit)]

    assert found == [(line, NEW_END_SECONDS) for line in edit.possible]


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_a_whole_edit_rules_unless_the_end_is_gone_with_an_operation(edit: Edit) -> None:
    assert judged(described(edit.before), edit, edit.after) == edit.waits


def test_nothing_is_quick_where_nobody_can_tell_whether_a_file_is_open() -> None:
    edit = EDITS["a title and a scope"]

    assert judged(described(edit.before), edit, edit.after, unknown=True) == NEW_END_SECONDS


def test_a_file_that_was_put_there_whole_is_not_judged_by_its_end() -> None:
    edit = EDITS["the last operation removed"]
    comparison = compare(described(edit.before), described(edit.after), SETTINGS)

    seconds = patience(snapshot_of(edit.after), snapshot_of(edit.before), comparison, whole={NAME})

    assert seconds == SECOND_LOOK_SECONDS


def test_what_only_narrows_need_not_wait() -> None:
    edit = Edit(LISTS, LISTS + "            - admin\n")

    assert judged(described(edit.before), edit, edit.after, unknown=True) == 0
