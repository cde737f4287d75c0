"""One segment of a template: literal, parameter, or both."""

import time

import pytest

from gateway.routing.template import is_literal, literal_value, template_segment


@pytest.mark.parametrize(
    ("template", "value", "found"),
    [
        ("{id}", "7", ("7",)),
        ("{id}", "a.b\nc", ("a.b\nc",)),
        ("{id}", "", None),
        ("{name}.{format}", "song.json", ("song", "json")),
        ("{name}.{format}", "a.b.json", ("a.b", "json")),
        ("{name}.{format}", ".json", None),
        ("{name}.{format}", "song.", None),
        ("{name}.{format}", "song", None),
        ("{name}.{format}", "songxjson", None),
        ("song-{id}", "song-7", ("7",)),
        ("song-{id}", "song-", None),
        ("song-{id}", "Song-7", None),
        ("{id}:play", "7:play", ("7",)),
        ("{id}:play", "7:playing", None),
        ("{a}{b}", "xy", ("x", "y")),
        ("{a}{b}", "x", None),
        ("caf%C3%A9-{id}", "caf\u00e9-1", ("1",)),
        ("a+{id}", "a+1", ("1",)),
        ("a+{id}", "aa1", None),
    ],
)
def test_every_parameter_takes_at_least_one_character(
    template: str, value: str, found: tuple[str, ...] | None
) -> None:
    assert template_segment(template).match(value) == found


@pytest.mark.parametrize(
    ("template", "names", "literal_characters", "shape"),
    [
        ("{id}", ("id",), 0, "{}"),
        ("{name}.{format}", ("name", "format"), 1, "{}.{}"),
        ("song-{id}", ("id",), 5, "song-{}"),
        ("caf%C3%A9{id}", ("id",), 4, "caf\u00e9{}"),
        ("{a}{b}", ("a", "b"), 0, "{}{}"),
    ],
)
def test_a_template_knows_its_names_its_literal_characters_and_its_shape(
    template: str, names: tuple[str, ...], literal_characters: int, shape: str
) -> None:
    segment = template_segment(template)

    assert (segment.names, segment.literal_characters, segment.shape) == (
        names,
        literal_characters,
        shape,
    )


def test_a_segment_without_braces_is_literal_and_decoded_once() -> None:
    assert is_literal("songs")
    assert not is_literal("{id}")
    assert literal_value("a%20b%2520") == "a b%20"


def test_a_long_segment_that_almost_matches_costs_little() -> None:
    template = template_segment("{a}-{b}-{c}x")
    began = time.perf_counter()

    assert template.match("-" * 1500) is None
    assert time.perf_counter() - began < 1
