"""The ids of requests, made in stock: to ask the kernel for chance costs more than all the rest."""

import os

#: octets that are asked for at once, 16 for an id
_STOCK = 4096


def urn_of(text: str) -> str:
    """32 hexadecimal digits of chance as a UUID of version 4; one of its four variants."""
    return f"urn:uuid:{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


class RequestIds:
    """Gives out ids, none twice; for one thread of one process: workers are spawned, not forked."""

    __slots__ = ("_stock",)

    def __init__(self) -> None:
        self._stock: list[str] = []

    def new(self) -> str:
        """The next id."""
        if not self._stock:
            digits = os.urandom(_STOCK).hex()
            self._stock = [
                urn_of(digits[place : place + 32]) for place in range(0, len(digits), 32)
            ]
        return self._stock.pop()
