"""A Content-Type is parsed strictly and matched to the most specific entry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.request.media_types import (
    Reading,
    best_match,
    declared_essence,
    parse_media_type,
    reading_of,
)


@pytest.mark.parametrize(
    ("text", "essence", "parameters"),
    [
        ("application/json", "application/json", {}),
        ("Application/JSON", "application/json", {}),
        ("application/json ; charset=utf-8", "application/json", {"charset": "utf-8"}),
        ('text/plain;Charset="UTF-8"', "text/plain", {"charset": "UTF-8"}),
        ("text/plain;", "text/plain", {}),
        ('a/b; x="1;2\\"3"; y=z', "a/b", {"x": '1;2"3', "y": "z"}),
        (
            'form-data; name="a"; filename="C:\\dir"',
            "form-data",
            {"name": "a", "filename": "C:dir"},
        ),
    ],
)
def test_media_type_is_parsed_with_its_parameters(
    text: str, essence: str, parameters: dict[str, str]
) -> None:
    media_type = parse_media_type(text)

    assert (media_type.essence, media_type.parameters) == (essence, parameters)


@pytest.mark.parametrize(
    "text",
    [
        "", "garbage", "a/b/c", "application/json charset=utf-8", "a/b; charset", "a/b; c=\"d",
        "a/b; c=d; C=e", "a/b, a/b", "a /b", "a/b; c=d e", "\x00/b", "a/b; c=\x7f", "é/b",
        "a/b; =c", "a/b; c=", "*",
    ],
)  # fmt: skip
def test_what_is_no_media_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"media type|twice"):
        parse_media_type(text)


@given(st.text())
def test_any_text_is_a_media_type_or_a_value_error(text: str) -> None:
    try:
        parse_media_type(text)
    except ValueError:
        return


@pytest.mark.parametrize(
    ("charset", "expected"),
    [("utf-8", True), ("UTF-8", True), ("us-ascii", True), ("utf-16", False), ("bogus", False)],
)
def test_only_utf_8_and_its_subset_are_taken_for_text(charset: str, expected: bool) -> None:
    assert parse_media_type(f"text/plain; charset={charset}").is_utf_8 is expected


@pytest.mark.parametrize(
    ("essence", "reading"),
    [
        ("application/json", Reading.JSON),
        ("application/merge-patch+json", Reading.JSON),
        ("application/jsonx", Reading.BYTES),
        ("application/x-www-form-urlencoded", Reading.FORM),
        ("multipart/form-data", Reading.MULTIPART),
        ("multipart/mixed", Reading.BYTES),
        ("text/csv", Reading.TEXT),
        ("application/xml", Reading.BYTES),
    ],
)
def test_media_type_chooses_how_a_body_is_read(essence: str, reading: Reading) -> None:
    assert reading_of(essence) is reading


@pytest.mark.parametrize(
    ("essence", "declared", "match"),
    [
        ("text/csv", ["*/*", "text/*", "text/csv"], "text/csv"),
        ("text/csv", ["*/*", "text/*"], "text/*"),
        ("text/csv", ["*/*", "application/*"], "*/*"),
        ("text/csv", ["application/*", "text/plain"], None),
        ("application/vnd.a+json", ["application/json"], None),
    ],
)
def test_most_specific_entry_covers_a_media_type(
    essence: str, declared: list[str], match: str | None
) -> None:
    assert best_match(essence, declared) == match


def test_key_of_a_content_map_counts_without_its_parameters() -> None:
    assert declared_essence("Application/JSON; charset=utf-8") == "application/json"
