"""From the text of a setting to its value; a ValueError says what would be right."""

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from gateway.settings.loopback import is_loopback_url

#: segments that a request can have: none empty, none that a client would resolve away
_BASE_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~!$&'()*+,=:@-]+)+")


def read_text(value: str) -> str:
    """A text that is not empty."""
    if not value.strip() or not value.isprintable():
        raise ValueError("must not be empty or hold controls")
    return value


def read_optional(value: str) -> str | None:
    """A text, or None for the empty one."""
    return value or None


def read_whole(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers within bounds."""

    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit()) or not least <= int(value) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(value)

    return read


def read_choice(*words: str) -> Callable[[str], str]:
    """A reader of one of some words; a misspelt one gets the nearest."""

    def read(value: str) -> str:
        if value not in words:
            near = difflib.get_close_matches(value, words, 1, 0.0)[0]
            raise ValueError(f"must be one of {', '.join(words)}; did you mean `{near}`?")
        return value

    return read


def read_flag(value: str) -> bool:
    """On or off, in the usual spellings."""
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"": False, "0": False, "false": False, "no": False, "off": False}
    if value.lower() not in words:
        raise ValueError("must be on or off")
    return words[value.lower()]


def read_url(value: str) -> str:
    """An http or https URL without query, fragment and credentials; no slash at its end."""
    if not value.isprintable() or " " in value or value.endswith(("?", "#")):
        raise ValueError("must be a URL without blanks, controls, query and fragment")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an http or https URL without query and fragment")
    if parts.port == 0:
        raise ValueError("must not name port 0")
    if parts.username or parts.password:
        raise ValueError("must not hold a user name or password")
    return value.rstrip("/")


def read_upstream(value: str) -> str | None:
    """The URL of a backend, with a path before all others or none; None where it is not set."""
    if not value:
        return None
    url = read_url(value)
    path = urlsplit(url).path
    if path and not _BASE_PATH.fullmatch(path):
        raise ValueError("must have a path such as /v2, or none")
    if not url.isascii():
        raise ValueError("must be ASCII; write the host as xn--...")
    return url


def read_issuer(value: str) -> str | None:
    """An issuer's URL as it is written, its slash too, since it is compared octet by octet."""
    if not value:
        return None
    read_url(value)
    refuse_eavesdropping(value)
    return value


def refuse_eavesdropping(url: str) -> None:
    """Raise ValueError for a URL that somebody on the way could answer for."""
    if not url.startswith("https://") and not is_loopback_url(url):
        raise ValueError("is neither https nor loopback; use https")


def read_base_path(value: str) -> str | None:
    """A path that operations are below: `/` is none; None where it is not set."""
    if not value:
        return None
    if value != "/" and not _BASE_PATH.fullmatch(value):
        raise ValueError("must be a path such as /v2, without a slash at its end; / is no path")
    return value.rstrip("/")


def read_list(value: str) -> tuple[str, ...]:
    """Words parted by spaces or commas."""
    return tuple(piece for piece in value.replace(",", " ").split() if piece)


def constant(value: Any) -> Callable[[Mapping[str, Any]], Any]:
    """A default that depends on nothing."""
    return lambda _: value
