"""The scripts of the editor, run by Node: a merge loses no line of either text."""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gateway.edge.editor import application

pytestmark = pytest.mark.service("node")

STATIC = Path(application.__file__).parent / "static"
LINES = ["paths:\n", "  /a:\n", "  /b:\n", "    get:\n", "\n", "# note\n"]
TEXTS = 300
_COMPARE = """
import { compareLines } from "./lines.js";
import { chosen, mergedText, proposed } from "./merge.js";
const asked = JSON.parse(await new Response(process.stdin).text());
const answer = ({ base, mine, disk }) => {
  const runs = compareLines(mine, disk);
  const places = runs.filter((run) => !run.same);
  const all = (choice) => mergedText(runs, places.map(() => choice));
  return {
    mine: all("mine"), disk: all("disk"), both: all("both"), places: places.length,
    same: runs.flatMap((run) => run.same ?? []).length,
    proposed: places.map((place) => proposed(place, base)),
  };
};
console.log(JSON.stringify(asked.map(answer)));
"""


def compared(node: str, folder: Path, asked: list[dict[str, str]]) -> Any:
    """What the scripts say of texts."""
    for name in ("lines.js", "merge.js"):
        (folder / name).write_bytes((STATIC / name).read_bytes())
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    (folder / "main.js").write_text(_COMPARE, "utf-8")
    done = subprocess.run(
        [node, "main.js"], cwd=folder, input=json.dumps(asked), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def text_of(chance: random.Random, *, most: int = 12) -> str:
    return "".join(chance.choices(LINES, k=chance.randrange(most)))


def longest_common(mine: list[str], disk: list[str]) -> int:
    """How many lines two texts share in order, by the textbook."""
    rows = [0] * (len(disk) + 1)
    for line in mine:
        before = 0
        for place, other in enumerate(disk, 1):
            best = before + 1 if line == other else max(rows[place], rows[place - 1])
            before, rows[place] = rows[place], best
    return rows[-1]


def test_choosing_one_side_everywhere_gives_that_side(node: str, tmp_path: Path) -> None:
    chance = random.Random(7)
    asked = [{"base": "", "mine": text_of(chance), "disk": text_of(chance)} for _ in range(TEXTS)]

    for given, told in zip(asked, compared(node, tmp_path, asked), strict=True):
        assert (told["mine"], told["disk"]) == (given["mine"], given["disk"])
        mine, disk = (given[side].splitlines(keepends=True) for side in ("mine", "disk"))
        assert told["same"] == longest_common(mine, disk)
        both = told["both"].splitlines()
        assert len(both) == len(mine) + len(disk) - told["same"]


@pytest.mark.parametrize(
    ("base", "mine", "disk", "expected"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", "a\nb\nc\n", ["mine"]),
        ("a\nb\nc\n", "a\nb\nc\n", "a\nB\nc\n", ["disk"]),
        ("a\nb\nc\n", "a\nM\nc\n", "a\nD\nc\n", [None]),
        ("a\nb\nc\n", "a\nb\nnew\nc\n", "a\nb\nc\n", ["mine"]),
        ("a\nb\nc\n", "a\nb\nc\n", "a\nb\nnew\nc\n", ["disk"]),
        ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", ["mine", "disk"]),
        ("a\n", "a\n", "a\n", []),
    ],
)
def test_the_side_that_was_changed_is_proposed_and_none_where_both_were(
    node: str, tmp_path: Path, base: str, mine: str, disk: str, expected: list[str | None]
) -> None:
    (told,) = compared(node, tmp_path, [{"base": base, "mine": mine, "disk": disk}])

    assert told["proposed"] == expected


def test_texts_of_a_thousand_operations_are_compared(node: str, tmp_path: Path) -> None:
    mine = "".join(f"line {number}\n" for number in range(20_000))
    disk = mine.replace("line 5\n", "line five\n").replace("line 19000\n", "")

    (told,) = compared(node, tmp_path, [{"base": mine, "mine": mine, "disk": disk}])

    assert (told["mine"], told["disk"]) == (mine, disk)
    assert told["proposed"] == ["disk", "disk"]


def test_texts_that_share_next_to_nothing_are_one_place(node: str, tmp_path: Path) -> None:
    mine = "".join(f"mine {number}\n" for number in range(5_000))
    disk = "".join(f"disk {number}\n" for number in range(5_000))

    (told,) = compared(node, tmp_path, [{"base": "", "mine": mine, "disk": disk}])

    assert (told["mine"], told["disk"], told["places"]) == (mine, disk, 1)
