"""How a text ends beside the one before it: the same, further on, otherwise, or cut short."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from enum import Enum, auto

#: lines that are compared to find where the end of a text stood before
_MOST_LINES = 50


class Ending(Enum):
    """What became of the end of a text."""

    #: the text before ended so too
    SAME = auto()
    #: what is new follows the end of the text before
    FURTHER = auto()
    #: the end of the text before is gone, and a new one in its place
    OTHER = auto()
    #: the text before went on after what is the end now
    CUT = auto()


def ending_of(text: bytes, before: bytes) -> Ending:
    """Compare by lines what follows the last stretch that two texts have in the same order.

    A text that begins with a bracket ends as it should, or it does not parse. Takes time and memory
    in proportion to the texts.
    """
    if _closes_itself(text):
        return Ending.SAME
    rest, rest_before = _rests(_lines(text), _lines(before))
    if not rest_before:
        return Ending.FURTHER if rest else Ending.SAME
    if not rest or _margin(rest) > _margin(rest_before) or _stood_earlier(rest, rest_before):
        return Ending.CUT
    return Ending.OTHER


def is_beginning_of(text: bytes, before: bytes) -> bool:
    """Whether a text is only the beginning of the one before it."""
    return len(text) < len(before) and before.startswith(text.rstrip())


def lacks_end_of(text: bytes, before: bytes) -> bool:
    """Whether a text does not end its last line, though the one before it did."""
    return before.endswith(b"\n") and not text.endswith(b"\n") and not _closes_itself(text)


def _closes_itself(text: bytes) -> bool:
    """Whether it begins with a bracket: without the last one it does not parse."""
    return text.lstrip().startswith((b"{", b"["))


def _lines(text: bytes) -> Sequence[bytes]:
    """The lines that are not blank, without what is blank at their ends."""
    return [line for line in map(bytes.rstrip, text.splitlines()) if line]


def _rests(
    lines: Sequence[bytes], before: Sequence[bytes]
) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """What follows the last stretch of lines that both texts have in the same order."""
    places, places_before = _places_of_single_lines(lines), _places_of_single_lines(before)
    start, start_before = 0, 0
    end = _end_of_longest_increase(places[line] for line in places_before if line in places)
    if end is not None:
        start, start_before = end, places_before[lines[end]]
    stretch = 0
    for one, other in zip(lines[start:], before[start_before:], strict=False):
        if one != other:
            break
        stretch += 1
    return lines[start + stretch :], before[start_before + stretch :]


def _end_of_longest_increase(places: Iterable[int]) -> int | None:
    """Where the longest increasing sequence of places ends, the first of several; None: no places.

    A line that the new text has further up does not count: such a sequence leaves it out.
    """
    ends: list[int] = []
    end = None
    for place in places:
        length = bisect_left(ends, place)
        if length == len(ends):
            end = place
        ends[length : length + 1] = [place]
    return end


def _places_of_single_lines(lines: Sequence[bytes]) -> dict[bytes, int]:
    """Where the lines stand that are there once, in their order."""
    places: dict[bytes, int] = {}
    again: set[bytes] = set()
    for place, line in enumerate(lines):
        if line in places:
            again.add(line)
        else:
            places[line] = place
    return {line: place for line, place in places.items() if line not in again}


def _margin(lines: Sequence[bytes]) -> int:
    """How far from the left the nearest line is: in YAML, what ends before it is whole."""
    return min(len(line) - len(line.lstrip()) for line in lines)


def _stood_earlier(rest: Sequence[bytes], before: Sequence[bytes]) -> bool:
    """Whether the last lines of a rest stand in the other one's middle as much as at its end."""
    ends = (end for end in range(1, len(before)) if before[end - 1] == rest[-1])
    longest = max((_same_at_the_end(rest, _up_to(before, end)) for end in ends), default=0)
    return longest > 0 and longest >= _same_at_the_end(rest, _up_to(before, len(before)))


def _up_to(lines: Sequence[bytes], end: int) -> Sequence[bytes]:
    return lines[max(0, end - _MOST_LINES) : end]


def _same_at_the_end(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    same = 0
    for line, other_line in zip(reversed(one), reversed(other), strict=False):
        if line != other_line:
            break
        same += 1
    return same
