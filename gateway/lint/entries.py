"""The entries of a text in YAML or JSON with their places, as far as they can be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml


class Entry(NamedTuple):
    """An entry of a mapping, or an item of a list: the keys that lead to it, and its places."""

    keys: tuple[str, ...]
    #: line and column, from 1; of an item both are the same
    key: tuple[int, int]
    value: tuple[int, int]


@dataclass(slots=True)
class _Frame:
    """A collection that is still being read."""

    keys: tuple[str, ...]
    is_mapping: bool
    #: the key that waits for its value
    key: str | None = None
    key_place: tuple[int, int] = (0, 0)
    items: int = 0


def entries_of(text: str) -> Iterator[Entry]:
    """Yield every entry, in the order written; stop where the text is no YAML."""
    frames: list[_Frame] = []
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.NodeEvent):
                yield from _node(event, frames)
            elif isinstance(event, yaml.CollectionEndEvent):
                frames.pop()
                if not frames:
                    return
    except yaml.YAMLError:
        return


def first_entry_of(text: str, *, lines_before: int) -> Iterator[Entry]:
    """Yield the first entry of a text, and those below it; what follows may be anything."""
    seen = 0
    for entry in entries_of(text):
        seen += len(entry.keys) == 1
        if seen > 1:
            return
        (line, column), (value_line, value_column) = entry.key, entry.value
        key, value = (line + lines_before, column), (value_line + lines_before, value_column)
        yield Entry(entry.keys, key, value)


def _node(event: Any, frames: list[_Frame]) -> Iterator[Entry]:
    place = (event.start_mark.line + 1, event.start_mark.column + 1)
    keys: tuple[str, ...] = ()
    if frames:
        frame = frames[-1]
        if frame.is_mapping and frame.key is None:
            # a key that is no text never gets past the reader of documents
            frame.key, frame.key_place = str(getattr(event, "value", "")), place
            return
        keys = (*frame.keys, frame.key if frame.key is not None else str(frame.items))
        yield Entry(keys, frame.key_place if frame.is_mapping else place, place)
        frame.key = None
        frame.items += 1
    if isinstance(event, yaml.CollectionStartEvent):
        frames.append(_Frame(keys, isinstance(event, yaml.MappingStartEvent)))
