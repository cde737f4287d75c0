"""The gateway's own small pages: the document as served, problem types, health."""

import asyncio
import gzip
import hashlib
import html
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson
import yaml
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.problem import PROBLEM_PATH, PROBLEM_TYPES, Problem, send_problem
from gateway.edge.routing_middleware import path_missing

_GZIP_FROM_BYTES = 1024
_READ = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is sent."""

    content_type: bytes
    body: bytes
    zipped: bytes
    etag: bytes


def page(content_type: str, text: bytes) -> Page:
    """Render a page: its bytes, their gzip, and a strong ETag."""
    return Page(
        content_type.encode(),
        text,
        gzip.compress(text, mtime=0) if len(text) >= _GZIP_FROM_BYTES else b"",
        b'"' + hashlib.sha256(text).hexdigest()[:32].encode() + b'"',
    )


class LatePage:
    """A page rendered in a thread when somebody first asks for it: a large document takes long."""

    def __init__(self, content_type: str, text: Callable[[], bytes]) -> None:
        self._content_type = content_type
        self._text = text
        self._made: Page | None = None
        self._lock = asyncio.Lock()

    def rendered(self) -> Page:
        """The page, rendered now."""
        return page(self._content_type, self._text())

    async def made(self) -> Page:
        """The page; those who ask while it is rendered wait for the same."""
        async with self._lock:
            if self._made is None:
                self._made = await asyncio.to_thread(self.rendered)
            return self._made


def document_pages(document: Mapping[str, Any]) -> Mapping[str, LatePage]:
    """`/openapi.json` and `/openapi.yaml` of a document."""
    return {
        "/openapi.json": LatePage("application/json", lambda: json_text(public_document(document))),
        "/openapi.yaml": LatePage("application/yaml", lambda: _yaml(public_document(document))),
    }


def problem_pages() -> Mapping[str, Page]:
    """One page a problem type, where `type` of a problem points to."""
    return {
        PROBLEM_PATH + slug: page("text/html; charset=utf-8", _problem_page(slug))
        for slug in PROBLEM_TYPES
    }


def public_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without extensions of ours (`x-scopegate...`); no comment survives reading."""

    def clean(value: Any) -> Any:
        match value:
            case dict():
                return {k: clean(v) for k, v in value.items() if not k.startswith("x-scopegate")}
            case list():
                return [clean(item) for item in value]
            case _:
                return value

    cleaned: dict[str, Any] = clean(dict(document))
    return cleaned


#: what may answer at a path of ours: a page that is made once, or an application
AnyPage = Page | LatePage | ASGIApp


async def show(asked_for: AnyPage, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with whatever is at a path of ours."""
    if isinstance(asked_for, Page | LatePage):
        await send_page(asked_for, scope, send)
    else:
        await asked_for(scope, receive, send)


#: of a page that is the same for everybody, and loads nothing
_PLAIN: Mapping[bytes, bytes] = MappingProxyType(
    {
        b"cache-control": b"no-cache",
        b"vary": b"Accept-Encoding",
        b"x-content-type-options": b"nosniff",
        b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    }
)


async def send_page(
    asked_for: Page | LatePage,
    scope: Scope,
    send: Send,
    *,
    headers: Mapping[bytes, bytes] = _PLAIN,
) -> None:
    """Answer GET and HEAD with a page, 304 if the caller has it, anything else with 405.

    `headers` take the place of those that a page has which is the same for everybody.
    """
    if scope["method"] not in _READ:
        allow = ((b"allow", b"GET, HEAD"),)
        problem = Problem(405, "method-not-allowed", "The page can only be read.", allow)
        await send_problem(problem, send)
        return
    page_ = asked_for if isinstance(asked_for, Page) else await asked_for.made()
    asked = dict(scope["headers"])
    zipped = bool(page_.zipped) and _takes_gzip(asked.get(b"accept-encoding", b""))
    etag = page_.etag[:-1] + b'-gzip"' if zipped else page_.etag
    common = [(b"etag", etag), *{**_PLAIN, **headers}.items()]
    known = asked.get(b"if-none-match", b"")
    if etag in known or known.strip() == b"*":
        await _send(send, 304, common, b"")
        return
    body = page_.body
    if zipped:
        body = page_.zipped
        common.append((b"content-encoding", b"gzip"))
    headers_ = [*common, (b"content-type", page_.content_type)]
    headers_.append((b"content-length", str(len(body)).encode()))
    await _send(send, 200, headers_, b"" if scope["method"] == "HEAD" else body)


def _takes_gzip(accept_encoding: bytes) -> bool:
    """Whether Accept-Encoding names gzip with a weight above nothing (RFC 9110 s12.5.3)."""
    for piece in accept_encoding.lower().split(b","):
        coding, _, weight = piece.partition(b";")
        if coding.strip() == b"gzip":
            return weight.strip().removeprefix(b"q=").strip(b"0.") != b"" or not weight.strip()
    return False


class OwnPages:
    """What answers below `/-/`, and at the well-known names of the gateway."""

    def __init__(self, more: Mapping[str, AnyPage] | None = None) -> None:
        """`more` has pages by path; a path that ends in a slash stands for all below it."""
        well = page("text/plain; charset=utf-8", b"ok\n")
        given = more or {}
        self._pages: dict[str, AnyPage] = {
            **problem_pages(), "/-/health": well, "/-/ready": well, **given,
        }  # fmt: skip
        self._below = sorted((path for path in given if path.endswith("/")), key=len, reverse=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the page of this path, or 404."""
        path: str = scope["path"]
        found = self._pages.get(path)
        if found is None:
            below = next((start for start in self._below if path.startswith(start)), "")
            found = self._pages.get(below)
        if found is None:
            await send_problem(path_missing(), send)
        else:
            await show(found, scope, receive, send)


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def json_text(document: Mapping[str, Any]) -> bytes:
    """As JSON; a number beyond 64 bits, which orjson refuses, is written all the same."""
    try:
        return orjson.dumps(document)
    except TypeError:
        return json.dumps(document, ensure_ascii=False).encode()


def _yaml(document: Mapping[str, Any]) -> bytes:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(document, Dumper=dumper, sort_keys=False, allow_unicode=True)
    return text.encode()


def _problem_page(slug: str) -> bytes:
    kind = PROBLEM_TYPES[slug]
    title, text = html.escape(kind.title), html.escape(kind.explanation)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><h1>{title}</h1><p>{text}</p></html>\n'
    ).encode()
