"""What docs/reference says of limits and headers is what the code does."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from gateway.edge.endpoints import THREADS, WAITING
from gateway.edge.request.json_text import MAX_DEPTH, MAX_MEMBERS
from gateway.edge.request.multipart import MAX_BOUNDARY
from gateway.edge.request.percent import MAX_PAIRS
from gateway.edge.request.problem import MAX_VIOLATIONS
from gateway.edge.wire.channel import HIGH_WATER
from gateway.edge.wire.limits import WireLimits
from gateway.settings import load_settings
from gateway.tokens.claims import LEEWAY_SECONDS
from gateway.tokens.jwks_client import SIZE_LIMIT, TIME_LIMIT_SECONDS
from gateway.tokens.jwt_text import MAX_TOKEN_CHARACTERS
from gateway.tokens.present import MAX_FIELDS
from token_service.guard import MAX_FORM_BYTES

_ROOT = Path(__file__).parents[1]
_EDGE = _ROOT / "gateway" / "edge"
_PROXY = _EDGE / "proxy"
_HTTP = (_ROOT / "docs" / "reference" / "http.md").read_text(encoding="utf-8")
_WIRE = WireLimits()
_SETTINGS = load_settings(flags={}, environment={}, file={})

#: as the table of limits names it -> what must stand beside it
LIMITS = {
    "request target": f"{_WIRE.url_octets // 1024} KiB",
    "header fields": f"{_WIRE.headers}, together {_WIRE.head_octets // 1024} KiB",
    "head of a request": f"{_WIRE.head_seconds:.0f} seconds from its first octet",
    "pause inside a body": f"{_WIRE.body_idle_seconds:.0f} seconds",
    "whole body on its way": f"{_WIRE.body_seconds:.0f} seconds",
    "idle connection": f"{_WIRE.keep_alive_seconds:.0f} seconds after an answer",
    "what comes behind a request that is being answered": (
        f"{HIGH_WATER // 1024} KiB are read ahead"
    ),
    "framing of chunks and trailers": (
        f"{_WIRE.framing_octets // 1024} KiB, and {_WIRE.framing_ratio} octets for one of the body"
    ),
    "body of a refused request": (
        f"{_WIRE.linger_octets // 2**20} MiB within {_WIRE.linger_seconds:.0f} seconds is taken"
        " and dropped"
    ),
    "body": f"`SCOPEGATE_BODY_MAX_BYTES`, {_SETTINGS.body_max_bytes // 2**20} MiB",
    "depth of JSON": f"{MAX_DEPTH} levels",
    "members of a JSON object": f"{MAX_MEMBERS:,}, no name twice",
    "integers": "64 bits",
    "parameters, form fields, parts": f"{MAX_PAIRS:,}",
    "multipart boundary": f"{MAX_BOUNDARY} characters",
    "problems listed in a 400": f"{MAX_VIOLATIONS}",
    "credentials in query and cookies": f"the first {MAX_FIELDS:,}",
    "access token": f"{MAX_TOKEN_CHARACTERS:,} characters",
    "clock skew of a token": f"{LEEWAY_SECONDS} seconds",
    "form at the token endpoint": f"{MAX_FORM_BYTES:,} octets",
    "handler": (
        f"`SCOPEGATE_HANDLER_TIMEOUT_SECONDS`, {_SETTINGS.handler_timeout_seconds} seconds"
    ),
    "handlers that are not `async`": f"{THREADS} threads a worker, {WAITING} waiting",
    "answer of a JWKS URL": (
        f"{SIZE_LIMIT // 1024} KiB, {TIME_LIMIT_SECONDS:.0f} seconds, no redirect"
    ),
    "document": f"`SCOPEGATE_SPEC_MAX_BYTES`, {_SETTINGS.spec_max_bytes // 2**20} MiB",
}
#: headers that frame or describe any answer, and need no row; `host` is one of requests
_USUAL = frozenset({"content-type", "content-length", "connection", "date", "server", "host"})
_FIELD_NAME = re.compile(rb"[a-z]+(-[a-z]+)*")


def test_the_table_of_limits_is_what_the_code_has() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", _section("Requests"), re.MULTILINE)

    documented = {name: value for name, value in rows if name not in {"limit", "---"}}

    assert documented == LIMITS


def test_every_header_that_the_edge_writes_is_documented() -> None:
    documented = {name.lower() for name in re.findall(r"`([A-Za-z-]+)[`:]", _section("Answers"))}

    assert _written() - _USUAL <= documented


def test_every_header_of_the_way_to_an_upstream_is_documented() -> None:
    page = (_ROOT / "docs" / "reference" / "upstream.md").read_text(encoding="utf-8").lower()

    written = _names_in(_PROXY.rglob("*.py")) - _USUAL - {"cache-control"}

    assert {"x-auth-subject", "forwarded"} <= written
    assert {name for name in written if f"`{name}`" not in page} == set()


def test_the_scan_for_headers_finds_some() -> None:
    assert {"www-authenticate", "cache-control", "retry-after", "allow", "vary"} <= _written()


def _section(title: str) -> str:
    return _HTTP.partition(f"## {title}\n")[2].partition("\n## ")[0]


def _written() -> set[str]:
    """The names in every pair (b"name", value) of the edge's code."""
    return _names_in(set(_EDGE.rglob("*.py")) - set(_PROXY.rglob("*.py")))


def _names_in(files: Iterable[Path]) -> set[str]:
    return {name for file in files for name in _names(ast.parse(file.read_text(encoding="utf-8")))}


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            first = node.elts[0]
            value = first.value if isinstance(first, ast.Constant) else None
            if isinstance(value, bytes) and _FIELD_NAME.fullmatch(value):
                yield value.decode("ascii")
