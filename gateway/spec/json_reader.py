"""JSON text to a tree of nodes, with the line and column of every element."""

import re
from collections.abc import Callable
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # absent from the stub
from typing import NamedTuple, NoReturn

from gateway.spec.limits import DEFAULT_LIMITS, Limits
from gateway.spec.node import MappingNode, Node, Place, Scalar, ScalarNode, SequenceNode
from gateway.spec.scalars import NumberError, parse_number
from gateway.spec.tree import TreeBuilder

_TOKEN = re.compile(
    r"[ \t\n\r]*(?:"
    r"(?P<mark>[{}\[\]:,])"
    r'|"(?P<text>[^"\\\x00-\x1f]*)"'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![\w.+-]))"
    r"|(?P<word>true|false|null)(?!\w)"
    r'|(?P<quote>")'
    r"|(?P<end>\Z)"
    r"|(?P<wrong>\w+|.))",
)
_WORDS = {"true": True, "false": False, "null": None}
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Token(NamedTuple):
    #: a mark such as `{`, or "text", "value", "end", "wrong"
    kind: str
    value: Scalar
    place: Place


def read_json(text: str, *, file: str, limits: Limits = DEFAULT_LIMITS) -> Node:
    """Return the tree of a JSON text (RFC 8259); raises DocumentError."""
    tree = TreeBuilder(limits)
    scanner = _Scanner(text, file=file, tree=tree)
    parser = _Parser(tree)
    while not parser.is_done:
        parser.take(scanner.scan())
    return tree.finish()


class _Scanner:
    """Cuts a text into tokens."""

    def __init__(self, text: str, *, file: str, tree: TreeBuilder) -> None:
        self._text = text
        self._file = file
        self._tree = tree
        self._at = 0
        self._line = 1
        self._line_start = 0

    def scan(self) -> _Token:
        """Return the next token."""
        match = _TOKEN.match(self._text, self._at)
        if match is None or match.lastgroup is None:
            raise AssertionError("the token pattern matches any text")
        kind = match.lastgroup
        start = match.start(kind) - (kind == "text")
        place = self._advance(start)
        self._at = match.end()
        found = match.group(kind)
        match kind:
            case "mark" | "end" | "wrong":
                return _Token(found if kind == "mark" else kind, found, place)
            case "word":
                return _Token("value", _WORDS[found], place)
            case "number":
                return _Token("value", self._number(found, place), place)
            case "quote":
                return _Token("text", self._escaped(place), place)
        return _Token("text", found, place)

    def _advance(self, start: int) -> Place:
        """Return the place of an offset; a token never holds a line break, what precedes it may."""
        breaks = self._text.count("\n", self._at, start)
        if breaks:
            self._line += breaks
            self._line_start = self._text.rfind("\n", self._at, start) + 1
        return (self._file, self._line, start - self._line_start + 1)

    def _number(self, text: str, place: Place) -> Scalar:
        try:
            return parse_number(text)
        except NumberError as error:
            self._tree.report("number", str(error), place=place)
            return text

    def _escaped(self, place: Place) -> str:
        try:
            value, self._at = scanstring(self._text, self._at, True)
        except JSONDecodeError as error:
            self._tree.stop("syntax", f"not JSON: {_lower(error.msg)}", place=place)
        if _SURROGATE.search(value):
            message = "not JSON: half of a surrogate pair stands alone in this string"
            self._tree.stop("syntax", message, place=place)
        return str(value)


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:].removesuffix(" at").removesuffix(": ")


class _Parser:
    """Takes tokens one by one; `_expect` is the method that knows what may come next."""

    def __init__(self, tree: TreeBuilder) -> None:
        self.is_done = False
        self._tree = tree
        self._expect: Callable[[_Token], None] = self._root

    def take(self, token: _Token) -> None:
        """Take the next token; raises DocumentError if it may not stand here."""
        self._expect(token)

    def _root(self, token: _Token) -> None:
        if token.kind == "end":
            self._tree.stop("empty", "there is nothing in this document", place=token.place)
        self._value(token)

    def _value(self, token: _Token) -> None:
        match token.kind:
            case "text" | "value":
                self._tree.add(ScalarNode(token.value, token.place))
                self._after_value()
            case "{":
                self._tree.open(MappingNode({}, token.place, keys={}))
                self._expect = self._first_key
            case "[":
                self._tree.open(SequenceNode([], token.place))
                self._expect = self._first_item
            case _:
                self._refuse("a value", token)

    def _first_item(self, token: _Token) -> None:
        if token.kind == "]":
            self._close()
        else:
            self._value(token)

    def _first_key(self, token: _Token) -> None:
        if token.kind == "}":
            self._close()
        else:
            self._key(token)

    def _key(self, token: _Token) -> None:
        if token.kind != "text":
            self._refuse("a key in double quotes", token)
        self._tree.add_key(str(token.value), token.place)
        self._expect = self._colon

    def _colon(self, token: _Token) -> None:
        if token.kind != ":":
            self._refuse("`:`", token)
        self._expect = self._value

    def _next_entry(self, token: _Token) -> None:
        match token.kind:
            case ",":
                self._expect = self._key
            case "}":
                self._close()
            case _:
                self._refuse("`,` or `}`", token)

    def _next_item(self, token: _Token) -> None:
        match token.kind:
            case ",":
                self._expect = self._value
            case "]":
                self._close()
            case _:
                self._refuse("`,` or `]`", token)

    def _end(self, token: _Token) -> None:
        if token.kind != "end":
            self._refuse("nothing more", token)
        self.is_done = True

    def _close(self) -> None:
        self._tree.close()
        self._after_value()

    def _after_value(self) -> None:
        if not self._tree.is_open:
            self._expect = self._end
        elif self._tree.is_in_mapping:
            self._expect = self._next_entry
        else:
            self._expect = self._next_item

    def _refuse(self, wanted: str, token: _Token) -> NoReturn:
        found = "the end" if token.kind == "end" else f"`{str(token.value)[:40]}`"
        message = f"not JSON: {wanted} is expected here, not {found}"
        self._tree.stop("syntax", message, place=token.place)
