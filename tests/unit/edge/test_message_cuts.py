"""What arrives is cut where a message may end, and nothing is lost by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.wire.cuts import MessageCuts

END = b"\r\n\r\n"


def cut_all(pieces: list[bytes], content_octets: int = 0) -> list[bytes]:
    """Every piece that comes out, in order."""
    cuts = MessageCuts()
    cuts.begin(content_octets)
    found = []
    for data in pieces:
        place = 0
        while place < len(data):
            found.append(cuts.cut(data, place))
            place += len(found[-1])
    return found


@pytest.mark.parametrize(
    ("pieces", "cut"),
    [
        ([b"a\r\n\r\nb"], [b"a\r\n\r\n", b"b"]),
        ([b"a", b"\r\n\r\nb"], [b"a", b"\r\n\r\n", b"b"]),
        ([b"a\r", b"\n\r\nb"], [b"a\r", b"\n\r\n", b"b"]),
        ([b"a\r\n\r", b"\nb"], [b"a\r\n\r", b"\n", b"b"]),
        ([b"a\r", b"\n", b"\r", b"\nb"], [b"a\r", b"\n", b"\r", b"\n", b"b"]),
        ([b"a\r\n", b"b\r\nc"], [b"a\r\n", b"b\r\nc"]),
    ],
)
def test_an_empty_line_is_found_wherever_the_network_cuts(
    pieces: list[bytes], cut: list[bytes]
) -> None:
    assert cut_all(pieces) == cut


def test_a_body_of_known_length_is_cut_at_its_end_and_not_within() -> None:
    body = b"a\r\n\r\nb"

    assert cut_all([body + b"GET"], len(body)) == [body, b"GET"]
    assert cut_all([body[:3], body[3:] + b"GET"], len(body)) == [body[:3], body[3:], b"GET"]


texts = st.lists(st.sampled_from([b"\r", b"\n", b"a", END, b"0\r\n"]), max_size=12).map(b"".join)


@given(st.lists(texts, max_size=5), st.integers(0, 20))
def test_nothing_is_lost_and_no_piece_runs_over_an_end(pieces: list[bytes], length: int) -> None:
    whole = b"".join(pieces)

    found = cut_all(pieces, length)

    assert b"".join(found) == whole
    ends = [len(b"".join(found[: n + 1])) for n in range(len(found))]
    assert length == 0 or length >= len(whole) or length in ends
    place = length
    while (place := whole.find(END, place) + len(END)) >= len(END):
        assert place in ends
