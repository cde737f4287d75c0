"""What HTTP shows of how a document decides: paths, methods, credentials, the order of it all."""

import pytest

from tests.e2e.edges import unsigned_token
from tests.e2e.servers import Server
from tests.e2e.wire import Reply, send_raw

Headers = list[tuple[str, str]]


def authorization(value: str) -> tuple[str, str]:
    """An Authorization header."""
    return ("Authorization", value)


# paths


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("/songs%0A", id="line feed"),
        pytest.param("/songs%00", id="NUL"),
        pytest.param("/songs%2F", id="encoded slash"),
        pytest.param("/songs%5C", id="encoded backslash"),
        pytest.param("/son\\gs", id="backslash"),
        pytest.param("/songs%zz", id="bad escape"),
        pytest.param("/songs%", id="cut escape"),
        pytest.param("/songs%FF", id="no UTF-8"),
        pytest.param("/songs;x=1", id="path parameter"),
        pytest.param("/./songs", id="dot"),
        pytest.param("/%2e/songs", id="encoded dot"),
        pytest.param("/open/../songs", id="dot dot"),
        pytest.param("/open/%2E%2E/songs", id="encoded dot dot"),
        pytest.param("//songs", id="empty segment"),
        pytest.param("/songs//", id="empty segment at the end"),
        pytest.param("/nowhere", id="nothing near"),
        pytest.param("/%2573ongs", id="escaped twice"),
    ],
)
def test_path_that_is_no_path_of_the_document_is_404(edges: Server, target: str) -> None:
    answer = edges.call("GET", target, token=edges.token("read"))

    assert answer.status == 404
    assert "nearest" not in answer.json()


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("/songs", id="as written"),
        pytest.param("/so%6Egs", id="escaped once"),
        pytest.param("/songs?x=/open", id="with a query"),
        pytest.param("http://evil.example/songs", id="absolute form"),
    ],
)
def test_other_spelling_of_a_protected_path_is_protected(edges: Server, target: str) -> None:
    without, with_token = (edges.call("GET", target, token=t) for t in (None, edges.token("read")))

    assert (without.status, with_token.status) == (401, 200)


@pytest.mark.parametrize("target", ["/songs/", "/SONGS", "/Songs/"])
def test_near_miss_is_404_that_names_the_path(edges: Server, target: str) -> None:
    answer = edges.call("GET", target)

    assert (answer.status, answer.json()["nearest"]) == (404, "/songs")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([], id="nothing"),
        pytest.param([authorization("Bearer junk")], id="a junk token"),
        pytest.param([authorization("Bearer a")] * 2, id="two headers"),
    ],
)
def test_unknown_path_is_404_before_any_credential_is_looked_at(
    edges: Server, headers: Headers
) -> None:
    answer = edges.call("GET", "/nowhere", headers=headers)

    assert answer.status == 404


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/things/7", 200),
        ("/things/secret", 401),
        ("/things/%73ecret", 401),
        ("/things/Secret", 200),
    ],
)
def test_public_template_before_a_protected_concrete_path_does_not_open_it(
    edges: Server, target: str, status: int
) -> None:
    answer = edges.call("GET", target)

    assert answer.status == status


@pytest.mark.parametrize(
    "target",
    [
        "/songs/",
        "//songs",
        "/o",
        "/o/token",
        "/-",
        "/accounts",
        "/admin",
        "/things/",
        "/.",
        "/docs/",
    ],
)
def test_nothing_is_redirected(edges: Server, target: str) -> None:
    answer = edges.call("GET", target)

    assert not 300 <= answer.status < 400
    assert answer.all("location") == []


# methods


def test_head_of_a_protected_get_follows_its_decision(edges: Server) -> None:
    refused = edges.call("HEAD", "/songs")
    permitted = edges.call("HEAD", "/songs", token=edges.token("read"))
    lacking = edges.call("HEAD", "/songs", token=edges.token("write"))

    assert [reply.status for reply in (refused, permitted, lacking)] == [401, 200, 403]
    assert refused.header("www-authenticate") == 'Bearer realm="oauth", scope="read"'
    assert [reply.body for reply in (refused, permitted, lacking)] == [b"", b"", b""]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT"])
def test_method_that_a_path_does_not_have_is_405_with_all_it_has(
    edges: Server, method: str
) -> None:
    answer = edges.call(method, "/songs", token=edges.token("read"))

    assert answer.status == 405
    assert answer.header("allow") == "GET, HEAD, OPTIONS, POST"


def test_missing_method_does_not_fall_through_to_a_template(edges: Server) -> None:
    concrete = edges.call("DELETE", "/things/secret")
    template = edges.call("DELETE", "/things/7")

    assert (concrete.status, concrete.header("allow")) == (405, "GET, HEAD, OPTIONS")
    assert template.status == 200


def test_options_tells_the_methods_unless_the_document_declares_it(edges: Server) -> None:
    undeclared = edges.call("OPTIONS", "/songs")
    declared = edges.call("OPTIONS", "/described")
    permitted = edges.call("OPTIONS", "/described", token=edges.token("read"))
    nowhere = edges.call("OPTIONS", "/nowhere")

    assert (undeclared.status, undeclared.header("allow")) == (204, "GET, HEAD, OPTIONS, POST")
    assert (declared.status, permitted.status, nowhere.status) == (401, 200, 404)


@pytest.mark.parametrize(
    "name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"]
)
def test_method_override_is_ignored(edges: Server, name: str) -> None:
    header = [(name, "GET")]

    refused = edges.call("POST", "/songs", token=edges.token("read"), json={}, headers=header)
    permitted = edges.call("POST", "/songs", token=edges.token("write"), json={}, headers=header)

    assert (refused.status, permitted.status) == (403, 200)


@pytest.mark.parametrize(
    "header",
    [
        ("X-Original-URL", "/open"),
        ("X-Rewrite-URL", "/open"),
        ("X-Forwarded-Prefix", "/open"),
        ("X-Forwarded-Uri", "/open"),
        ("X-Forwarded-Method", "OPTIONS"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("Forwarded", "for=127.0.0.1;host=localhost;proto=https"),
        ("X-Auth-Subject", "user:1"),
        ("X-Auth-Scope", "read"),
    ],
    ids=lambda header: header[0],
)
def test_header_that_speaks_for_a_proxy_opens_nothing(
    edges: Server, header: tuple[str, str]
) -> None:
    answer = edges.call("GET", "/songs", headers=[header])

    assert answer.status == 401


def test_issuer_is_never_taken_from_a_header(edges: Server) -> None:
    headers = [
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "https"),
        ("Forwarded", "host=evil.example;proto=https"),
    ]

    answer = edges.call("GET", "/.well-known/oauth-authorization-server/o", headers=headers)

    assert answer.json()["issuer"] == f"http://localhost:{edges.port}/o"
    assert b"evil" not in answer.body


# credentials


@pytest.mark.parametrize("word", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_auth_scheme_has_no_case(edges: Server, word: str) -> None:
    header = authorization(f"{word} {edges.token('read')}")

    answer = edges.call("GET", "/songs", headers=[header])

    assert answer.status == 200


def test_two_authorization_headers_are_400_even_if_both_are_good(edges: Server) -> None:
    header = authorization(f"Bearer {edges.token('read')}")

    answer = edges.call("GET", "/songs", headers=[header, header])

    assert answer.status == 400
    assert 'error="invalid_request"' in answer.header("www-authenticate")


def test_two_tokens_in_one_header_are_400(edges: Server) -> None:
    token = edges.token("read")

    answer = edges.call("GET", "/songs", headers=[authorization(f"Bearer {token}, {token}")])

    assert answer.status == 400


def test_token_in_header_and_query_is_400(edges: Server) -> None:
    token = edges.token("read")

    answer = edges.call("GET", f"/songs?access_token={token}", token=token)

    assert answer.status == 400
    assert 'error="invalid_request"' in answer.header("www-authenticate")


def test_token_elsewhere_than_in_the_header_is_as_if_absent(edges: Server) -> None:
    token = edges.token("write")

    answers = [
        edges.call("POST", f"/songs?access_token={token}", json={}),
        edges.call("POST", "/songs", form={"access_token": token}),
        edges.call("POST", "/songs", json={"access_token": token}),
        edges.call("POST", "/songs", json={}, headers=[("Cookie", f"access_token={token}")]),
        edges.call("POST", "/songs", json={}, headers=[("X-Access-Token", token)]),
        edges.call("POST", "/songs", json={}, headers=[authorization(f"Token {token}")]),
        edges.call("POST", "/songs", json={}, headers=[authorization(token)]),
    ]

    assert [answer.status for answer in answers] == [401] * len(answers)
    assert not [a for a in answers if "error=" in a.header("www-authenticate")]


def test_junk_token_is_401_even_where_an_empty_alternative_stands(edges: Server) -> None:
    answer = edges.call("GET", "/either", token="junk")

    assert answer.status == 401
    assert answer.header("www-authenticate") == 'Bearer realm="oauth", error="invalid_token"'


def test_empty_alternative_is_tried_last_wherever_it_stands(edges: Server) -> None:
    caller = edges.call("GET", "/either", token=edges.token("read")).json()

    assert caller["matched"] == 2
    assert caller["subject"].startswith("client:")
    assert caller["scopes"] == ["read"]


@pytest.mark.parametrize("scope", [None, "write"], ids=["no token", "a token that lacks the scope"])
def test_empty_alternative_admits_as_nobody(edges: Server, scope: str | None) -> None:
    token = None if scope is None else edges.token(scope)

    answer = edges.call("GET", "/either", token=token)

    assert answer.status == 200
    assert answer.json() == {"subject": None, "scopes": [], "matched": 1}


def test_nothing_is_looked_at_where_the_document_names_no_scheme(edges: Server) -> None:
    junk = [authorization("Bearer junk")]

    answers = [edges.call("GET", path, headers=junk * 2) for path in ("/open", "/optional")]

    assert [answer.status for answer in answers] == [200, 200]


@pytest.mark.parametrize(
    ("scope", "status"),
    [(None, 401), ("read", 403), ("sign", 403), ("read sign", 200)],
    ids=["no token", "the first scheme's scope", "the second's", "both"],
)
def test_two_oauth2_schemes_in_one_object_are_both_needed(
    edges: Server, scope: str | None, status: int
) -> None:
    token = None if scope is None else edges.token(scope)

    answer = edges.call("GET", "/both", token=token)

    assert answer.status == status
    if status != 200:
        assert len(answer.all("www-authenticate")) >= 1


def test_operation_that_declares_no_security_is_refused_to_all(edges: Server) -> None:
    answers = [
        edges.call("GET", "/undeclared", token=t) for t in (None, "junk", edges.token("read"))
    ]

    assert [answer.status for answer in answers] == [403, 403, 403]


def test_scheme_that_nothing_is_bound_to_denies(edges: Server) -> None:
    key = [("X-API-Key", "anything")]

    alone = edges.call("GET", "/keyed", headers=key)
    beside = edges.call("GET", "/several", headers=key)
    token = edges.call("GET", "/several", token=edges.token("read"), headers=key)

    assert (alone.status, beside.status, token.status) == (401, 401, 200)
    assert alone.header("www-authenticate") == ('ApiKey realm="key", in="header", name="X-API-Key"')
    assert beside.header("www-authenticate") == 'Bearer realm="oauth", scope="read"'


def test_credential_that_cannot_be_checked_is_503(edges: Server) -> None:
    answer = edges.call("GET", "/away", token=unsigned_token())

    assert answer.status == 503
    assert int(answer.header("retry-after")) > 0
    assert answer.header("cache-control") == "no-store"
    assert answer.all("www-authenticate") == []


# the order of it all


@pytest.mark.parametrize(
    ("line", "status"),
    [
        pytest.param(b"POST /songs", 401, id="refused"),
        pytest.param(b"POST /nowhere", 404, id="unknown path"),
        pytest.param(b"PUT /songs", 405, id="unknown method"),
    ],
)
@pytest.mark.parametrize("expect", [b"", b"Expect: 100-continue\r\n"], ids=["", "100-continue"])
def test_body_of_a_refused_request_is_not_waited_for(
    edges: Server, line: bytes, status: int, expect: bytes
) -> None:
    head = b"Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n"

    answer = send_raw(edges.port, line + b" HTTP/1.1\r\n" + head + expect + b"\r\n")

    assert answer.status == status


def test_body_that_announces_too_much_is_413_without_being_read(edges: Server) -> None:
    head = f"Host: localhost\r\nAuthorization: Bearer {edges.token('write')}\r\n"
    body = "Content-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n"

    answer = send_raw(edges.port, f"POST /songs HTTP/1.1\r\n{head}{body}".encode())

    assert answer.status == 413


def test_credentials_are_judged_before_the_body(edges: Server) -> None:
    raw = b"POST /songs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1\r\n"
    token = f"Authorization: Bearer {edges.token('write')}\r\n".encode()

    refused = send_raw(edges.port, raw + b"\r\n{")
    permitted = send_raw(edges.port, raw + token + b"\r\n{")

    assert (refused.status, permitted.status) == (401, 400)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", id="two lengths"),
        pytest.param("Content-Length: 5\r\nContent-Length: 6\r\n", id="lengths that differ"),
        pytest.param("Authorization : Bearer x\r\n", id="space before the colon"),
        pytest.param("Authorization: Bearer\r\n x\r\n", id="folded line"),
    ],
)
def test_message_that_could_be_read_in_two_ways_is_400(edges: Server, lines: str) -> None:
    answer = send_raw(
        edges.port, f"POST /songs HTTP/1.1\r\nHost: x\r\n{lines}\r\n0\r\n\r\n".encode()
    )

    assert answer.status == 400


def test_upgrade_is_never_granted(edges: Server) -> None:
    upgrade = [
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "A" * 22 + "=="),
    ]

    answer = _upgrade(edges, upgrade)

    assert answer.status >= 400
    assert answer.all("upgrade") == []


def _upgrade(edges: Server, headers: Headers) -> Reply:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    head = f"GET /songs HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n{lines}\r\n"
    return send_raw(edges.port, head.encode())
