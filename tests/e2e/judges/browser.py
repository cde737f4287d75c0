"""The window of a browser that a test looks into, and what a person does there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from tests.e2e.judges.node import Script

#: what a path of one application has, or a link that works once
_ID = re.compile(r"/(?:[0-9a-f]{32}|(?<=once/)[\w-]+)/")
#: what makes the names of applications differ
_NUMBER = re.compile(r"\d+")
LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (320, 1280)]


@dataclass
class Window:
    """A browser at work for one person."""

    script: Script
    #: where our own pages are
    site: str
    #: where the application listens that browsers are sent back to
    callback: str
    #: off in a browser that runs no scripts: axe-core is one
    has_scripts: bool = True
    #: the pages that were looked at already, each once
    looked_at: set[tuple[str, str, str]] = field(default_factory=set)
    #: a part of pages that somebody else made, which axe-core passes over
    outside: str = ""

    def goto(self, path: str) -> int:
        """The status of a page; it has to be in order."""
        there = self.script.ask("goto", url=urljoin(self.site, path))
        self._look(there)
        status: int = there["status"]
        return status

    def follow(self, role: str, name: str, *, row: str = "") -> str:
        """Press a button or a link, of one row of a list, and see where it leads; the address."""
        return self._led_to("follow", role=role, name=name, row=row)

    def press(self, key: str) -> None:
        self.script.ask("press", key=key)

    def press_and_follow(self, key: str) -> str:
        return self._led_to("press_and_follow", key=key)

    def type(self, text: str) -> None:
        self.script.ask("type", text=text)

    def fill(self, label: str, text: str) -> None:
        self.script.ask("fill", name=label, text=text)

    def tick(self, selector: str, *, ticked: bool = True) -> None:
        self.script.ask("tick", selector=selector, ticked=ticked)

    def sign_in(self, username: str, password: str) -> str:
        """Fill in the form that is there."""
        self.fill("User name", username)
        self.fill("Password", password)
        return self.follow("button", "Sign in")

    def focus(self) -> tuple[str, str, str]:
        tag, name, value = self.script.ask("focus")
        return tag, name, value

    def text(self) -> str:
        text: str = self.script.ask("text")
        return text

    def text_of(self, selector: str) -> list[str]:
        texts: list[str] = self.script.ask("text_of", selector=selector)
        return texts

    def title(self) -> str:
        title: str = self.script.ask("title")
        return title

    def tab_to(self, name: str, value: str = "") -> None:
        """Go on with the Tab key until the element with the name, or the words, has the focus."""
        passed = []
        for _ in range(80):
            self.press("Tab")
            passed.append(self.focus())
            if (passed[-1][1], passed[-1][2]) == (name, value) or (
                passed[-1][1] == name and not value
            ):
                return
        raise AssertionError(f"the keyboard does not reach {name} {value}, only {passed}")

    def faults(self) -> list[str]:
        """What axe-core finds on the page, in light and dark, narrow and wide."""
        return [
            f"{self.title()}, {scheme}, {width}: {fault}"
            for scheme, width in LOOKS
            for fault in self.script.ask("look", scheme=scheme, width=width, outside=self.outside)
        ]

    def assert_kept_to_itself(self) -> None:
        """No request left this machine, and no policy had to hold one back."""
        seen = self.script.ask("seen")
        assert set(seen["hosts"]) <= {"localhost", "127.0.0.1"}
        assert seen["refused"] == []

    def _look(self, there: Mapping[str, Any]) -> None:
        """Look for faults, if no page like it was looked at."""
        parts, title = urlsplit(there["url"]), _NUMBER.sub("", self.title())
        kind = _ID.sub("/ID/", parts.path), str(parse_qs(parts.query).get("scope")), title
        is_ours = there["url"].startswith(self.site)
        if not self.has_scripts or not is_ours or kind in self.looked_at:
            return
        self.looked_at.add(kind)
        assert self.faults() == []

    def _led_to(self, question: str, **given: Any) -> str:
        there = self.script.ask(question, **given)
        self._look(there)
        url: str = there["url"]
        return url


def answer_in(url: str) -> dict[str, str]:
    """The parameters that a browser carried back."""
    parameters = parse_qs(urlsplit(url).query, strict_parsing=True)
    return {name: values[0] for name, values in parameters.items()}
