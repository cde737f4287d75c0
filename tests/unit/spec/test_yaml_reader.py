"""YAML is read by the rules of 1.2, with the place of each element, and nothing clever."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import Origin
from gateway.spec.limits import MAX_FAULTS, Limits
from gateway.spec.node import MappingNode, ScalarNode, SequenceNode, key_origin, origin_of, plain
from gateway.spec.yaml_reader import read_yaml
from tests.unit.spec.writing import faults_if_any, faults_of


def values(text: str) -> object:
    return plain(read_yaml(text, file="a.yaml"))


def said(text: str, limits: Limits | None = None) -> list[str]:
    found = faults_of(lambda: read_yaml(text, file="a.yaml", limits=limits or Limits()))
    return [f"{fault.origin.line}:{fault.origin.column} {fault.rule}" for fault in found]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("0", 0),
        ("-12", -12),
        ("+7", 7),
        ("0x1F", 31),
        ("0o17", 15),
        ("010", "010"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2021-09-28", "2021-09-28"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("-1.5E-2", -0.015),
        (".inf", ".inf"),
        ("-.inf", "-.inf"),
        (".nan", ".nan"),
        ("1.2.3", "1.2.3"),
        ("+", "+"),
        (".", "."),
        ("'1'", "1"),
        ('"true"', "true"),
        ('""', ""),
        ("=", "="),
    ],
)
def test_a_scalar_means_what_yaml_1_2_and_1_1_agree_on(text: str, value: object) -> None:
    result = values(f"a: {text}")

    assert result == {"a": value}
    assert isinstance(result, dict)
    assert type(result["a"]) is type(value)


def test_block_texts_are_texts() -> None:
    assert values("a: |\n  1\nb: >-\n  true\n") == {"a": "1\n", "b": "true"}


def test_keys_are_texts_as_written() -> None:
    assert values("200: a\ntrue: b\n0x1F: c\n~: d\n? e\n: f\n") == {
        "200": "a",
        "true": "b",
        "0x1F": "c",
        "~": "d",
        "e": "f",
    }


def test_each_element_knows_its_line_and_column() -> None:
    root = read_yaml("a:\n  bé: [x, {c: 1}]\n", file="dir/a.yaml")

    assert isinstance(root, MappingNode)
    inner = root.entries["a"]
    assert isinstance(inner, MappingNode)
    items = inner.entries["bé"]
    assert isinstance(items, SequenceNode)
    assert key_origin(root, "a") == Origin("dir/a.yaml", 1, 1)
    assert key_origin(inner, "bé") == Origin("dir/a.yaml", 2, 3)
    assert origin_of(items) == Origin("dir/a.yaml", 2, 7)
    assert [origin_of(item).column for item in items.items] == [8, 11]


def test_a_second_key_is_refused_with_the_line_of_the_first() -> None:
    (fault,) = faults_of(
        lambda: read_yaml("a:\n  security: []\n  b: 1\n  security: [x]\n", file="a.yaml")
    )

    assert str(fault) == (
        "a.yaml:4:3: error duplicate-key: `security` is written twice (first at line 2)"
    )


def test_the_same_key_in_two_mappings_is_fine() -> None:
    assert values("a: {x: 1}\nb: {x: 2}\n") == {"a": {"x": 1}, "b": {"x": 2}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a: !!str 1", ["1:4 tag"], id="a core tag"),
        pytest.param("a: !!python/object/apply:os.system [ls]", ["1:4 tag"], id="a python tag"),
        pytest.param("a: ! x", ["1:4 tag"], id="the non-specific tag"),
        pytest.param("!x a: b", ["1:1 tag"], id="a tag on a key"),
        pytest.param("a: !!map {b: c}", ["1:4 tag"], id="a tag on a mapping"),
        pytest.param("a: !x 1\nb: !y 2\n", ["1:4 tag", "2:4 tag"], id="all are named"),
        pytest.param("a: 1\n---\nb: 2\n", ["2:1 several-documents"], id="two documents"),
        pytest.param("# nothing\n", ["1:1 empty"], id="only a comment"),
        pytest.param("", ["1:1 empty"], id="nothing at all"),
        pytest.param("---\n", ["1:1 empty"], id="a document with nothing in it"),
        pytest.param("{[a]: b}", ["1:2 key"], id="a list as a key"),
        pytest.param("{{a: b}: c}", ["1:2 key"], id="a mapping as a key"),
        pytest.param("a: &x b\n*x : c\n", ["2:1 key"], id="an alias as a key"),
        pytest.param("<<: {a: b}\n", ["1:1 merge-key"], id="a merge key"),
        pytest.param('"<<": {a: b}\n', ["1:1 merge-key"], id="a quoted merge key"),
        pytest.param("a: *x\n", ["1:4 alias"], id="an unknown anchor"),
        pytest.param("a: &x [*x]\n", ["1:8 alias"], id="an anchor inside itself"),
        pytest.param("a: [1\nb: 2\n", ["2:2 syntax"], id="an open bracket"),
        pytest.param("a: b: c\n", ["1:5 syntax"], id="a colon too many"),
        pytest.param("a:\n\t- b\n", ["2:1 syntax"], id="a tab"),
        pytest.param("a: 1\na: [", ["2:1 duplicate-key", "2:5 syntax"], id="faults before it too"),
        pytest.param("a: x\x07y\n", ["1:5 encoding"], id="a bell"),
        pytest.param("a: b\nc: \x00\n", ["2:4 encoding"], id="a null character"),
        pytest.param("a: 1e999\n", ["1:4 number"], id="a float past infinity"),
        pytest.param(f"a: {'9' * 390}\n", ["1:4 number"], id="an integer past any double"),
        pytest.param(f"a: {'9' * 5000}\n", ["1:4 number"], id="an endless integer"),
        pytest.param(f"a: 0.{'9' * 5000}\n", ["1:4 number"], id="an endless fraction"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_at_its_place(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_an_integer_as_long_as_a_double_is_kept() -> None:
    assert values(f"a: {10**308}\nb: -{10**308}") == {"a": 10**308, "b": -(10**308)}


def test_a_long_quoted_number_is_a_text() -> None:
    assert values(f"a: '{'9' * 5000}'\n") == {"a": "9" * 5000}


def test_faults_are_counted_out_at_a_hundred() -> None:
    assert len(said("".join(f"a{i}: !x 1\n" for i in range(500)))) == MAX_FAULTS


def test_64_levels_are_read_and_65_are_not() -> None:
    assert values("[" * 64 + "]" * 64)
    assert said("[" * 65 + "]" * 65) == ["1:65 depth"]
    assert said("{a: " * 65 + "}" * 65) == ["1:257 depth"]


def test_an_alias_shares_the_node_of_its_anchor() -> None:
    root = read_yaml("a: &x {b: 1}\nc: *x\n? &k d\n: *k\n", file="a.yaml")

    assert isinstance(root, MappingNode)
    assert root.entries["c"] is root.entries["a"]
    assert isinstance(root.entries["d"], ScalarNode)
    assert plain(root) == {"a": {"b": 1}, "c": {"b": 1}, "d": "d"}


def test_an_anchor_may_be_given_anew() -> None:
    assert values("a: &x 1\nb: *x\nc: &x 2\nd: *x\n") == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_aliases_are_counted_with_all_they_repeat() -> None:
    text = "a: &x [1, 2]\nb: &y [*x, *x]\nc: [*y]\n"

    # [1, 2] twice is 6 nodes, [[1, 2], [1, 2]] is 7 more
    enough = Limits(max_alias_nodes=13)
    assert faults_if_any(lambda: read_yaml(text, file="a.yaml", limits=enough)) == ()
    assert said(text, Limits(max_alias_nodes=12)) == ["3:5 alias-budget"]


def test_a_billion_laughs_end_at_the_budget() -> None:
    lines = ["a0: &a0 [l, l, l, l, l, l, l, l, l]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]

    assert said("\n".join(lines))[0].endswith("alias-budget")


def test_an_alias_counts_for_the_depth() -> None:
    deep = "[" * 40 + "]" * 40
    text = f"a: &x {deep}\nb: &y {'[' * 23}*x{']' * 23}\n"

    assert values(text)
    assert said(text + "c: [*y]\n") == ["3:5 depth"]


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = faults_if_any(lambda: values(text))

    assert all(fault.origin.column >= 1 for fault in found)


@settings(deadline=None)
@given(st.text(alphabet="ab:-[]{},&*!|>#'\"?% \n\t0.<~", max_size=60))
def test_any_soup_of_yaml_marks_is_read_or_refused(text: str) -> None:
    found = faults_if_any(lambda: values(text))

    assert all(fault.origin.line <= text.count("\n") + 1 for fault in found)
