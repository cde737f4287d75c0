"""Where octets that arrive are cut, so that no piece handed to the parser holds two messages."""

#: ends a head, and a chunked body with its trailers
_END = b"\r\n\r\n"
_OVERLAP = len(_END) - 1


class MessageCuts:
    """Follows one connection.

    Head and chunked body are cut at each empty line, for each of these may be the last octet of
    the message; a body of known length is cut where it ends.
    """

    def __init__(self) -> None:
        self._tail = b""
        self._content_left = 0

    def begin(self, content_octets: int = 0) -> None:
        """A message begins, or its body of this length; zero where the length is not known."""
        self._tail = b""
        self._content_left = content_octets

    def cut(self, data: bytes, place: int) -> bytes:
        """The piece that begins at this place."""
        piece = data[place : self._end(data, place)]
        if self._content_left:
            self._content_left -= len(piece)
        elif piece.endswith(_END):
            self._tail = b""
        else:
            self._tail = (self._tail + piece[-_OVERLAP:])[-_OVERLAP:]
        return piece

    def _end(self, data: bytes, place: int) -> int:
        if self._content_left:
            return place + self._content_left
        if self._tail:
            border = (self._tail + data[place : place + _OVERLAP]).find(_END)
            if border >= 0:
                return place + border + len(_END) - len(self._tail)
        found = data.find(_END, place)
        return len(data) if found < 0 else found + len(_END)
