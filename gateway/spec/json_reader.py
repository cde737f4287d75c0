"""JSON text to a tree of nodes, with the line and column of every element."""

import re
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # absent from the stub
from typing import NoReturn

from gateway.spec.limits import DEFAULT_LIMITS, Limits
from gateway.spec.node import MappingNode, Node, Place, Scalar, ScalarNode, SequenceNode
from gateway.spec.scalars import NumberError, parse_number
from gateway.spec.tree import TreeBuilder

_SPACE = re.compile(r"[ \t\n\r]*")
#: a key and its colon, if nothing in the key is escaped
_KEY = re.compile(r'"([^"\\\x00-\x1f]*)"[ \t\n\r]*:[ \t\n\r]*')
_COLON = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")
_VALUE = re.compile(
    r'"([^"\\\x00-\x1f]*)"'
    r"|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)(?![\w.+-])"
    r"|(true|false|null)(?!\w)"
    r"|([{\[])"
)
_AFTER = re.compile(r"[ \t\n\r]*([,}\]])[ \t\n\r]*")
_FOUND = re.compile(r'\w+|"[^"\n]{0,40}|.', re.DOTALL)
_WORDS = {"true": True, "false": False, "null": None}
_SURROGATE = re.compile("[\ud800-\udfff]")
_TEXT, _NUMBER, _WORD = 1, 2, 3


def read_json(text: str, *, file: str, limits: Limits = DEFAULT_LIMITS) -> Node:
    """Return the tree of a JSON text (RFC 8259); raises DocumentError."""
    return _Reader(text, file=file, limits=limits).read()


class _Reader:
    """Goes through a text once; `_at` is past the white space before the next token."""

    def __init__(self, text: str, *, file: str, limits: Limits) -> None:
        self._text = text
        self._file = file
        self._tree = TreeBuilder(limits)
        self._line = 1
        self._line_start = 0
        self._line_end = self._end_of_line()
        self._at = _after(_SPACE, text, 0)

    def read(self) -> Node:
        """Return the tree of the one value."""
        if self._at == len(self._text):
            place = self._place(self._at)
            self._tree.stop("empty", "there is nothing in this document", place=place)
        self._value()
        while self._tree.top is not None:
            if self._tree.wants_key:
                self._key()
            self._value()
        if self._at < len(self._text):
            self._refuse("nothing more")
        return self._tree.finish()

    def _value(self) -> None:
        """Take a value and the marks behind it, or just the beginning of a collection."""
        value: Scalar
        match = _VALUE.match(self._text, self._at)
        if match is None:
            value, place = self._escaped("a value")
        else:
            place = self._place(self._at)
            kind, found = match.lastindex, match.group(match.lastindex or 0)
            self._at = match.end()
            if kind == _TEXT:
                value = self._tree.same(found, found)
            elif kind == _NUMBER:
                value = self._number(found, place)
            elif kind == _WORD:
                value = _WORDS[found]
            else:
                self._begin(found, place)
                return
        self._tree.add(ScalarNode(value, place))
        self._after_value()

    def _begin(self, bracket: str, place: Place) -> None:
        is_mapping = bracket == "{"
        self._tree.open(MappingNode({}, place, keys={}) if is_mapping else SequenceNode([], place))
        self._at = _after(_SPACE, self._text, self._at)
        if self._text[self._at : self._at + 1] == ("}" if is_mapping else "]"):
            self._tree.close()
            self._at += 1
            self._after_value()

    def _after_value(self) -> None:
        """Take closing brackets up to a comma, or to the end of the outermost collection."""
        tree = self._tree
        while tree.top is not None:
            end = "}" if type(tree.top) is MappingNode else "]"
            match = _AFTER.match(self._text, self._at)
            mark = "" if match is None else match.group(1)
            if match is None or mark not in (",", end):
                self._at = _after(_SPACE, self._text, self._at)
                self._refuse(f"`,` or `{end}`")
            self._at = match.end()
            if mark == ",":
                return
            tree.close()
        self._at = _after(_SPACE, self._text, self._at)

    def _key(self) -> None:
        match = _KEY.match(self._text, self._at)
        if match is not None:
            self._tree.add_key(match.group(1), self._place(self._at))
            self._at = match.end()
            return
        name, place = self._escaped("a key in double quotes")
        self._tree.add_key(name, place)
        colon = _COLON.match(self._text, self._at)
        if colon is None:
            self._at = _after(_SPACE, self._text, self._at)
            self._refuse("`:`")
        self._at = colon.end()

    def _escaped(self, wanted: str) -> tuple[str, Place]:
        """Take any string, with its escapes."""
        if self._text[self._at : self._at + 1] != '"':
            self._refuse(wanted)
        place = self._place(self._at)
        try:
            value, self._at = scanstring(self._text, self._at + 1, True)
        except JSONDecodeError as error:
            self._tree.stop("syntax", f"not JSON: {_lower(error.msg)}", place=place)
        if _SURROGATE.search(value):
            message = "not JSON: half of a surrogate pair stands alone in this string"
            self._tree.stop("syntax", message, place=place)
        return str(value), place

    def _number(self, text: str, place: Place) -> Scalar:
        try:
            return parse_number(text)
        except NumberError as error:
            self._tree.report("number", str(error), place=place)
            return text

    def _place(self, start: int) -> Place:
        """Return the place of an offset; offsets only grow from call to call."""
        if start > self._line_end:
            self._line += self._text.count("\n", self._line_end, start)
            self._line_start = self._text.rfind("\n", self._line_end, start) + 1
            self._line_end = self._end_of_line()
        return (self._file, self._line, start - self._line_start + 1)

    def _end_of_line(self) -> int:
        end = self._text.find("\n", self._line_start)
        return len(self._text) if end < 0 else end

    def _refuse(self, wanted: str) -> NoReturn:
        match = _FOUND.match(self._text, self._at)
        found = "the end" if match is None else f"`{match.group().lstrip(chr(34))[:40]}`"
        message = f"not JSON: {wanted} is expected here, not {found}"
        self._tree.stop("syntax", message, place=self._place(self._at))


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return at if match is None else match.end()


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:].removesuffix(" at").removesuffix(": ")
