"""How texts and numbers stand in one line, wherever the line is shown."""


def plain(text: str) -> str:
    """A text as it may stand in one line of a terminal: what is not printable is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def counted(number: int, thing: str) -> str:
    """A number of things: `1 user`, `2 users`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
