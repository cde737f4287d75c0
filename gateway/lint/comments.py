"""The comments of a YAML text that begin with a given word, apart from `#` inside of texts."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import yaml

_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Comment(NamedTuple):
    """A comment: where its `#` stands, what follows it, and whether it has its line alone."""

    line: int
    column: int
    text: str
    is_alone: bool


class _Span(NamedTuple):
    """Where a scalar stands: from and up to (line, column), counted from 0."""

    start: tuple[int, int]
    end: tuple[int, int]


def comments_of(text: str, *, word: str) -> Iterator[Comment]:
    """Yield the comments whose text begins with `word`, in the order written."""
    if word not in text:
        return
    beginning = re.compile(rf"(?:^|(?<=[\s,\[\]{{}}]))#\s*(?={re.escape(word)})")
    spans: Sequence[_Span] | None = None
    for number, line in enumerate(_LINE_END.split(text)):
        for match in beginning.finditer(line):
            spans = _scalars(text) if spans is None else spans
            if not any(span.start <= (number, match.start()) < span.end for span in spans):
                is_alone = not line[: match.start()].strip()
                yield Comment(number + 1, match.start() + 1, line[match.end() :].strip(), is_alone)
                break


def _scalars(text: str) -> Sequence[_Span]:
    """Where quoted and block scalars stand: a `#` in them is part of the text.

    In a plain scalar a `#` after a blank begins a comment.
    """
    try:
        events = [
            event
            for event in yaml.parse(text, Loader=yaml.CSafeLoader)
            if isinstance(event, yaml.ScalarEvent) and event.style
        ]
    except yaml.YAMLError:
        return ()
    return [_span(event) for event in events]


def _span(event: Any) -> _Span:
    start = (event.start_mark.line, event.start_mark.column)
    if event.style in "|>":
        # what follows the indicator on its own line may be a comment
        start = (event.start_mark.line + 1, 0)
    return _Span(start, (event.end_mark.line, event.end_mark.column))
