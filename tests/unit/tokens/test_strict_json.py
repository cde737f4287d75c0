import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.tokens.strict_json import MAX_DEPTH, read_json_object

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), JSON_VALUES))
def test_every_ordinary_object_is_read_as_it_was_written(value: dict[str, object]) -> None:
    assert read_json_object(json.dumps(value).encode()) == value


@given(st.binary())
def test_any_octets_give_an_object_or_a_value_error(raw: bytes) -> None:
    try:
        value = read_json_object(raw)
    except ValueError:
        return

    assert isinstance(value, dict)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[]", id="list"),
        pytest.param(b'"a"', id="string"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{} {}", id="two-objects"),
        pytest.param(b'{"a":1,}', id="comma"),
        pytest.param(b"{'a':1}", id="single-quotes"),
        pytest.param(b'{"a":1,"a":2}', id="name-twice"),
        pytest.param(b'{"a":1,"\\u0061":1}', id="name-twice-escaped"),
        pytest.param(b'{"a":[{"b":1,"b":1}]}', id="name-twice-deeper"),
        pytest.param(b'{"a":NaN}', id="nan"),
        pytest.param(b'{"a":Infinity}', id="infinity"),
        pytest.param(b'{"a":-Infinity}', id="minus-infinity"),
        pytest.param(b'{"a":1e400}', id="float-overflow"),
        pytest.param(b'{"a":-1e400}', id="float-overflow-down"),
        pytest.param(b'{"a":123456789012345678901}', id="21-digits"),
        pytest.param(b'{"a":' + b"9" * 6000 + b"}", id="6000-digits"),
        pytest.param(b'{"a":01}', id="leading-zero"),
        pytest.param(b'{"a":"\x01"}', id="control-character"),
        pytest.param(b'{"a":"\xff"}', id="not-utf-8"),
        pytest.param(b'{"a":"\xed\xa0\x80"}', id="surrogate-in-utf-8"),
        pytest.param(b'{"a":"\\ud800"}', id="half-surrogate"),
        pytest.param(b'{"a":["\\uDFFF"]}', id="other-half-surrogate"),
        pytest.param(b'{"\\udc00":1}', id="half-surrogate-in-name"),
        pytest.param(b'\xef\xbb\xbf{"a":1}', id="byte-order-mark"),
        pytest.param('{"a":1}'.encode("utf-16"), id="utf-16"),
        pytest.param('{"a":1}'.encode("utf-16-le"), id="utf-16-le"),
        pytest.param('{"a":1}'.encode("utf-32"), id="utf-32"),
        pytest.param(b'{"a":' * 3000 + b"1" + b"}" * 3000, id="depth-3000-objects"),
        pytest.param(b'{"a":' + b"[" * 100_000, id="depth-100000"),
    ],
)
def test_json_that_readers_could_take_differently_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the class is the contract, not the message
        read_json_object(raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        pytest.param(b' {"a" : 1 }\n', 1, id="white-space"),
        pytest.param(b'{"a":12345678901234567890}', 12345678901234567890, id="20-digits"),
        pytest.param(b'{"a":1.5}', 1.5, id="float"),
        pytest.param(b'{"a":"\\ud83d\\ude00"}', "\U0001f600", id="whole-surrogate-pair"),
        pytest.param(b'{"a":"\\\\ud800"}', "\\ud800", id="escaped-backslash"),
        pytest.param(b'{"a":"' + b"[{" * 100 + b'"}', "[{" * 100, id="brackets-in-a-string"),
        pytest.param(b'{"a":"\\"' + b"[" * 100 + b'"}', '"' + "[" * 100, id="after-escaped-quote"),
        pytest.param(b'{"a":[' + b"[]," * 100 + b"[]]}", [[]] * 101, id="wide-but-not-deep"),
    ],
)
def test_the_nearest_json_that_is_right_is_read(raw: bytes, value: object) -> None:
    assert read_json_object(raw) == {"a": value}


def test_nesting_is_counted_to_the_limit_and_no_further() -> None:
    inside = b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1)

    assert read_json_object(b'{"a":' + inside + b',"b":[]}')
    with pytest.raises(ValueError, match="nested too deeply"):
        read_json_object(b'{"a":[' + inside + b"]}")


def test_a_message_quotes_nothing_of_the_input() -> None:
    with pytest.raises(ValueError, match="twice") as refused:
        read_json_object(b'{"secret-name":1,"secret-name":2}')

    assert "secret-name" not in str(refused.value)
