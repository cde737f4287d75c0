"""The script of the matrix, run by Node: what it says of a page is what `decide` says."""

import base64
import json
import random
import re
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from gateway.edge.matrix import application
from gateway.edge.matrix.asked import Asked
from gateway.edge.matrix.page import page_html
from gateway.edge.matrix.view import View, view_of
from gateway.policy.decide import decide
from gateway.policy.solve import Atom
from tests.edge.gateway.world import OAUTH, document, loaded, operation
from tests.unit.policy.test_act_as import credentials_of

pytestmark = pytest.mark.service("node")

STATIC = Path(application.__file__).parent / "static"
SCHEMES = {
    "oauth": OAUTH,
    "other": {**OAUTH, "description": "the same tokens"},
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://issuer.example"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "digest": {"type": "http", "scheme": "digest"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
}
NAMES = ["read", "write", "admin", "nowhere", "two words"]
PAGES, TICKS = 30, 25

_JUDGE = """
import { waysIn, verdictOf } from "./verdict.mjs";
const asked = JSON.parse(await new Response(process.stdin).text());
const judge = ({ ways, held }) => ways.map((way) => verdictOf(waysIn(way), new Set(held)).opens);
console.log(JSON.stringify(asked.map(judge)));
"""
_READ = """
import { addressed, claimsOf, namesIn } from "./token.mjs";
const { text, schemes, now } = JSON.parse(await new Response(process.stdin).text());
const claims = claimsOf(text);
const found = claims ? addressed(claims, schemes, now) : undefined;
console.log(JSON.stringify({ claims, found, names: claims ? namesIn(claims.scope) : [] }));
"""


def run(node: str, folder: Path, script: str, given: Any) -> Any:
    """What a script prints that imports ours."""
    for file in STATIC.glob("*.js"):
        (folder / f"{file.stem}.mjs").write_bytes(file.read_bytes())
    (folder / "main.mjs").write_text(script, "utf-8")
    done = subprocess.run(
        [node, "main.mjs"], cwd=folder, input=json.dumps(given), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def some_document(chance: random.Random) -> dict[str, Any]:
    """Eight operations with lists of any shape."""

    def requirement() -> dict[str, list[str]]:
        schemes = chance.sample(sorted(SCHEMES), chance.choice([0, 1, 1, 1, 2]))
        return {name: chance.sample(NAMES, chance.choice([0, 1, 1, 2])) for name in schemes}

    def security() -> list[dict[str, list[str]]] | None:
        return (
            [requirement() for _ in range(chance.randint(0, 4))] if chance.random() < 0.95 else None
        )

    methods = ("get", "post", "put", "delete")
    paths = {
        path: {m: {**operation(), "security": security()} for m in methods} for path in ("/a", "/b")
    }
    for item in paths.values():
        for written in item.values():
            if written["security"] is None:
                del written["security"]
    return document(paths, schemes=SCHEMES)


def read_page(view: View) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """What the script reads: the ways of each row, and label and gifts of each tick box."""
    page = "\n".join(page_html(view, Asked()))
    rows = re.findall(r"<tr(?! class=\"tag\")([^>]*)><th scope=\"row\"", page)
    ways = [
        unescape(found[1]) if (found := re.search(r'data-ways="([^"]*)"', row)) else ""
        for row in rows
    ]
    boxes = re.findall(r'name="as" value="([^"]*)".*?data-gives="([^"]*)"', page)
    return ways, [(unescape(label), [int(n) for n in gives.split()]) for label, gives in boxes]


def decided(view: View, ticked: list[Atom]) -> list[bool]:
    credentials = credentials_of(view.openings, ticked)
    policy = view.loaded.policy
    return [decide(policy, row.operation.key, credentials).permits for row in view.matrix.rows]


def test_the_script_says_of_many_scope_sets_what_decide_says(node: str, tmp_path: Path) -> None:
    chance = random.Random(7)
    asked, expected = [], []
    for _ in range(PAGES):
        view = view_of(loaded(some_document(chance)))
        ways, boxes = read_page(view)
        atoms = {column.label: column.atom for column in view.matrix.columns}
        assert [label for label, _ in boxes] != [] or not atoms
        for _ in range(TICKS):
            ticked = chance.sample(boxes, chance.randint(0, len(boxes)))
            held = sorted({number for _, gives in ticked for number in gives})
            asked.append({"ways": ways, "held": held})
            expected.append(decided(view, [atoms[label] for label, _ in ticked]))

    assert run(node, tmp_path, _JUDGE, asked) == expected
    flat = [opens for verdicts in expected for opens in verdicts]
    assert 0.2 < sum(flat) / len(flat) < 0.9


def encoded(claims: object) -> str:
    """An unsigned token around some claims."""
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{part}.c2ln"


OURS = {"issuer": "https://a.example", "audience": "api"}
THEIRS = {"issuer": "https://a.example", "audience": "other"}


@pytest.mark.parametrize(
    ("claims", "schemes", "faults"),
    [
        ({"iss": OURS["issuer"], "aud": "api", "exp": 200}, [OURS], []),
        ({"iss": OURS["issuer"], "aud": ["x", "api"], "exp": 200}, [OURS], []),
        ({"iss": OURS["issuer"], "aud": "api", "exp": 100}, [OURS],
         ["it expired 1970-01-01 00:01 UTC"]),
        ({"iss": OURS["issuer"], "aud": "api"}, [OURS], ["it has no time of expiry"]),
        ({"iss": OURS["issuer"], "aud": "x", "exp": 200}, [OURS, THEIRS], ["it is not for api"]),
        ({"iss": "https://b.example", "aud": "api", "exp": 200}, [],
         ["no scheme here trusts its issuer"]),
        ({"exp": 1e300}, [], ["no scheme here trusts its issuer"]),
    ],
)  # fmt: skip
def test_a_token_is_read_for_the_schemes_that_trust_it(
    node: str, tmp_path: Path, claims: dict[str, Any], schemes: list[Any], faults: list[str]
) -> None:
    given = {"text": f" Bearer {encoded(claims)}\n", "schemes": [OURS, THEIRS], "now": 100}

    told = run(node, tmp_path, _READ, given)

    assert told["claims"] == claims
    assert told["found"] == {"schemes": schemes, "faults": faults}


@pytest.mark.parametrize(
    "text", ["", "opaque", "a.b", "a.b.c", "e30.W10.c", "e30.bnVsbA.c", "e30.____.c", "a.b.c.d.e"]
)
def test_what_is_no_token_is_not_read(node: str, tmp_path: Path, text: str) -> None:
    given = {"text": text, "schemes": [OURS], "now": 100}

    assert run(node, tmp_path, _READ, given).get("claims") is None


def test_scopes_are_read_from_texts_and_lists(node: str, tmp_path: Path) -> None:
    for claim in ("a \u266b b", ["a", "\u266b", 7, "b"]):
        given = {"text": encoded({"scope": claim}), "schemes": [], "now": 0}
        assert run(node, tmp_path, _READ, given)["names"] == ["a", "\u266b", "b"]
