"""YAML text to a tree of nodes, from libyaml's events: nothing recursive, no tags, no YAML 1.1."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml
from yaml._yaml import CParser

from gateway.errors import DocumentError, Fault, Origin
from gateway.spec.limits import DEFAULT_LIMITS, Limits
from gateway.spec.node import MappingNode, Node, Place, ScalarNode, SequenceNode
from gateway.spec.scalars import NumberError, resolve_plain
from gateway.spec.tree import TreeBuilder

#: what YAML 1.2 s5.1 calls not printable
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_yaml(text: str, *, file: str, limits: Limits = DEFAULT_LIMITS) -> Node:
    """Return the tree of the one document in `text`; raises DocumentError.

    Plain scalars mean what YAML 1.2 says, mapping keys are the text as written, and aliases share
    the node of their anchor.
    """
    _refuse_unprintable(text, file)
    reader = _EventReader(file, limits=limits)
    try:
        reader.read(CParser(text))
    except yaml.MarkedYAMLError as error:
        lines = text.rstrip().split("\n")
        fault = _syntax_fault(error, Origin(file, len(lines), len(lines[-1]) + 1))
        raise DocumentError([*reader.tree.faults, fault]) from error
    return reader.tree.finish()


def _refuse_unprintable(text: str, file: str) -> None:
    found = _UNPRINTABLE.search(text)
    if found is None:
        return
    before = text[: found.start()]
    line = before.count("\n") + 1
    origin = Origin(file, line, found.start() - before.rfind("\n"))
    message = f"the control character U+{ord(found.group()):04X} is not allowed in YAML"
    raise DocumentError([Fault("encoding", message, origin)])


def _syntax_fault(error: yaml.MarkedYAMLError, end: Origin) -> Fault:
    """Point at the problem; if that is the end of the text, at what has no end."""
    marks = [mark for mark in (error.problem_mark, error.context_mark) if mark is not None]
    inside = [Origin(end.file, mark.line + 1, mark.column + 1) for mark in marks]
    origin = next((at for at in inside if at.line <= end.line), end)
    said = ", ".join(part for part in (error.context, error.problem) if part)
    return Fault("syntax", f"not YAML: {said or 'it cannot be parsed'}", origin)


class _EventReader:
    """Feeds libyaml's events to a TreeBuilder."""

    def __init__(self, file: str, *, limits: Limits) -> None:
        self.tree = TreeBuilder(limits)
        self._file = file
        self._documents = 0
        #: None while the anchored collection is still open
        self._anchors: dict[str, Node | None] = {}
        #: the anchor of each open collection
        self._open_anchors: list[str | None] = []

    def read(self, parser: Any) -> None:
        """Take every event of a parser; the way from each to its method is short on purpose."""
        take = self._table()
        next_event = parser.get_event
        while (event := next_event()) is not None:
            take[type(event)](event)

    def _table(self) -> Mapping[type, Callable[[Any], None]]:
        return {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
            yaml.DocumentEndEvent: self._nothing,
            yaml.StreamStartEvent: self._nothing,
            yaml.StreamEndEvent: self._stream_end,
        }

    def _scalar(self, event: Any) -> None:
        mark = event.start_mark
        place = (self._file, mark.line + 1, mark.column + 1)
        if event.tag is not None:
            self._report_tag(event.tag, place)
        text = event.value
        if self.tree.wants_key:
            self._key(text, place)
            value = text
        else:
            value = text if event.style else self._plain(text, place)
            if type(value) is str:
                value = self.tree.same(value, value)
            self.tree.add(ScalarNode(value, place))
        if event.anchor is not None:
            self._anchors[event.anchor] = ScalarNode(value, place)

    def _plain(self, text: str, place: Place) -> str | int | float | bool | None:
        try:
            return resolve_plain(text)
        except NumberError as error:
            self.tree.report("number", f"{error}; quote it if it is a text", place=place)
            return text

    def _key(self, name: str, place: Place) -> None:
        if name == "<<":
            message = "`<<` is a merge key of YAML 1.1, which OAS does not allow; use a `$ref`"
            self.tree.report("merge-key", message, place=place)
        self.tree.add_key(name, place)

    def _mapping(self, event: Any) -> None:
        place = self._begin(event)
        self.tree.open(MappingNode({}, place, keys={}))

    def _sequence(self, event: Any) -> None:
        place = self._begin(event)
        self.tree.open(SequenceNode([], place))

    def _begin(self, event: Any) -> Place:
        place = self._place(event)
        if event.tag is not None:
            self._report_tag(event.tag, place)
        if self.tree.wants_key:
            self.tree.stop("key", "a key must be a text, not a list or a mapping", place=place)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._open_anchors.append(event.anchor)
        return place

    def _end(self, event: Any) -> None:  # noqa: ARG002 -- every method of the table takes its event
        node = self.tree.close()
        anchor = self._open_anchors.pop()
        if anchor is not None:
            self._anchors[anchor] = node

    def _alias(self, event: Any) -> None:
        place = self._place(event)
        if self.tree.wants_key:
            self.tree.stop("key", "a key must be a text, not an alias", place=place)
        if event.anchor not in self._anchors:
            self.tree.stop("alias", f"there is no anchor `&{event.anchor}`", place=place)
        node = self._anchors[event.anchor]
        if node is None:
            message = f"`*{event.anchor}` stands inside what it repeats"
            self.tree.stop("alias", message, place=place)
        self.tree.repeat(node, place)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            message = "a second document begins here; an OpenAPI document stands alone in its file"
            self.tree.stop("several-documents", message, place=self._place(event))

    def _stream_end(self, event: Any) -> None:  # noqa: ARG002 -- as above
        if self.tree.is_empty:
            place = (self._file, 1, 1)
            self.tree.stop("empty", "there is nothing in this document", place=place)

    def _nothing(self, event: Any) -> None:
        """Let pass an event that carries nothing for the tree."""

    def _report_tag(self, tag: str, place: Place) -> None:
        message = f"the tag `{tag}` is not allowed; a document holds plain values only"
        self.tree.report("tag", message, place=place)

    def _place(self, event: Any) -> Place:
        return (self._file, event.start_mark.line + 1, event.start_mark.column + 1)
