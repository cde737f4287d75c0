"""The start page as HTML: whole in one answer, no script."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files

from gateway.edge.start.facts import Facts, ScopeFact
from gateway.edge.start.view import Link, View
from gateway.spec.wording import counted, plain

_STYLE = (files("gateway.edge.start") / "static" / "start.css").read_text("utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
#: the one stylesheet, which stands in the page, and nothing else
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
).encode()
#: scopes that are shown unfolded
_UNFOLDED = 20


def start_html(view: View) -> Iterator[str]:
    """The page, line by line."""
    title = _text(view.title)
    yield "<!doctype html>"
    yield f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f"<style>{_STYLE}</style></head>"
    yield '<body><a class="skip" href="#main">Skip to the content</a>'
    yield from _masthead(view)
    yield f'<main id="main" tabindex="-1"><h1>{title}</h1>'
    yield f'<p class="version quiet">version {_text(view.version)}</p>'
    if view.facts is not None:
        yield _lead(view.facts)
    yield from _places([link for link in view.links if link.is_page])
    yield from _shell(view.lines)
    if view.facts is not None:
        yield from _scopes(view.facts.scopes)
    yield from _machines([link for link in view.links if not link.is_page])
    yield "</main></body></html>"


def _masthead(view: View) -> Iterator[str]:
    yield '<header class="masthead"><p class="api">Guarded by Scopegate</p>'
    if view.visitor is not None and view.logout is not None:
        name = _text(view.visitor)
        yield f'<p>Signed in as <strong>{name}</strong></p><p><a href="{escape(view.logout)}">'
        yield "Sign out</a></p>"
    elif view.login is not None:
        yield f'<p><a href="{escape(view.login)}?next=%2F">Sign in</a></p>'
    yield "</header>"


def _lead(facts: Facts) -> str:
    told = [f"<strong>{counted(facts.operations, 'operation')}</strong>"]
    told.append(f"{facts.open} open to anyone" if facts.open else "none open to anyone")
    if facts.shut:
        told.append(f"{facts.shut} closed to everyone")
    told.append(counted(len(facts.scopes), "scope"))
    return f'<p class="lead">{", ".join(told)}.</p>'


def _places(links: Sequence[Link]) -> Iterator[str]:
    if not links:
        return
    yield '<ul class="places">'
    for link in links:
        yield f'<li><a href="{escape(link.url)}">{_text(link.label)}</a>'
        yield f'<span class="quiet">{_text(link.told)}</span></li>'
    yield "</ul>"


def _shell(lines: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield "<h2>From a shell</h2>"
    for told, line in lines:
        yield f'<p class="told">{_text(told[:1].upper() + told[1:])}</p>'
        yield f'<pre tabindex="0"><code>{_text(line)}</code></pre>'


def _scopes(scopes: Sequence[ScopeFact]) -> Iterator[str]:
    if not scopes:
        return
    yield "<h2>Scopes</h2>"
    is_long = len(scopes) > _UNFOLDED
    if is_long:
        yield f"<details><summary>Show all {len(scopes)}</summary>"
    yield '<table><thead><tr><th scope="col">scope</th><th scope="col">what it is for</th>'
    yield '<th scope="col" class="number">operations</th></tr></thead><tbody>'
    for scope in scopes:
        yield f'<tr><th scope="row"><code>{_text(scope.name)}</code></th>'
        yield f"<td>{_text(scope.description)}</td>"
        yield f'<td class="number">{scope.operations}</td></tr>'
    yield "</tbody></table>"
    if is_long:
        yield "</details>"


def _machines(links: Sequence[Link]) -> Iterator[str]:
    yield '<h2>For programs</h2><dl class="facts">'
    for link in links:
        address = _text(link.url)
        yield f'<div><dt>{_text(link.label)}</dt><dd><a href="{escape(link.url)}">'
        yield f"<code>{address}</code></a></dd></div>"
    yield "</dl>"


def _text(value: str) -> str:
    return escape(plain(value))
