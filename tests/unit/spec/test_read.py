"""Real documents are read as they are, large ones quickly, hostile ones without harm."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.errors import DocumentError
from gateway.spec.read import Limits, read_description
from tests.unit.spec.writing import HEAD, load, rules

DOCUMENTS = Path(__file__).parents[2] / "corpus" / "documents"


@pytest.mark.parametrize(
    ("name", "operations", "schemes", "base_path"),
    [
        ("seed-songs.yaml", 4, 1, ""),
        ("petstore.yaml", 19, 2, "/api/v3"),
        ("readme-security-multiple.yaml", 4, 8, ""),
        ("xero-projects.yaml", 16, 1, "/projects.xro/2.0"),
    ],
)
def test_a_real_document_loads(name: str, operations: int, schemes: int, base_path: str) -> None:
    description = read_description(str(DOCUMENTS / name))

    assert (len(description.operations), len(description.schemes)) == (operations, schemes)
    assert description.base_path == base_path
    assert description.warnings == ()


def test_the_alternatives_of_the_songs_stand_at_their_lines() -> None:
    description = read_description(str(DOCUMENTS / "seed-songs.yaml"))

    lines = {
        operation.key: [requirement.origin.line for requirement in operation.security.requirements]
        for operation in description.operations
    }

    assert lines == {
        "GET /songs": [25],
        "POST /songs": [31, 32],
        "PUT /songs": [38, 39],
        "DELETE /songs": [45, 46],
    }
    undeclared = description.operations[2].security.requirements[1].schemes[0].name_origins[0]
    assert (undeclared.line, undeclared.column) == (39, 23)
    assert description.schemes.popitem()[1].flows[0].origin.line == 10  # type: ignore[attr-defined]  # a dict


def test_faults_of_every_check_come_together_in_order() -> None:
    text = (
        f"{HEAD}security: [{{nope: []}}]\npaths:\n  /a/{{}}:\n    security: []\n"
        "    get: {securty: [], operationId: x, responses: {default: {$ref: '#/nope'}}}\n"
        "    put: {operationId: x, responses: {}}\nservers: [{url: '/{v}'}]\n"
    )

    assert rules(text) == [
        "3:13 undeclared-scheme",
        "5:3 template",
        "6:5 security-place",
        "7:11 schema",
        "7:68 reference",
        "8:24 duplicate-operation-id",
        "8:27 schema",
        "9:17 server",
    ]


def large_document(paths: int) -> str:
    """Write four operations a path, each with its alternatives, as real documents do."""
    scopes = "".join(f"            s{i}: scope {i}\n" for i in range(50))
    models = "".join(
        f"    M{i}:\n      type: object\n      properties:\n        id: {{type: integer}}\n"
        f"        next: {{$ref: '#/components/schemas/M{(i + 1) % 200}'}}\n"
        for i in range(200)
    )
    head = (
        f"{HEAD}components:\n  securitySchemes:\n    o:\n      type: oauth2\n      flows:\n"
        f"        clientCredentials:\n          tokenUrl: /t\n          scopes:\n{scopes}"
        f"  schemas:\n{models}paths:\n"
    )
    return head + "".join(
        f"  /things{i}/{{id}}:\n"
        + "".join(
            f"    {method}:\n      operationId: {method}{i}\n      summary: what it does\n"
            f"      description: {'a longer text of what it does, ' * 8}\n"
            f"      security:\n        - o: [s{i % 50}]\n        - o: [s1, s2]\n"
            "      parameters:\n        - name: id\n          in: path\n          required: true\n"
            "          schema:\n            type: integer\n            minimum: 1\n"
            "      responses:\n        '200':\n          description: fine\n          content:\n"
            "            application/json:\n              schema:\n"
            f"                $ref: '#/components/schemas/M{i % 200}'\n"
            "        '404':\n          description: not there\n"
            for method in ("get", "put", "post", "delete")
        )
        for i in range(paths)
    )


def test_a_thousand_operations_are_read_in_seconds() -> None:
    text = large_document(250)
    begin = time.process_time()

    description = load(text)

    assert len(text) > 700_000
    assert len(description.operations) == 1000
    # 0.4 s where this was written; the bound only catches what grows faster than the document
    assert time.process_time() - begin < 10


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 100_000, id="lists"),
        pytest.param('{"a":' * 100_000, id="objects"),
        pytest.param("a: " + "[" * 100_000, id="lists in YAML"),
        pytest.param("- " * 100_000, id="blocks"),
        pytest.param("? " * 100_000, id="keys"),
        pytest.param("".join(f"{' ' * i}a:\n" for i in range(2000)), id="indentation"),
        pytest.param("a: &a [*a, *a]", id="an alias in itself"),
        pytest.param("!!python/object/apply:os._exit [3]", id="a tag that would end us"),
    ],
)
def test_a_hostile_document_ends_in_an_exception_and_not_in_a_signal(
    text: str, tmp_path: Path
) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_text(text)
    program = (
        "import sys\n"
        "from gateway.errors import DocumentError\n"
        "from gateway.spec.read import read_description\n"
        "try:\n    read_description(sys.argv[1])\n"
        "except DocumentError as error:\n    print(error.faults[0].rule)\n    sys.exit(2)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2, done.stderr
    assert done.stdout.strip() in {"depth", "alias", "tag", "key", "syntax"}


def test_the_depth_is_the_callers() -> None:
    text = (
        f"{HEAD}paths: {{/a: {{get: {{responses: {{default: {{description: d}}}}}}}}}}\n".encode()
    )

    assert read_description("-", stdin=lambda: text, limits=Limits(max_depth=6)).operations
    with pytest.raises(DocumentError):
        read_description("-", stdin=lambda: text, limits=Limits(max_depth=5))
