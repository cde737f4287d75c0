"""Somebody in front of a browser without scripts, at a server that runs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from tests.edge.token_service.browser import Browser, Fields, PageForm, forms_of, led_to

_SECONDS = 20


@dataclass(frozen=True, slots=True)
class _Http:
    """Sends what the browser sends, and follows nothing."""

    url: str

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
        with httpx.Client(base_url=self.url, trust_env=False, timeout=_SECONDS) as client:
            return client.request(method, path, headers=headers, content=content)


class PersonAtBrowser:
    """Reads pages and does what they offer."""

    def __init__(self, url: str) -> None:
        self.browser = Browser(_Http(url), origin=url)

    def sign_in_once(self, link: str) -> None:
        """Open a sign-in link and press its button."""
        path = _path(link)
        answer = self.browser.post(path, self._hidden(path))
        assert answer.status_code == 303, answer.text

    def register_application(
        self,
        name: str,
        redirect_uri: str,
        *,
        scopes: Sequence[str],
        grants: Sequence[str] = ("authorization_code", "refresh_token"),
    ) -> tuple[str, str]:
        """Register a confidential application; its client_id and secret as shown."""
        path = "/o/applications/register/"
        fields = [
            *self._hidden(path),
            ("name", name),
            ("type", "confidential"),
            ("redirect_uris", redirect_uri),
            *(("grant", grant) for grant in grants),
            *(("scope", scope) for scope in scopes),
        ]
        answer = self.browser.post(path, fields)
        client_id, secret = re.findall(r'<code class="secret">([^<]*)<', answer.text)
        return client_id, secret

    def allow(self, url: str) -> Mapping[str, str]:
        """Allow all that an authorization request asks; the parameters it is answered with."""
        page = self.browser.get(_path(url))
        asked = forms_of(page)[-1]
        form = PageForm(asked.action, asked.fields, asked.boxes).ticking(*asked.boxes)
        return led_to(self.browser.submit(form, button=("decision", "allow")))[1]

    def enter_user_code(self, user_code: str) -> None:
        """Type the code that a device shows, and allow all that it asks."""
        path = "/o/device/"
        page = self.browser.post(path, [*self._hidden(path), ("user_code", user_code)])
        asked = forms_of(page)[-1]
        form = PageForm(asked.action or path, asked.fields, asked.boxes).ticking(*asked.boxes)
        self.browser.submit(form, button=("decision", "allow"))

    def revoke_everything(self) -> None:
        """Revoke all that was allowed, application by application."""
        while True:
            forms = forms_of(self.browser.get("/o/authorized_tokens/"))
            found = [form for form in forms if "/applications/" in form.action]
            if not found:
                return
            assert self.browser.submit(found[0]).status_code == 303

    def _hidden(self, path: str) -> Fields:
        page = self.browser.get(path)
        assert page.status_code == 200, page.text
        fields = forms_of(page)[-1].fields
        return [(name, value) for name, value in fields if name in {"csrf_token", "form_id"}]


def _path(url: str) -> str:
    return urlsplit(url.strip())._replace(scheme="", netloc="").geturl()
