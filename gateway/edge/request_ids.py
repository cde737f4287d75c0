"""The ids of requests, made in stock: to ask the kernel for chance costs more than all the rest."""

import os

#: octets that are asked for at once, 16 for an id
_STOCK = 4096


def urn_of(text: str) -> str:
    """32 hexadecimal digits of chance as a UUID of version 4; one of its four variants."""
    return f"urn:uuid:{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


class RequestIds:
    """Gives out ids, none twice; for one thread of one process: workers are spawned, not forked."""

    __slots__ = ("_digits", "_place")

    def __init__(self) -> None:
        self._digits = ""
        self._place = 0

    def new(self) -> str:
        """The next id."""
        place = self._place
        if place >= len(self._digits):
            self._digits, place = os.urandom(_STOCK).hex(), 0
        self._place = place + 32
        return urn_of(self._digits[place : place + 32])
