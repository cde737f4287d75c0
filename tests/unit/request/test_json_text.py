"""JSON from strangers has one meaning, or is refused with the place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.request.json_text import MAX_DEPTH, MAX_MEMBERS, JsonTextError, read_json
from gateway.edge.request.problem import MAX_VIOLATIONS

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        pytest.param(b' {"a": [1, 2.5, true, null]}\n', {"a": [1, 2.5, True, None]}, id="plain"),
        pytest.param(b"18446744073709551615", 2**64 - 1, id="largest-of-64-bits-kept-exactly"),
        pytest.param(b"-9223372036854775808", -(2**63), id="least-of-64-bits-kept-exactly"),
        pytest.param(b"18446744073709551616.0", 2.0**64, id="large-number-with-a-point"),
        pytest.param(b'"\\ud83d\\ude00"', "\U0001f600", id="whole-surrogate-pair"),
        pytest.param(b'"\\\\ud800"', "\\ud800", id="escaped-backslash-before-u"),
        pytest.param(b"1e308", 1e308, id="large-number"),
        pytest.param(b'["' + b"[" * 100 + b'"]', ["[" * 100], id="brackets-in-a-string"),
        pytest.param(b"[[]" + b",[]" * 100 + b"]", [[]] * 101, id="many-shallow-lists"),
        pytest.param(b'[{"a": 1}, {"a": 1}]', [{"a": 1}, {"a": 1}], id="same-name-elsewhere"),
    ],
)
def test_text_with_one_meaning_is_read(raw: bytes, value: object) -> None:
    assert read_json(raw) == value


@pytest.mark.parametrize(
    ("raw", "pointer", "detail"),
    [
        pytest.param(b'{"a": {"b": 1, "b": 2}}', "/a/b", "twice", id="name-twice"),
        pytest.param(b'{"a~/": 1, "a~/": 2}', "/a~0~1", "twice", id="name-twice-escaped-pointer"),
        pytest.param(b'{"b": 1, "\\u0062": 2}', "/b", "twice", id="name-twice-by-escape"),
        pytest.param(b"[0, NaN]", "/1", "number", id="nan"),
        pytest.param(b"[-Infinity]", "/0", "number", id="minus-infinity"),
        pytest.param(b'{"a": 1e999}', "/a", "too large", id="overflow"),
        pytest.param(b'{"a": 18446744073709551616}', "/a", "64 bits", id="over-64-bits"),
        pytest.param(b"[-9223372036854775809]", "/0", "64 bits", id="under-64-bits"),
        pytest.param(b'{"a": -' + b"9" * 100_000 + b"}", "/a", "64 bits", id="long-integer"),
        pytest.param(b'["\\ud800"]', "/0", "surrogate", id="lone-surrogate"),
        pytest.param(b'["\\uDC00x"]', "/0", "surrogate", id="lone-low-surrogate"),
        pytest.param(b'{"a": {"\\ud800": 1}}', "/a", "surrogate", id="lone-surrogate-in-name"),
        pytest.param(b"\xef\xbb\xbf{}", "", "byte order mark", id="bom"),
        pytest.param(b'["\xff"]', "", "not UTF-8 at byte 3", id="bad-utf-8"),
        pytest.param('"\ud800"'.encode("utf-8", "surrogatepass"), "", "UTF-8", id="cesu-8"),
        pytest.param("{}".encode("utf-16"), "", "UTF-8", id="utf-16"),
        pytest.param(b'{"a": 1} x', "", "line 1, column 10", id="trailing-garbage"),
        pytest.param(b"[1,\n2,]", "", "line 2, column 3", id="trailing-comma"),
        pytest.param(b"NaN\0", "", "not valid JSON", id="flaw-before-garbage"),
        pytest.param(b"", "", "not valid JSON", id="nothing"),
        pytest.param(b'["a\tb"]', "", "not valid JSON", id="control-in-string"),
        pytest.param(b"'a'", "", "not valid JSON", id="single-quotes"),
        pytest.param(b"[01]", "", "not valid JSON", id="leading-zero"),
        pytest.param(
            nested(MAX_DEPTH + 1), "", "64 levels at line 1, column 65", id="one-level-too-many"
        ),
        pytest.param(b"[" * 100_000, "", "deeper than 64", id="hundred-thousand-levels"),
        pytest.param(b'["]",\n' * 65, "", "64 levels at line 65, column 1", id="place-by-line"),
        pytest.param(b'{"a":' * 100_000, "", "deeper than 64", id="deep-objects"),
        pytest.param(b"[" * 70 + b'"\\' * 1_000, "", "deeper than 64", id="deep-unterminated"),
    ],
)
def test_text_with_two_meanings_or_none_is_refused(raw: bytes, pointer: str, detail: str) -> None:
    with pytest.raises(JsonTextError) as caught:
        read_json(raw)

    assert caught.value.violations[0].pointer == pointer
    assert detail in caught.value.violations[0].detail


def test_ten_thousand_members_are_the_most_an_object_may_have() -> None:
    most = {f"a{n}": n for n in range(MAX_MEMBERS)}

    assert read_json(json.dumps(most).encode()) == most
    with pytest.raises(JsonTextError) as caught:
        read_json(json.dumps([most | {"b": 0}]).encode())
    assert [(v.pointer, v.detail) for v in caught.value.violations] == [
        ("/0", "has more than 10000 members")
    ]


def test_deepest_nesting_allowed_is_read() -> None:
    value = read_json(nested(MAX_DEPTH))

    assert json.dumps(value).encode() == nested(MAX_DEPTH)


def test_all_flaws_are_listed_up_to_a_bound() -> None:
    with pytest.raises(JsonTextError) as few:
        read_json(b'{"a": NaN, "b": [1e999], "c": 1, "c": 2}')
    with pytest.raises(JsonTextError) as many:
        read_json(b"[" + b"NaN," * 1_000 + b"1]")

    assert [v.pointer for v in few.value.violations] == ["/a", "/b/0", "/c"]
    assert len(many.value.violations) == MAX_VIOLATIONS


@given(JSON_VALUES)
def test_what_json_writes_is_read_back(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value


@given(
    st.binary()
    | st.text(alphabet='{}[]",:\\eE+-.0123456789untrfalsdNI \ud800').map(
        lambda text: text.encode("utf-8", "surrogatepass")
    )
)
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        value = read_json(raw)
    except JsonTextError as error:
        assert error.violations  # noqa: PT017 -- refusal is one of two good ends
    else:
        assert json.loads(raw) == value
