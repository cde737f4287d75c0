"""A template as an answer: escaped, under a strict content security policy, kept by nobody."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

STATIC = "/o/static"
#: what may be fetched below STATIC, with its type
ASSETS = {"style.css": "text/css; charset=utf-8"}
#: of every page: nothing may be guessed, framed, kept, or told to the next site
_HEADERS = {
    "Cache-Control": "no-store",
    # not `no-referrer`: browsers would then send forms with `Origin: null`
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

#: a host with its port, as a content security policy spells one (CSP Level 3, host-source)
_HOST_SOURCE = re.compile(r"[A-Za-z0-9.*-]+(:(\d+|\*))?", re.ASCII)


def read_asset(name: str) -> bytes:
    """The octets of a file below STATIC."""
    return (files("token_service.pages") / "static" / name).read_bytes()


#: changes with the files, so that browsers may keep them for ever
VERSION = hashlib.sha256(b"".join(read_asset(name) for name in ASSETS)).hexdigest()[:12]


def moment(seconds: int) -> str:
    """A time for people and machines: ISO 8601 in UTC, to the minute."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


_ENVIRONMENT = Environment(
    loader=PackageLoader("token_service.pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["moment"] = moment
_ENVIRONMENT.globals["stylesheet"] = f"{STATIC}/style.css?v={VERSION}"


def page(
    template: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
    answers_to: Sequence[str] = (),
) -> Response:
    """Render a template; `answers_to`: URIs outside that its form may lead on to."""
    html = _ENVIRONMENT.get_template(template).render(context)
    response = Response(html, status_code=status, headers=_HEADERS, media_type="text/html")
    response.headers["Content-Security-Policy"] = policy(answers_to)
    return response


def policy(answers_to: Sequence[str] = ()) -> str:
    """The content security policy of a page (CSP Level 3).

    Browsers hold `form-action` against the redirects that follow a form too, so a consent page
    names where it may lead.
    """
    targets = " ".join(["'self'", *dict.fromkeys(_source(uri) for uri in answers_to)])
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        f"form-action {targets}; frame-ancestors 'none'; base-uri 'none'"
    )


def see_other(location: str) -> Response:
    """Lead on after a form, with GET (RFC 9700 s4.12)."""
    return Response(status_code=303, headers={**_HEADERS, "Location": location})


def _source(uri: str) -> str:
    parts = urlsplit(uri)
    if parts.scheme not in {"http", "https"}:
        return f"{parts.scheme}:"
    # what a policy has no spelling for must not become a directive of its own
    host = parts.netloc if _HOST_SOURCE.fullmatch(parts.netloc) else "*:*"
    return f"{parts.scheme}://{host}"
