"""Documents in the shapes that APIs in use have are read as they are."""

import re
from pathlib import Path

import pytest

from gateway.routing.endpoints import endpoints_of
from gateway.routing.tree import Routed, RouteTable
from gateway.spec.read import read_description

SHAPES = Path(__file__).with_name("shapes")

#: file, operations, schemes, base path, rules of the warnings
READ = [
    ("repositories.yaml", 5, 0, "/api/v3", []),
    ("payments.yaml", 1, 2, "", []),
    ("cluster.json", 4, 1, "", []),
    ("accounting.yaml", 3, 1, "/api.xro/2.0", []),
    ("tasks.yaml", 2, 2, "/api/1.0", []),
    ("events.yaml", 3, 1, "", []),
    ("files-api.yaml", 6, 1, "/2.0", ["servers"]),
    ("methods.yaml", 2, 2, "/search", []),
    ("windows.yaml", 1, 0, "", []),
    ("anchors.yaml", 3, 1, "", []),
    ("droplets/specification.yaml", 3, 1, "", ["ignored-security"]),
    ("gateway.yaml", 2, 2, "/prod", ["servers"]),
    ("generated.json", 1, 2, "", []),
    ("typebox.yaml", 1, 0, "", []),
    ("legacy-auth.yaml", 3, 6, "", []),
    ("galaxy.yaml", 9, 7, "", ["schema"]),
    ("readme-security-31.yaml", 15, 13, "", []),
]


@pytest.mark.parametrize(
    ("name", "operations", "schemes", "base_path", "warnings"), READ, ids=[row[0] for row in READ]
)
def test_a_document_of_a_known_shape_is_read(
    name: str, operations: int, schemes: int, base_path: str, warnings: list[str]
) -> None:
    description = read_description(str(SHAPES / name))

    assert (len(description.operations), len(description.schemes)) == (operations, schemes)
    assert description.base_path == base_path
    assert [warning.rule for warning in description.warnings] == warnings


@pytest.mark.parametrize("name", [row[0] for row in READ])
def test_each_operation_of_a_known_shape_is_routed_to_or_known_to_match_nothing(name: str) -> None:
    description = read_description(str(SHAPES / name))
    table = RouteTable(endpoints_of(description), base_path=description.base_path)

    unmatched = {
        operation.path
        for operation in description.operations
        if table.route(operation.method, _sample(description.base_path + operation.path))
        != Routed(operation.key, _values(operation.path))
    }

    # a `#` and what follows it never reach a server
    assert {path for path in unmatched if "#" not in path} == set()


def _sample(path: str) -> bytes:
    return re.sub(r"\{[^{}]*\}", "x1", path).encode()


def _values(path: str) -> dict[str, str]:
    return dict.fromkeys(re.findall(r"\{([^{}]*)\}", path), "x1")


def test_every_document_of_the_folder_is_in_the_table() -> None:
    entries = {path.name for path in SHAPES.iterdir() if path.suffix in {".yaml", ".json"}}

    assert entries | {"droplets/specification.yaml"} == {row[0] for row in READ}
