"""Hostile token requests, T1 to T13 of RFC 6749, each beside the nearest good one."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.advisories.served import FORM, TOKEN, Headers, Served, refused, served_world
from tests.e2e.wire import Reply, read_reply
from tests.edge.token_service.world import ISSUER, PASSWORD

WHOLE = {"grant_type": "password", "username": "alice", "password": PASSWORD}
GOOD = urlencode(WHOLE).encode()
EVERYTHING = "create post read widget"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_world(tmp_path_factory.mktemp("served")) as served:
        yield served


def is_well(served: Served) -> bool:
    """Whether the nearest good request is answered with a token that opens the gateway."""
    answer = served.post(GOOD)
    assert (answer.status, answer.header("cache-control")) == (200, "no-store")
    assert answer.header("pragma") == "no-cache"
    assert answer.json()["scope"] == EVERYTHING
    return served.songs(answer.json()["access_token"]).status == 200


METHODS = ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("target", [TOKEN, TOKEN[:-1], f"{TOKEN}?{GOOD.decode()}"])
def test_t1_any_method_but_post_is_405(served: Served, method: str, target: str) -> None:
    answer = served.send(method, target, [*served.client, FORM])

    assert (answer.status, answer.header("allow")) == (405, "POST")
    assert answer.header("cache-control") == "no-store"
    assert b"access_token" not in answer.body
    assert is_well(served)


OVERRIDES = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]


@pytest.mark.parametrize("name", OVERRIDES)
def test_t1_no_header_turns_another_method_into_post(served: Served, name: str) -> None:
    got = served.send("GET", TOKEN, [*served.client, FORM, (name, "POST")], GOOD)
    posted = served.send("POST", TOKEN, [*served.client, FORM, (name, "GET")], GOOD)

    assert (got.status, posted.status) == (405, 200)


SECRETS_IN_QUERY = [
    "client_secret=x", "client_id=a&client_secret=b", "password=x", "username=a&password=b",
    "refresh_token=x", "access_token=x", "token=x", "code=x", "client_assertion=x",
    "%63lient_secret=x", "client%5Fsecret=x", "a=1&password=x", "code_verifier=x",
]  # fmt: skip


@pytest.mark.parametrize("query", SECRETS_IN_QUERY)
def test_t2_credentials_in_the_uri_are_refused(served: Served, query: str) -> None:
    answer = served.send("POST", f"{TOKEN}?{query}", [*served.client, FORM], GOOD)

    refused(answer, 400, "invalid_request")
    assert served.send("POST", f"{TOKEN}?a=1", [*served.client, FORM], GOOD).status == 200


def test_t2_what_stands_in_the_query_counts_for_nothing(served: Served) -> None:
    target = f"{TOKEN}?grant_type=client_credentials&scope=read&client_id=other"

    answer = served.send("POST", target, [*served.client, FORM], GOOD)

    assert (answer.status, answer.json()["scope"]) == (200, EVERYTHING)
    refused(served.send("POST", target, [*served.client, FORM]), 400, "invalid_request")


MULTIPART = "".join(
    f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
    for name, value in WHOLE.items()
)
OTHER_BODIES: dict[str, tuple[list[tuple[str, str]], bytes]] = {
    "json": ([("Content-Type", "application/json")], json.dumps(WHOLE).encode()),
    "multipart": (
        [("Content-Type", "multipart/form-data; boundary=cut")],
        f"{MULTIPART}--cut--\r\n".encode(),
    ),
    "text": ([("Content-Type", "text/plain")], GOOD),
    "no-type": ([], GOOD),
    "two-types": ([FORM, ("Content-Type", "application/json")], GOOD),
    "utf-16": ([(FORM[0], f"{FORM[1]}; charset=utf-16")], GOOD.decode().encode("utf-16")),
    "json-in-a-form": ([FORM], json.dumps(WHOLE).encode()),
    "nothing": ([FORM], b""),
}


@pytest.mark.parametrize(("headers", "body"), OTHER_BODIES.values(), ids=OTHER_BODIES)
def test_t2_a_body_that_is_no_form_is_not_read(
    served: Served, headers: Headers, body: bytes
) -> None:
    answer = served.send("POST", TOKEN, [*served.client, *headers], body)

    refused(answer, 400, "invalid_request")
    assert is_well(served)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity, gzip"])
def test_t2_a_coded_body_is_415(served: Served, coding: str) -> None:
    headers = [*served.client, FORM, ("Content-Encoding", coding)]

    refused(served.send("POST", TOKEN, headers, GOOD), 415, "invalid_request")
    assert is_well(served)


AS_IF_ABSENT = {
    "unknown": b"&foo=bar",
    "scope-as-a-list": b"&scope(0)=create&scope(1)=read",
    "scope-as-a-php-list": b"&scope[]=create&scopes=read&Scope=read",
    "empty-scope": b"&scope=",
    "empty-client": b"&client_id=&client_secret=",
    "no-value": b"&state",
    "no-name": b"&=x",
    "nothing": b"&&&",
    "semicolons": b"&a=1;scope=read",
    "thousands": b"".join(b"&f%d=" % number for number in range(5000)),
    "beyond-ascii": "&ü=€".encode(),
}


@pytest.mark.parametrize("more", AS_IF_ABSENT.values(), ids=AS_IF_ABSENT)
def test_t3_unknown_and_empty_parameters_are_as_if_absent(served: Served, more: bytes) -> None:
    answer = served.post(GOOD + more)

    assert (answer.status, answer.json()["scope"]) == (200, EVERYTHING)


TWICE = [
    b"grant_type=password", b"grant_type=client_credentials", b"grant_type=", b"username=alice",
    b"username=bob", b"password=x", b"user%6eame=alice", b"scope=read&scope=create",
    b"scope=read&scope=", b"foo=1&foo=1", b"client_id=a&client_id=a", b"foo&foo",
]  # fmt: skip


@pytest.mark.parametrize("more", TWICE)
def test_t3_a_parameter_sent_twice_is_refused(served: Served, more: bytes) -> None:
    refused(served.post(GOOD + b"&" + more), 400, "invalid_request")
    assert served.post(GOOD + b"&foo=1&bar=1").status == 200


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("is_sent", [True, False], ids=["empty", "left out"])
def test_t3_a_required_parameter_left_out_or_empty_is_refused(
    served: Served, name: str, is_sent: bool
) -> None:
    form = {**WHOLE, name: ""} if is_sent else {n: v for n, v in WHOLE.items() if n != name}

    refused(served.form(*form.items()), 400, "invalid_request")
    assert is_well(served)


MALFORMED = {
    "escape-without-digits": b"a=%zz",
    "escape-cut-off": b"a=%",
    "escape-of-one-digit": b"a=%4",
    "unicode-escape": b"a=%u0041",
    "escape-in-a-name": b"%=a",
    "nul": b"a=%00",
    "raw-nul": b"a=\x00",
    "nul-in-a-name": b"a%00=1",
    "line-break": b"a=b%0d%0aSet-Cookie:c",
    "del": b"a=%7f",
    "escape-octet": b"a=%1b",
    "latin-1": b"a=%e9",
    "raw-latin-1": b"a=\xe9",
    "overlong-utf-8": b"a=%c0%80",
    "surrogate": b"a=%ed%a0%80",
    "cut-utf-8": b"a=%e2%82",
    "beyond-unicode": b"a=%f5%80%80%80",
}


@pytest.mark.parametrize("more", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_form_is_refused_whole(served: Served, more: bytes) -> None:
    refused(served.post(GOOD + b"&" + more), 400, "invalid_request")
    assert served.post(GOOD + b"&a=%c3%a9+%20").status == 200


GRANT_TYPES = [
    "Password", "PASSWORD", "password ", " password", "passwordx", "implicit", "none", "null", "*",
    "password,refresh_token", "password refresh_token", "__class__", "../password", 'a"b\\c', "é",
    "password\u200b", "\uff50assword", "x" * 60_000, "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:saml2-bearer", "urn:example:nobody",
]  # fmt: skip


@pytest.mark.parametrize("grant_type", GRANT_TYPES, ids=lambda text: repr(text)[:30])
def test_t7_an_odd_grant_type_is_unsupported(served: Served, grant_type: str) -> None:
    form = {**WHOLE, "grant_type": grant_type}

    refused(served.form(*form.items()), 400, "unsupported_grant_type")
    assert is_well(served)


LONG = "x" * 60_000
OVERLONG: dict[str, tuple[dict[str, str], int, str]] = {
    "username": ({"username": LONG}, 400, "invalid_grant"),
    "password": ({"password": LONG}, 400, "invalid_grant"),
    "password-over-its-bound": ({"password": "x" * 1025}, 400, "invalid_grant"),
    "scope": ({"scope": LONG}, 400, "invalid_scope"),
    "many-scopes": ({"scope": " ".join(["read"] * 12_000) + " no"}, 400, "invalid_scope"),
    "client_id": ({"client_id": LONG}, 400, "invalid_request"),
    "megabyte-password": ({"password": "x" * 1_000_000}, 413, "invalid_request"),
    "megabyte-scope": ({"scope": "x" * 1_000_000}, 413, "invalid_request"),
}


@pytest.mark.parametrize(("changes", "status", "code"), OVERLONG.values(), ids=OVERLONG)
def test_an_overlong_value_is_refused(
    served: Served, changes: dict[str, str], status: int, code: str
) -> None:
    refused(served.password(**changes), status, code)
    assert is_well(served)


def test_a_chunked_body_over_the_bound_is_413(served: Served) -> None:
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"

    refused(_chunked(served, [chunk] * 5), 413, "invalid_request")
    assert _chunked(served, [b"%x\r\n%s\r\n" % (len(GOOD), GOOD), b"0\r\n\r\n"]).status == 200


def _chunked(served: Served, chunks: list[bytes]) -> Reply:
    """Send a form in chunks, not necessarily to its end."""
    told = [("Host", "localhost"), FORM, *served.client, ("Transfer-Encoding", "chunked")]
    head = "".join(f"{name}: {value}\r\n" for name, value in told)
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall(f"POST {TOKEN} HTTP/1.1\r\n{head}\r\n".encode() + b"".join(chunks))
        return read_reply(connection)


SCOPES: dict[str, str | None] = {
    "read": "read", "read create": "read create", "create read": "create read",
    "read read": "read", "": EVERYTHING, " ": None, " read": None, "read ": None,
    "read  create": None, "READ": None, "rea": None, "reader": None, "read:all": None, "*": None,
    "read,create": None, "read+create": None, "read\tcreate": None, "read\u00a0create": None,
    "read\u2003create": None, 'read"': None, '"read"': None, "re\\ad": None, "r\u00e9ad": None,
    "\uff52ead": None, "re\u200bad": None, "\ufeffread": None, "read create nope": None,
    "openid": None, "offline_access": None, "read/../create": None,
}  # fmt: skip


@pytest.mark.parametrize(("scope", "granted"), SCOPES.items(), ids=map(repr, SCOPES))
@pytest.mark.parametrize("grant", ["password", "client_credentials"])
def test_t9_a_scope_is_granted_exactly_or_refused(
    served: Served, grant: str, scope: str, granted: str | None
) -> None:
    answer = served.password(grant_type=grant, scope=scope)

    if granted is None:
        refused(answer, 400, "invalid_scope")
    else:
        claims = served.world.token_claims(answer.json()["access_token"])
        assert (answer.status, answer.json()["scope"], claims["scope"]) == (200, granted, granted)


PATHS = [
    "/o//token/", "/o/token//", "/O/token/", "/o/TOKEN", "/o/token%2f", "/o/./token/",
    "/o/x/../token/", "/o/token;a=1/", "/o/token%00", "/o/token/x", "/o\\token", "//o/token/",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_is_not_exactly_the_endpoint_is_404(served: Served, path: str) -> None:
    answer = served.send("POST", path, [*served.client, FORM], GOOD)

    assert answer.status == 404
    assert answer.header("location") == ""
    assert b"access_token" not in answer.body
    assert is_well(served)


def test_t13_the_token_endpoint_is_told_by_the_settings_not_by_the_sender(served: Served) -> None:
    evil = [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "http")]

    answer = served.send("POST", TOKEN, [*served.client, FORM, *evil], GOOD)

    claims = served.world.token_claims(answer.json()["access_token"])
    assert claims["iss"] == ISSUER
    metadata = served.send("GET", "/.well-known/oauth-authorization-server/o", evil)
    assert b"evil" not in metadata.body
