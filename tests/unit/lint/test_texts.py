"""Where a key stands below a known place, in texts of any style."""

import pytest

from gateway.errors import Origin
from gateway.lint.finding import Spot
from gateway.lint.texts import Texts

_BLOCK = """\
a:
  flow:  # the known place
    url: http://x
    scopes:
      read: see
      write: change
  other: {}
b: c
"""
_FLOW = "a: {flow: {url: 'http://x', scopes: {read: see, write: change}}, other: {}}\nb: c\n"
_JSON = '{"a": {\n  "flow": {"url": "http://x", "scopes": {"read": "see"}},\n  "o": 1}}\n'


@pytest.mark.parametrize(
    ("text", "known", "keys", "expected"),
    [
        (_BLOCK, (2, 3), ("scopes",), (4, 5)),
        (_BLOCK, (2, 3), ("scopes", "write"), (6, 7)),
        (_FLOW, (1, 5), ("scopes", "write"), (1, 49)),
        (_JSON, (2, 3), ("scopes", "read"), (2, 42)),
    ],
)
def test_a_key_is_found_below_a_known_place(
    text: str, known: tuple[int, int], keys: tuple[str, ...], expected: tuple[int, int]
) -> None:
    texts = Texts({"f": text.encode()})

    assert texts.locate(Spot(Origin("f", *known), keys)) == Origin("f", *expected)


def test_a_value_is_found_from_the_start_of_a_file() -> None:
    texts = Texts({"f": b"\xef\xbb\xbfopenapi: 3.0.3\nservers:\n  - url: http://x\n"})

    found = texts.locate(Spot(Origin("f", 1, 1), ("servers", "0", "url"), is_value=True))

    assert found == Origin("f", 3, 10)


@pytest.mark.parametrize("keys", [("scopes", "admin"), ("other",), ("b",)])
def test_what_is_not_below_the_place_is_not_found(keys: tuple[str, ...]) -> None:
    texts = Texts({"f": _BLOCK.encode()})

    assert texts.locate(Spot(Origin("f", 2, 3), keys)) is None


def test_a_file_that_was_never_read_has_no_lines() -> None:
    texts = Texts({})

    assert texts.line("f", 1) == ""
    assert texts.locate(Spot(Origin("f", 2, 3), ("a",))) is None
