"""A browser without scripts: keeps cookies, follows nothing, reads the forms of a page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

Fields = list[tuple[str, str]]


class Sender(Protocol):
    """Who sends a request, as a World does."""

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str],
        content: bytes | None = None,
        peer: str = "192.0.2.1",
    ) -> httpx.Response: ...


@dataclass
class PageForm:
    """A form as a page has it: what a browser would send if nobody touched it."""

    action: str
    fields: Fields = field(default_factory=list)
    #: the tick boxes that are there, ticked or not
    boxes: list[str] = field(default_factory=list)
    #: name and value of each button that can be pressed
    buttons: Fields = field(default_factory=list)

    def filled(self, **values: str) -> "PageForm":
        """The same with some fields filled in."""
        kept = [(name, value) for name, value in self.fields if name not in values]
        return PageForm(self.action, [*kept, *values.items()], self.boxes, self.buttons)

    def ticking(self, *boxes: str) -> "PageForm":
        """The same with these tick boxes ticked and no others, offered or not."""
        kept = [(name, value) for name, value in self.fields if name != "scope"]
        ticked = [("scope", box) for box in boxes]
        return PageForm(self.action, [*kept, *ticked], self.boxes, self.buttons)


@dataclass
class Browser:
    """One browser, with the cookies it was given."""

    sender: Sender
    cookies: dict[str, str] = field(default_factory=dict)
    peer: str = "192.0.2.1"
    origin: str | None = "http://localhost:8000"

    def get(self, path: str) -> httpx.Response:
        return self._send("GET", path, headers={}, content=None)

    def post(self, path: str, fields: Fields) -> httpx.Response:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.origin is not None:
            headers["Origin"] = self.origin
        return self._send("POST", path, headers=headers, content=urlencode(fields).encode())

    def submit(self, form: PageForm, *, button: tuple[str, str] | None = None) -> httpx.Response:
        return self.post(form.action, [*form.fields, *([button] if button else [])])

    def sign_in(self, username: str, password: str, *, to: str = "/o/device/") -> httpx.Response:
        page = self.get(f"/accounts/login/?{urlencode({'next': to})}")
        return self.submit(forms_of(page)[-1].filled(username=username, password=password))

    def _send(
        self, method: str, path: str, *, headers: dict[str, str], content: bytes | None
    ) -> httpx.Response:
        if self.cookies:
            pairs = (f"{name}={value}" for name, value in self.cookies.items())
            headers = {**headers, "Cookie": "; ".join(pairs)}
        response = self.sender.send(method, path, headers=headers, content=content, peer=self.peer)
        self._keep(response)
        return response

    def _keep(self, response: httpx.Response) -> None:
        for header in response.headers.get_list("set-cookie"):
            name, _, value = header.partition(";")[0].partition("=")
            if value.strip('"'):
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        of = {name: "" if value is None else value for name, value in attrs}
        if tag == "form":
            self.forms.append(PageForm(of.get("action", "")))
        elif tag == "button" and "disabled" not in of:
            self.forms[-1].buttons.append((of.get("name", ""), of.get("value", "")))
        elif tag == "input":
            self._read_input(of)

    def _read_input(self, of: dict[str, str]) -> None:
        pair = of["name"], of.get("value", "")
        if of["type"] == "checkbox":
            self.forms[-1].boxes.append(pair[1])
        if of["type"] != "checkbox" or "checked" in of:
            self.forms[-1].fields.append(pair)


def forms_of(page: httpx.Response) -> list[PageForm]:
    """The forms of a page, in order; the page's own comes last."""
    reader = _FormReader()
    reader.feed(page.text)
    return reader.forms


def led_to(response: httpx.Response) -> tuple[str, dict[str, str]]:
    """Where a redirect leads: the address without its query, and its parameters."""
    assert response.status_code == 303, response.text
    parts = urlsplit(response.headers["location"])
    parameters = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    assert all(len(values) == 1 for values in parameters.values())
    address = parts._replace(query="").geturl()
    return address, {name: values[0] for name, values in parameters.items()}
