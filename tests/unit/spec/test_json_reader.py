"""JSON is read as strictly as RFC 8259 has it, with the place of each element."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import Origin
from gateway.spec.json_reader import read_json
from gateway.spec.node import MappingNode, SequenceNode, key_origin, origin_of, plain
from tests.unit.spec.writing import faults_if_any, faults_of

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=20,
)


def said(text: str) -> list[str]:
    found = faults_of(lambda: read_json(text, file="a.json"))
    return [f"{fault.origin.line}:{fault.origin.column} {fault.rule}" for fault in found]


@settings(deadline=None)
@given(_JSON, st.sampled_from([None, 1]), st.booleans())
def test_what_json_writes_is_read_back(value: object, indent: int | None, is_ascii: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)

    assert plain(read_json(text, file="a.json")) == value


@settings(deadline=None)
@given(st.text(alphabet='{}[]:,"\\u0dnulltrue1.e-\n \t', max_size=40))
def test_a_text_is_read_exactly_if_the_standard_library_reads_it(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=float)
    except ValueError:
        assert faults_of(lambda: read_json(text, file="a.json"))
        return

    found = faults_if_any(lambda: read_json(text, file="a.json"))

    if found:
        stricter = {"duplicate-key", "number"}
        assert all(f.rule in stricter or "surrogate" in f.message for f in found)
    else:
        assert plain(read_json(text, file="a.json")) == expected


def test_each_element_knows_its_line_and_column() -> None:
    root = read_json('{"a": 1,\n\n  "b\\n": [ "é", "x",\n true]}', file="dir/a.json")

    assert isinstance(root, MappingNode)
    items = root.entries["b\n"]
    assert isinstance(items, SequenceNode)
    assert key_origin(root, "a") == Origin("dir/a.json", 1, 2)
    assert key_origin(root, "b\n") == Origin("dir/a.json", 3, 3)
    assert origin_of(items) == Origin("dir/a.json", 3, 10)
    assert [str(origin_of(item)) for item in items.items] == [
        "dir/a.json:3:12",
        "dir/a.json:3:17",
        "dir/a.json:4:2",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", ["1:1 empty"], id="nothing"),
        pytest.param(" \n ", ["2:2 empty"], id="only space"),
        pytest.param('{"a": 1, "a": 2}', ["1:10 duplicate-key"], id="a key twice"),
        pytest.param('{"a": 1, "\\u0061": 2}', ["1:10 duplicate-key"], id="a key twice, escaped"),
        pytest.param('{"a": NaN}', ["1:7 syntax"], id="NaN"),
        pytest.param('{"a": -Infinity}', ["1:7 syntax"], id="infinity"),
        pytest.param('{"a": 01}', ["1:7 syntax"], id="a leading zero"),
        pytest.param('{"a": +1}', ["1:7 syntax"], id="a plus"),
        pytest.param('{"a": 1.}', ["1:7 syntax"], id="a bare point"),
        pytest.param('{"a": truer}', ["1:7 syntax"], id="a word too long"),
        pytest.param('{"a": 1e999}', ["1:7 number"], id="a float past infinity"),
        pytest.param(f'{{"a": {"9" * 5000}}}', ["1:7 number"], id="an endless integer"),
        pytest.param('{"a": "\\ud83d"}', ["1:7 syntax"], id="half a surrogate pair"),
        pytest.param('{"a": "x\ny"}', ["1:7 syntax"], id="a line break in a string"),
        pytest.param('{"a": "\\x"}', ["1:7 syntax"], id="an unknown escape"),
        pytest.param('{"a": "', ["1:7 syntax"], id="an open string"),
        pytest.param("{'a': 1}", ["1:2 syntax"], id="single quotes"),
        pytest.param("{a: 1}", ["1:2 syntax"], id="a bare key"),
        pytest.param('{"a" 1}', ["1:6 syntax"], id="no colon"),
        pytest.param('{"a": 1,}', ["1:9 syntax"], id="a comma too many"),
        pytest.param("[1, ]", ["1:5 syntax"], id="a comma too many in a list"),
        pytest.param("[1 2]", ["1:4 syntax"], id="no comma"),
        pytest.param('{"a": 1 "b": 2}', ["1:9 syntax"], id="no comma in an object"),
        pytest.param('{"a": [1}', ["1:9 syntax"], id="the wrong bracket"),
        pytest.param('{"a": 1]', ["1:8 syntax"], id="the wrong brace"),
        pytest.param("{} {}", ["1:4 syntax"], id="two values"),
        pytest.param('{"a":', ["1:6 syntax"], id="a value short"),
        pytest.param("// x\n{}", ["1:1 syntax"], id="a comment"),
        pytest.param("[" * 65, ["1:65 depth"], id="65 levels"),
    ],
)
def test_what_is_not_json_is_refused_at_its_place(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_a_surrogate_pair_is_one_character() -> None:
    assert plain(read_json('["\\ud83d\\ude00"]', file="a.json")) == ["\U0001f600"]


def test_64_levels_are_read() -> None:
    assert faults_if_any(lambda: read_json("[" * 64 + "]" * 64, file="a.json")) == ()


def test_a_message_says_what_was_expected_and_found() -> None:
    (fault,) = faults_of(lambda: read_json('{"a": }', file="a.json"))
    (end,) = faults_of(lambda: read_json("[1", file="a.json"))

    assert fault.message == "not JSON: a value is expected here, not `}`"
    assert end.message == "not JSON: `,` or `]` is expected here, not the end"
