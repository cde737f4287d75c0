"""Octets into requests: a head, parts of a body, its end; or why they are refused.

httptools reads; each request line is read here too, before it is handed one. It never has octets
of two messages at once.
"""

import re

import httptools

from gateway.edge.problem import Problem
from gateway.edge.request_head import (
    READ_METHODS,
    Methods,
    content_length,
    head_problem,
    malformed,
    read_line,
    too_large_head,
    with_host,
)
from gateway.edge.wire.cuts import MessageCuts
from gateway.edge.wire.known_head import KnownHead, KnownLine, known_head
from gateway.edge.wire.limits import WireLimits
from gateway.edge.wire.refusal import Refused

_NOT_HTTP = malformed("This is not HTTP/1.1.")
_END = b"\r\n\r\n"
#: after so many heads that do not come again, only each of so many is remembered
_PATIENCE = 8
#: a line that `read_line` would let pass, in the one form that nearly all have
_USUAL_LINE = re.compile(rb"([A-Z-]+) (/[!\"$->@-~]*)(?:\?([!\"$-~]*))? HTTP/1\.([01])\r\n")
_USUAL_METHODS = {name: name.decode() for name in READ_METHODS if name != b"CONNECT"}


class RequestReader:
    """Reads one connection; what came last stands in its attributes."""

    __slots__ = (
        *(
            "_body_octets",
            "_cuts",
            "_head_octets",
            "_known",
            "_known_host",
            "_known_line",
            "_strange",
            "_limits",
        ),
        *("_line_octets", "_longest", "_own_methods", "_parser", "_trailer_octets"),
        *("_wire_octets", "authority", "expects", "has_head", "has_line", "headers"),
        *("is_in_body", "is_old", "is_whole", "keeps", "line", "method", "path", "pieces", "query"),
    )

    def __init__(self, limits: WireLimits, own_methods: Methods | None) -> None:
        self._limits = limits
        self._longest = limits.url_octets
        self._own_methods = own_methods
        self._cuts = MessageCuts()
        self._parser = httptools.HttpRequestParser(self)
        # what comes behind a last request is dropped by the connection
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)
        #: the request line as far as it came, if it came in pieces
        self._line_octets = b""
        self._head_octets = self._body_octets = self._wire_octets = self._trailer_octets = 0
        self._known: KnownHead | None = None
        self._known_line: KnownLine | None = None
        #: heads in a row that were others than the one before them
        self._strange = 0
        #: a Host that was found to name one
        self._known_host: bytes | None = None
        #: of the line: whether there is one, what it says, and where that is remembered
        self.has_line = False
        self.line: KnownLine | None = None
        self.method, self.path, self.query = "", b"", b""
        self.authority: bytes | None = None
        self.is_old = False
        #: of the head
        self.headers: list[tuple[bytes, bytes]] = []
        self.expects = self.keeps = False
        #: what happened: a head came, a body goes on, parts of it came, the request is whole
        self.has_head = self.is_in_body = self.is_whole = False
        self.pieces: list[bytes] = []

    @property
    def has_begun(self) -> bool:
        """Whether a part of a head came, and not all."""
        return bool(self._line_octets) or (self.has_line and not self.is_in_body)

    @property
    def is_to_head(self) -> bool:
        """Whether the request that is being read is a HEAD, whose answer has no body."""
        return self._line_octets.startswith(b"HEAD ") or (self.has_line and self.method == "HEAD")

    def end(self) -> None:
        """Read no more; the parser holds the reader, and is let go."""
        del self._parser

    def advance(self, data: bytes, place: int) -> int:
        """Read on, at most to the end of a request; up to where. Raises Refused."""
        try:
            if self.has_line:
                return place + self._feed(data, place)
            if not self._line_octets:
                end = self._read_usual(data, place)
                if end:
                    return end
            return self._read_line(data, place)
        except httptools.HttpParserCallbackError as error:
            cause = error.__context__
            raise (cause if isinstance(cause, Refused) else Refused(_NOT_HTTP)) from None
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            raise Refused(_NOT_HTTP) from None

    def _read_usual(self, data: bytes, place: int) -> int:
        """Read a whole head that is there at once, as most are; where it ends, 0: it is not."""
        line = self._known_line
        if line is None or not data.startswith(line.octets, place):
            found = _USUAL_LINE.match(data, place)
            if found is None:
                return 0
            octets, path, query, minor = found.groups(b"")
            method = _USUAL_METHODS.get(octets)
            if method is None or len(path) + len(query) + 2 > self._longest:
                return 0
            line = KnownLine(found[0], method, path, query, is_old=minor == b"0")
            self._known_line = None if line.is_old else line
        self.line, self.method, self.path, self.query = line, line.method, line.path, line.query
        begin = place + len(line.octets)
        if not line.is_old and self._known is not None and self._known.method == line.method:
            end = self._read_known(self._known, data, begin)
            if end:
                return end
        return self._read_head(line, data, place, begin)

    def _read_known(self, known: KnownHead, data: bytes, begin: int) -> int:
        """Read a head that was read before, and its body if that came, too; 0: it is another."""
        end = known.end(data, begin)
        if not end:
            return 0
        if known.has_body:
            length = int(known.length)
            if len(data) - end < length:
                return 0
            if length:
                self.pieces.append(data[end : end + length])
                end += length
        self.headers = known.headers()
        self._strange = 0
        self.is_old = self.expects = False
        self._head_octets = 0
        self.has_head = self.is_whole = self.keeps = True
        return end

    def _read_head(self, line: KnownLine, data: bytes, place: int, begin: int) -> int:
        """Have a head parsed, and remember it; where it ends, 0: it is not there as a whole."""
        end = data.find(_END, begin - 2) + 4
        if end < begin:
            return 0
        self.has_line, self.headers = True, []
        self.is_old, self.authority = line.is_old, None
        if end - begin > self._limits.head_octets:
            raise Refused(too_large_head())
        self._parser.feed_data(data if end - place == len(data) else data[place:end])
        if self.keeps and not self.expects and (self.is_whole or self.is_in_body):
            self._strange += 1
            if self._strange <= _PATIENCE or not self._strange % _PATIENCE:
                self._known = known_head(line.method, data[begin:end], self.headers)
        return end

    def _read_line(self, data: bytes, place: int) -> int:
        """Take what came of a request line; up to where it was taken."""
        end = data.find(b"\n", place) + 1 or len(data)
        self._line_octets += data[place:end]
        if self._line_octets == b"\r\n" and not self._head_octets:
            self._head_octets, self._line_octets = end - place, b""
            return end
        longest = self._limits.url_octets
        read = read_line(self._line_octets, longest, own_methods=self._own_methods)
        if isinstance(read, Problem):
            raise Refused(read)
        if read is not None:
            method = read.own_method or self._line_octets.partition(b" ")[0].decode("ascii")
            self.has_line, self.headers, self.line = True, [], None
            self.method, self.is_old, self.authority = method, read.is_old, read.authority
            self.path, _, self.query = read.target.partition(b"?")
            self._head_octets = 0
            self._feed(read.parseable(self._line_octets), 0)
        return end

    def _feed(self, data: bytes, place: int) -> int:
        """Hand the parser what it may have at once; how much that was."""
        piece = self._cuts.cut(data, place)
        if self.is_in_body:
            self._wire_octets += len(piece)
        else:
            self._head_octets += len(piece)
            if self._head_octets > self._limits.head_octets + len(self._line_octets):
                raise Refused(too_large_head())
        self._parser.feed_data(piece)
        self._bound_framing()
        if self.is_whole:
            self._cuts.begin()
        return len(piece)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; a trailer, which comes after the body, never is one (RFC 9110 s6.5.1)."""
        if not self.is_in_body:
            self.headers.append((name.lower(), value.strip(b" \t")))
            return
        self._trailer_octets += len(name) + len(value)
        if self._trailer_octets > self._limits.framing_octets:
            raise Refused(too_large_head())

    def on_headers_complete(self) -> None:
        """Let a head in that can be read in one way."""
        if not self.has_line:
            raise Refused(_NOT_HTTP)
        headers = self.headers
        fields = dict(headers)
        host = fields.get(b"host")
        has_twins = len(fields) != len(headers)
        is_usual = host is not None and host == self._known_host and not has_twins
        if not is_usual or len(fields) > self._limits.headers or b"transfer-encoding" in fields:
            problem = head_problem(headers, is_old=self.is_old, most=self._limits.headers)
            if problem:
                raise Refused(problem)
            self._known_host = host
        if self._parser.should_upgrade():
            raise Refused(malformed("Upgrades are not served."))
        if self.authority is not None:
            headers[:] = with_host(headers, self.authority)
        # RFC 9110 s10.1.1: of HTTP/1.0 it is ignored
        self.expects = (
            not self.is_old
            and b"expect" in fields
            and any(
                name == b"expect" and value.lower() == b"100-continue" for name, value in headers
            )
        )
        self.keeps = not self.is_old and self._parser.should_keep_alive()
        self._body_octets = self._wire_octets = self._trailer_octets = 0
        self.has_head = self.is_in_body = True
        if self._line_octets or b"content-length" in fields:
            self._cuts.begin(content_length(headers))

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._body_octets += len(body)
        self.pieces.append(body)

    def on_message_complete(self) -> None:
        """The next octet begins another head."""
        if self._wire_octets:
            self._bound_framing()
        self.is_whole = True
        self.is_in_body = self.has_line = False
        self._line_octets, self._head_octets = b"", 0

    def _bound_framing(self) -> None:
        """Bound what a body costs beyond itself: chunk extensions, tiny chunks, trailers."""
        bound = self._limits.framing_octets + self._limits.framing_ratio * self._body_octets
        if self.is_in_body and self._wire_octets > bound:
            raise Refused(malformed("The chunks are more than the body."))
