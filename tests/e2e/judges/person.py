"""A user in front of a browser without scripts, who signs in and answers what he is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import httpx

from tests.e2e.servers import Server
from tests.e2e.wire import send_raw
from tests.edge.token_service.browser import Browser, PageForm, forms_of


@dataclass(frozen=True, slots=True)
class _Http:
    """Sends what the browser sends, and follows nothing."""

    server: Server

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        content: bytes | None = None,
        peer: str = "",
    ) -> httpx.Response:
        del peer  # it is where this machine connects from
        length = [("Content-Length", str(len(content)))] if content else []
        lines = [("Host", f"localhost:{self.server.port}"), ("Connection", "close")]
        head = "".join(f"{k}: {v}\r\n" for k, v in [*lines, *headers.items(), *length])
        request = f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + (content or b"")
        reply = send_raw(self.server.port, request)
        return httpx.Response(reply.status, headers=reply.headers, content=reply.body)


@dataclass(frozen=True)
class Person:
    """Someone with an account, and what he does when he is asked for scopes."""

    server: Server
    username: str
    decision: str = "allow"
    #: unticked, whatever is offered
    unticks: frozenset[str] = frozenset()
    #: "" if it is what the server's demo told
    password: str = field(default="", repr=False)

    def visit(self, url: str, user_code: str = "") -> str:
        """Go where a client sends him, and answer; the address he ends at."""
        browser = Browser(_Http(self.server), origin=self.server.url)
        page = self._follow(browser, browser.get(_path(url)))
        if page.is_redirect:
            return self._led_to(page)
        if user_code:
            page = browser.submit(forms_of(page)[-1].filled(user_code=user_code))
        asked = forms_of(page)[-1]
        kept = tuple(box for box in asked.boxes if box not in self.unticks)
        form = PageForm(asked.action or _path(url), asked.fields, asked.boxes, asked.buttons)
        answered = browser.submit(form.ticking(*kept), button=("decision", self.decision))
        assert answered.status_code == 303, answered.text
        return self._led_to(answered)

    def _led_to(self, page: httpx.Response) -> str:
        return urljoin(self.server.url, page.headers["location"])

    def _follow(self, browser: Browser, page: httpx.Response) -> httpx.Response:
        """Sign in on the way, if the way leads there."""
        while page.is_redirect and page.headers["location"].startswith("/"):
            page = browser.get(page.headers["location"])
            if page.is_success and 'name="password"' in page.text:
                password = self.password or self.server.secrets().passwords[self.username]
                form = forms_of(page)[-1].filled(username=self.username, password=password)
                page = browser.submit(form)
        return page


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(scheme="", netloc="").geturl()
