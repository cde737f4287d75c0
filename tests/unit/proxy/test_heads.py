"""Heads of requests and answers, where no server on the way would let the odd ones through."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.edge.proxy.answer_head import Framing, answer_head
from gateway.edge.proxy.faults import BadAnswerError, UnsendableError
from gateway.edge.proxy.field_rules import MOST_NAMES, FieldRules, field_rules
from gateway.edge.proxy.request_body import RequestBody
from gateway.edge.proxy.request_head import request_head, written
from gateway.edge.proxy.target import target_of
from gateway.errors import Origin
from gateway.spec.model import KeyPlace, SchemeKind, SchemeName, SecurityScheme

_TARGET = target_of("http://backend.example:9000/api")


def _rules(*schemes: SecurityScheme, strips_authorization: bool = False) -> FieldRules:
    return field_rules(
        schemes,
        session_cookies=["sessionid"],
        drops_csrf=True,
        certificate_headers=["x-client-subject"],
        strips_authorization=strips_authorization,
    )


def _scope(**changes: Any) -> Mapping[str, Any]:
    usual = {
        "type": "http", "method": "GET", "path": "/a", "raw_path": b"/a", "query_string": b"",
        "http_version": "1.1", "headers": [(b"host", b"h")], "client": ("192.0.2.1", 1),
    }  # fmt: skip
    return {**usual, **changes}


async def _no_body() -> Any:
    raise AssertionError


def test_a_head_is_line_host_fields_and_what_is_told_last() -> None:
    scope = dict(_scope(headers=[(b"host", b"h"), (b"accept", b"*/*")], query_string=b"q=1"))

    head = request_head(scope, _TARGET, _rules(), added=written([(b"x-auth-operation", b"x")]))

    assert head.octets.split(b"\r\n") == [
        b"GET /api/a?q=1 HTTP/1.1", b"host: backend.example:9000", b"accept: */*",
        b"x-forwarded-proto: http", b"x-forwarded-host: h", b"x-forwarded-for: 192.0.2.1",
        b"x-auth-operation: x", b"",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"raw_path": b"/a b"}, id="a blank in the path"),
        pytest.param({"raw_path": b"/a\r\nX: 1"}, id="a line end in the path"),
        pytest.param({"query_string": b"a\nb"}, id="a line end in the query"),
        pytest.param({"query_string": b"\xc3\xa4"}, id="octets beyond ASCII"),
        pytest.param({"headers": [(b"x", b"a\r\nX-Auth-Kind: user")]}, id="a line end in a value"),
        pytest.param({"headers": [(b"x", b"a\rb")]}, id="a bare CR"),
        pytest.param({"headers": [(b"x", b"a\0b")]}, id="a NUL"),
        pytest.param({"headers": [(b"x: y\r\nz", b"a")]}, id="a line end in a name"),
        pytest.param({"method": "GET /x HTTP/1.1\r\nX:"}, id="a method that is more than one"),
    ],
)
def test_what_a_laxer_server_lets_in_is_never_written(changes: dict[str, Any]) -> None:
    scope = dict(_scope(**changes))

    with pytest.raises(UnsendableError):
        request_head(scope, _TARGET, _rules(), added=b"")


@pytest.mark.parametrize(
    "lengths", [[b"1", b"2"], [b"-1"], [b"1\r\nX: 1"], [b""]], ids=["two", "signed", "line", "none"]
)
def test_a_body_of_no_one_length_is_not_sent(lengths: list[bytes]) -> None:
    scope = dict(_scope(headers=[(b"content-length", value) for value in lengths]))

    with pytest.raises(UnsendableError):
        RequestBody(scope, _no_body)


@pytest.mark.parametrize(
    ("place", "name", "sent"),
    [
        (KeyPlace.HEADER, "X-Key", (b"x-key", b"secret")),
        (KeyPlace.HEADER, "Authorization", (b"authorization", b"secret")),
        (KeyPlace.HEADER, "Authorization", (b"authorization", b"Bearer secret")),
        (KeyPlace.COOKIE, "k", (b"cookie", b"k=secret")),
    ],
)
def test_an_api_key_stays_behind_wherever_it_is(
    place: KeyPlace, name: str, sent: tuple[bytes, bytes]
) -> None:
    scheme = _scheme("key", SchemeKind.API_KEY, place=place, parameter=name)
    scope = dict(_scope(headers=[(b"host", b"h"), sent]))

    head = request_head(scope, _TARGET, _rules(scheme), added=b"")

    assert b"secret" not in head.octets


def test_a_bearer_token_goes_on_beside_an_api_key_in_authorization() -> None:
    key = _scheme("key", SchemeKind.API_KEY, place=KeyPlace.HEADER, parameter="Authorization")
    scope = dict(_scope(headers=[(b"authorization", b"bEaReR token")]))

    head = request_head(scope, _TARGET, _rules(key, _scheme("o", SchemeKind.OAUTH2)), added=b"")

    assert b"authorization: bEaReR token" in head.octets


def test_basic_goes_on_only_where_the_document_has_no_such_scheme() -> None:
    scope = dict(_scope(headers=[(b"authorization", b"Basic YTpi")]))
    basic = _scheme("basic", SchemeKind.HTTP_BASIC)

    assert b"Basic" in request_head(scope, _TARGET, _rules(), added=b"").octets
    assert b"Basic" not in request_head(scope, _TARGET, _rules(basic), added=b"").octets
    stripping = _rules(strips_authorization=True)
    assert b"Basic" not in request_head(scope, _TARGET, stripping, added=b"").octets


def test_a_header_of_certificates_is_believed_from_trusted_proxies_alone() -> None:
    scope = dict(_scope(headers=[(b"x-client-subject", b"CN=batch")]))

    assert b"CN=batch" not in request_head(scope, _TARGET, _rules(), added=b"").octets


def test_names_that_strangers_invent_fill_no_memory() -> None:
    rules = _rules()

    for number in range(5_000):
        rules.fate_of(b"x-%d" % number)

    assert len(rules.remembered) <= MOST_NAMES


@pytest.mark.parametrize(
    ("status", "headers", "is_head", "framing"),
    [
        (200, [(b"content-length", b"0")], False, Framing.LENGTH),
        (200, [(b"transfer-encoding", b"Chunked")], False, Framing.CHUNKS),
        (200, [], False, Framing.CLOSE),
        (200, [(b"content-length", b"9")], True, Framing.NOTHING),
        (204, [], False, Framing.NOTHING),
        (304, [(b"content-length", b"9")], False, Framing.NOTHING),
    ],
)
def test_what_ends_an_answer_is_settled_by_its_head(
    status: int, headers: list[tuple[bytes, bytes]], is_head: bool, framing: Framing
) -> None:
    assert answer_head(status, headers, version="1.1", is_head=is_head).framing is framing


@pytest.mark.parametrize("value", [b"a\nb", b"a\rb", b"a\0b"])
def test_a_value_that_holds_a_line_end_is_no_answer(value: bytes) -> None:
    with pytest.raises(BadAnswerError):
        answer_head(200, [(b"x", value)], version="1.1", is_head=False)


@pytest.mark.parametrize(
    ("url", "authority", "is_exposed"),
    [
        ("http://127.0.0.1:9000", b"127.0.0.1:9000", False),
        ("http://backend", b"backend", True),
        ("http://backend:80/x", b"backend", True),
        ("https://backend:443", b"backend", False),
        ("https://[2001:db8::1]:8443", b"[2001:db8::1]:8443", False),
    ],
)
def test_a_target_is_asked_by_its_own_name(url: str, authority: bytes, is_exposed: bool) -> None:
    target = target_of(url)

    assert (target.authority, target.is_exposed) == (authority, is_exposed)


def _scheme(name: str, kind: SchemeKind, **more: Any) -> SecurityScheme:
    return SecurityScheme(SchemeName(name), kind, Origin("api.yaml", 1, 1), **more)
