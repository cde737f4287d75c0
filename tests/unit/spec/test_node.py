"""A tree finds the place of what a path names."""

import pytest

from gateway.errors import Origin
from gateway.spec.node import child_of, locate, plain
from gateway.spec.yaml_reader import read_yaml

TEXT = """\
a:
  b: 1
  c:
    - d: 2
      e: []
    - 3
'200':
  f: {}
"""


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        pytest.param([], 1, 1, id="the root"),
        pytest.param(["a"], 1, 1, id="a mapping, at its key"),
        pytest.param(["a", "b"], 2, 6, id="a scalar, at itself"),
        pytest.param(["a", "c"], 3, 3, id="a list, at its key"),
        pytest.param(["a", "c", 0], 4, 7, id="an item, where it begins"),
        pytest.param(["a", "c", 0, "e"], 5, 7, id="an empty list, at its key"),
        pytest.param(["a", "c", 1], 6, 7, id="a scalar item"),
        pytest.param([200, "f"], 8, 3, id="a key that looks like a number"),
        pytest.param(["a", "x", "y"], 1, 1, id="the deepest that exists"),
        pytest.param(["a", "c", 2], 3, 3, id="past the end of a list"),
        pytest.param(["a", "c", "d"], 3, 3, id="a name in a list"),
        pytest.param(["a", "b", "z"], 2, 6, id="below a scalar"),
    ],
)
def test_an_element_is_found_at_its_place(path: list[str | int], line: int, column: int) -> None:
    root = read_yaml(TEXT, file="a.yaml")

    assert locate(root, path) == Origin("a.yaml", line, column)


def test_a_tree_becomes_plain_values() -> None:
    root = read_yaml(TEXT, file="a.yaml")

    assert plain(root) == {"a": {"b": 1, "c": [{"d": 2, "e": []}, 3]}, "200": {"f": {}}}


def test_a_child_is_named_by_key_or_by_place() -> None:
    root = read_yaml("[x, y]", file="a.yaml")

    assert child_of(root, 1) is child_of(root, "1")
    assert child_of(root, 2) is None
    assert child_of(root, "-1") is None
