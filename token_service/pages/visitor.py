"""Who sits in front of the browser, and whether a form is one that our page showed him."""

import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from token_service.entities import User
from token_service.pages.forms import Form
from token_service.pages.forms import field as form_field
from token_service.sessions import SESSION_SECONDS, csrf_token, proves_csrf

#: ties the form of who is not signed in to the browser that was shown it
VISIT_COOKIE = "scopegate_visit"
_FIELD = "csrf_token"


@dataclass(frozen=True, slots=True)
class Cookies:
    """The cookies of one installation: how they are called, and whether they need https."""

    session: str
    #: whether our own URL is https
    secure: bool
    #: the origins of our pages, as browsers send them
    origins: frozenset[str]

    def is_ours(self, origin: str | None) -> bool:
        """Whether an Origin header, if there is one, is our own (RFC 6454 s7)."""
        return origin is None or origin in self.origins

    def read(self, request: Request, name: str) -> str | None:
        """The value of a cookie that was sent once; None for anything else."""
        values = [
            value.strip()
            for header in request.headers.getlist("cookie")
            for pair in header.split(";")
            for key, equals, value in [pair.partition("=")]
            if equals and key.strip() == name
        ]
        return values[0] if len(values) == 1 and values[0] else None

    def sign_in(self, response: Response, token: str) -> None:
        """Give the browser its session; the visit of before ends."""
        self._set(response, self.session, token, max_age=SESSION_SECONDS)
        self._drop(response, VISIT_COOKIE)

    def sign_out(self, response: Response) -> None:
        """Take the session away."""
        self._drop(response, self.session)

    def visit(self, response: Response, token: str) -> None:
        """Tie a form to a browser that is not signed in."""
        self._set(response, VISIT_COOKIE, token, max_age=None)

    def _set(self, response: Response, name: str, value: str, *, max_age: int | None) -> None:
        response.set_cookie(
            name,
            value,
            max_age=max_age,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def _drop(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="lax")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone in front of a browser: signed in, or not."""

    user: User | None
    #: the session's cookie, or the visit's
    cookie: str = field(repr=False)
    #: the visit's cookie is new, and has to be set
    is_new: bool = False

    @property
    def csrf_token(self) -> str:
        """What every form of a page shown to him carries."""
        return csrf_token(self.cookie)

    def sent(self, form: Form) -> bool:
        """Whether the form is one of a page that was shown to him."""
        return not self.is_new and proves_csrf(self.cookie, form_field(form, _FIELD))


def new_visit() -> Visitor:
    """Someone of whom nothing is known."""
    return Visitor(user=None, cookie=secrets.token_urlsafe(32), is_new=True)


def relative_target(text: str, *, otherwise: str) -> str:
    """A path of this site to lead on to, or the other one; never another site (RFC 9700 s4.11)."""
    acceptable = (
        text.startswith("/")
        and not text.startswith(("//", "/\\"))
        and text.isascii()
        and text.isprintable()
        and "\\" not in text
    )
    return text if acceptable and not urlsplit(text).netloc else otherwise
