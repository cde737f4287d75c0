"""`split_path`: which raw paths are cut into segments, and which can match nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.routing.path import Segments, split_path


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        (b"/", ("",)),
        (b"/songs", ("songs",)),
        (b"/songs/", ("songs", "")),
        (b"/songs/7/tags", ("songs", "7", "tags")),
        (b"/%73ongs", ("songs",)),
        (b"/SONGS", ("SONGS",)),
        (b"/a%20b", ("a b",)),
        (b"/a+b", ("a+b",)),
        (b"/caf%C3%A9", ("caf\u00e9",)),
        (b"/caf%c3%a9", ("caf\u00e9",)),
        (b"/caf\xc3\xa9", ("caf\u00e9",)),
        (b"/100%25", ("100%",)),
        (b"/a%252Fb", ("a%2Fb",)),
        (b"/%252e%252e", ("%2e%2e",)),
        (b"/...", ("...",)),
        (b"/.a", (".a",)),
        (b"/a..b", ("a..b",)),
        (b"/x:y@z!$&'()*,=~_-", ("x:y@z!$&'()*,=~_-",)),
        (b"/%F0%9F%8E%B5", ("\U0001f3b5",)),
        (b"/%3B", (";",)),
        (b"/%7B%7D", ("{}",)),
    ],
)
def test_each_segment_is_decoded_once(raw: bytes, values: tuple[str, ...]) -> None:
    assert split_path(raw) == Segments(values)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"songs",
        b"*",
        b"http://localhost/songs",
        b"//songs",
        b"/songs//",
        b"/a//b",
        b"//",
        b"/.",
        b"/..",
        b"/./songs",
        b"/a/../songs",
        b"/songs/.",
        b"/songs/..",
        b"/%2e",
        b"/%2E%2e/songs",
        b"/.%2e/songs",
        b"/a%2Fb",
        b"/a%2fb",
        b"/%5C",
        b"/a%5cb",
        b"/a\\b",
        b"/songs%0A",
        b"/songs%0d%0a",
        b"/songs\n",
        b"/songs%00",
        b"/\x00",
        b"/%1f",
        b"/%7F",
        b"/%C2%80",
        b"/%C2%9F",
        b"/\x7f",
        b"/%",
        b"/%4",
        b"/%zz",
        b"/%%41",
        b"/%u0041",
        b"/%FF",
        b"/\xff",
        b"/%C3",
        b"/caf%E9",
        b"/%C0%AF",
        b"/%C0%AE%C0%AE",
        b"/%ED%A0%80",
        b"/%F4%90%80%80",
    ],
)
def test_what_can_match_nothing_is_none(raw: bytes) -> None:
    assert split_path(raw) is None


@pytest.mark.parametrize(
    ("raw", "matrix"),
    [
        (b"/;a=1", {0}),
        (b"/a/b;c/d;", {1, 2}),
        (b"/a%3Bb", set()),
        (b"/;x%20y", {0}),
    ],
)
def test_raw_semicolons_are_remembered(raw: bytes, matrix: set[int]) -> None:
    segments = split_path(raw)

    assert segments is not None
    assert segments.matrix == matrix


def test_a_dot_segment_is_one_even_where_a_semicolon_follows_elsewhere() -> None:
    assert split_path(b"/;a=1/..") is None


@given(st.binary())
def test_any_bytes_are_cut_or_refused(raw: bytes) -> None:
    segments = split_path(b"/" + raw)

    if segments is not None:
        assert len(segments.values) == raw.count(b"/") + 1
        assert all("/" not in value and value not in (".", "..") for value in segments.values)
        assert "" not in segments.values[:-1]


@given(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=4))
def test_percent_encoding_every_octet_changes_nothing(texts: list[str]) -> None:
    written = [text.encode("utf-8", "surrogatepass") for text in texts]
    encoded = b"/" + b"/".join(b"".join(b"%%%02x" % octet for octet in text) for text in written)

    segments = split_path(encoded)

    if segments is not None:
        assert segments.values == tuple(texts)
