"""The HTML of `/docs`, and of the page that a login comes back to."""

from html import escape
from importlib.resources import files

from gateway.edge.docs.shown import shown_version
from gateway.spec.model import ApiDescription
from gateway.spec.wording import plain

_HEAD = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
)
_LOGIN = (
    "<strong>Authorize</strong> signs you in and asks which scopes to use; then open an operation, "
    "and <strong>Execute</strong> sends a real request from this page."
)
_PASTE = (
    "<strong>Authorize</strong> takes a token that you paste; then open an operation, and "
    "<strong>Execute</strong> sends a real request from this page."
)

_FREE = "Open an operation, and <strong>Execute</strong> sends a real request from this page."

REDIRECT = (
    f"{_HEAD}<title>Back to the documentation</title>"
    '<link rel="stylesheet" href="/docs/docs.css">'
    '<script type="module" src="/docs/oauth2-redirect.js"></script></head>'
    '<body><main class="told"><h1>Back to the documentation</h1>'
    '<p id="told" role="status">This window closes by itself. Scripts are needed for it.</p>'
    "</main></body></html>\n"
).encode()


def read_static(name: str) -> bytes:
    """A file of ours."""
    return (files("gateway.edge.docs") / "static" / name).read_bytes()


def _shown_as(openapi: str) -> str:
    """What is said of a document that Swagger UI has to be shown as one of another version."""
    shown = shown_version(openapi)
    if shown == openapi:
        return ""
    return (
        f'<p class="caution">The document is OAS {escape(plain(openapi))}, which Swagger UI '
        f"does not draw: it is shown as {shown}, and what is new in it, other methods for one, is "
        "left out.</p>"
    )


def docs_html(description: ApiDescription, *, has_login: bool) -> bytes:
    """The page around Swagger UI; without scripts it leads on to the document."""
    title, version = escape(plain(description.title)), escape(plain(description.version))
    told = _FREE if not description.schemes else _LOGIN if has_login else _PASTE
    return (
        f"{_HEAD}<title>{title} · documentation</title>"
        '<link rel="stylesheet" href="/docs/swagger-ui.css">'
        '<link rel="stylesheet" href="/docs/docs.css">'
        '<script defer src="/docs/swagger-ui-bundle.js"></script>'
        '<script type="module" src="/docs/docs.js"></script></head>'
        '<body><a class="skip" href="#swagger-ui">Skip to the operations</a>'
        f'<header class="masthead"><p class="api"><a href="/">Start</a></p>'
        '<p><a href="/openapi.yaml">The document</a></p></header>'
        f'<main><div class="intro"><h1>{title} <span class="quiet">{version}</span></h1>'
        f"<p>{told}</p>{_shown_as(description.openapi)}"
        '<p class="caution" id="elsewhere" hidden>Sign-in works at <a id="public" href="/docs">'
        "the address of this API</a> alone; open this page there.</p>"
        '<p class="caution" id="failed" role="alert" hidden></p>'
        "<noscript><p>Swagger UI needs scripts. The document itself is at "
        '<a href="/openapi.yaml">/openapi.yaml</a>.</p></noscript></div>'
        '<div id="swagger-ui"></div></main></body></html>\n'
    ).encode()
