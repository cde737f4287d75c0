"""Paths and methods: one request, one path, one decision, no redirect."""

from collections.abc import Iterator

import pytest

from tests.advisories.octets import CLOSE, HOST, Conversation, is_refusal, talk
from tests.e2e.edges import serving_edges
from tests.e2e.servers import Server

#: all that a path may have
SERVED = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY"
HIDDEN = b"GET /nothing HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_edges(tmp_path_factory.mktemp("paths")) as running:
        yield running


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    """A token that opens everything, so that 404 and 405 are the path's and the method's."""
    return server.token("read write sign secret")


def send_line(server: Server, line: bytes, fields: bytes = HOST + CLOSE) -> Conversation:
    """Send a request line with a good head behind it."""
    return talk(server.port, line + b"\r\n" + fields + b"\r\n", is_head=line.startswith(b"HEAD "))


ENDS = ("..", "%2e%2e", "%2E.", ".%2e", ".", "%2e")
NO_PATHS = (
    *("/songs%2F", "/songs%2f1", "/%2Fsongs", "/things%2Fsecret", "/things/..%2Fsongs"),
    *("/songs%5C", "/songs\\", "/things/..%5csongs", "/things\\secret"),
    *(f"/things/{dots}" for dots in ENDS),
    *(f"/things/{dots}/songs" for dots in ENDS),
    *("/songs/../songs", "/./songs", "/../songs", "/open/..;/songs", "/..;/songs"),
    *("/songs;", "/songs;x=1", "/songs;/", "/things;v=1/secret", "/things/secret;v=1"),
    *("/songs%00", "/songs%00.json", "/%00songs", "/things/%00", "/songs%0A", "/songs%0D%0A"),
    *("/things/1%0A", "/songs%09", "/songs%1f", "/songs%7F", "/things/%C2%85", "/songs%20"),
    *("//songs", "/songs//", "//things//secret", "///", "/things//secret", "//evil.example/songs"),
    *("/things/%ff", "/things/%C0%AF", "/things/%C0%AE", "/things/%ED%A0%80", "/things/%E2%82"),
    *("/songs%", "/songs%2", "/songs%zz", "/things/%u0041", "/%2573ongs", "/things/%2"),
    *("/songs.json", "/songs.", "/songs~", "/songs:", "/songs,", "/songs|x", "/songs$"),
    *("/-/../songs", "/-/%2e%2e/songs", "/o/../songs", "/o/%2e%2e/songs", "/-//health"),
    "/%EF%BD%93ongs",
)
NEAR_PATHS = ("/Songs", "/SONGS", "/songs/", "/%53ongs", "/THINGS/secret", "/things/secret/")


@pytest.mark.parametrize("target", [*NO_PATHS, *NEAR_PATHS])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_what_is_not_exactly_a_route_is_404_and_no_redirect(
    server: Server, token: str, method: str, target: str
) -> None:
    answer = server.call(method, target, token=token)

    assert answer.status == 404
    assert answer.all("location") == []
    assert answer.json()["type"] == "/-/problems/not-found"
    assert ("nearest" in answer.json()) is (target in NEAR_PATHS)


@pytest.mark.parametrize(
    "target",
    [
        "/things/secret",
        "/things/%73ecret",
        "/things/secre%74",
        "/things/secret?id=7",
        "/things/secret?",
    ],
)
def test_every_spelling_of_a_path_gets_the_decision_of_that_path(
    server: Server, token: str, target: str
) -> None:
    answers = [server.call("GET", target, token=given) for given in (None, token)]

    assert [answer.status for answer in answers] == [401, 200]


def test_a_segment_is_decoded_once_and_the_handler_sees_what_was_routed(server: Server) -> None:
    seen = [server.call("GET", f"/things/{part}").json() for part in ("%2541", "a%20b", "%C3%A9")]

    assert seen == [{"id": "%41"}, {"id": "a b"}, {"id": "\u00e9"}]


MISSING = ("TRACE", "PUT", "PATCH", "DELETE", "PROPFIND", "M-SEARCH", "PURGE", "QUERY", "SOURCE")


@pytest.mark.parametrize("method", MISSING)
def test_a_method_that_the_path_lacks_is_405_with_all_it_has(
    server: Server, token: str, method: str
) -> None:
    own, nowhere = server.call(method, "/songs", token=token), server.call(method, "/nowhere")

    assert (own.status, own.header("allow")) == (405, "GET, HEAD, OPTIONS, POST")
    assert nowhere.status == 404


@pytest.mark.parametrize(
    "method",
    ["FOO", "get", "Get", "gET", "post", "trace", "GETS", "GE", "X" * 40, "!", "GET-1", "PRI"],
)
@pytest.mark.parametrize("target", ["/songs", "/open", "/nowhere", "*"])
def test_a_method_that_nobody_knows_is_501_with_all_that_are_known(
    server: Server, method: str, target: str
) -> None:
    line = f"{method} {target} HTTP/1.1".encode()

    answers = talk(server.port, line + b"\r\n" + HOST + b"\r\n" + HIDDEN).answers

    assert [answer.status for answer in answers] == [501]
    assert is_refusal(answers[0])
    assert answers[0].header("allow") == SERVED
    assert answers[0].json()["type"] == "/-/problems/method-not-implemented"


def test_an_unknown_method_is_answered_before_anything_else_came(server: Server) -> None:
    assert talk(server.port, b"F", b"OO /songs HTTP/1.1\r\n").statuses == [501]


@pytest.mark.parametrize("target", [b"localhost:443", b"/songs", b"*", b"http://localhost/songs"])
def test_connect_is_405_whatever_it_names(server: Server, target: bytes) -> None:
    answers = send_line(server, b"CONNECT " + target + b" HTTP/1.1").answers

    assert [answer.status for answer in answers] == [405]
    assert is_refusal(answers[0])
    assert answers[0].header("allow") == SERVED


LINES = {
    "two spaces before the target": b"GET  /open HTTP/1.1",
    "two spaces before the version": b"GET /open  HTTP/1.1",
    "a space at the end": b"GET /open HTTP/1.1 ",
    "a space at the start": b" GET /open HTTP/1.1",
    "a tab before the target": b"GET\t/open HTTP/1.1",
    "a tab before the version": b"GET /open\tHTTP/1.1",
    "a space in the target": b"GET /op en HTTP/1.1",
    "a bare CR": b"GET /open\rHTTP/1.1",
    "two CRs": b"GET /open HTTP/1.1\r",
    "a NUL in the target": b"GET /op\x00en HTTP/1.1",
    "a NUL in the method": b"G\x00T /open HTTP/1.1",
    "a control in the target": b"GET /op\x01en HTTP/1.1",
    "a DEL in the target": b"GET /open\x7f HTTP/1.1",
    "octets beyond ASCII in the target": b"GET /op\xc3\xa9n HTTP/1.1",
    "a method that is no token": b"G(T /open HTTP/1.1",
    "a quoted method": b'"GET" /open HTTP/1.1',
    "HTTP/0.9": b"GET /open",
    "HTTP/0.9 in words": b"GET /open HTTP/0.9",
    "HTTP/1.2": b"GET /open HTTP/1.2",
    "HTTP/1.10": b"GET /open HTTP/1.10",
    "HTTP/01.1": b"GET /open HTTP/01.1",
    "HTTP/2.0": b"GET /open HTTP/2.0",
    "HTTP/1": b"GET /open HTTP/1",
    "http/1.1 in small letters": b"GET /open http/1.1",
    "RTSP": b"GET /open RTSP/1.0",
    "ICE": b"SOURCE /open ICE/1.0",
    "no target": b"GET HTTP/1.1",
    "an empty target": b"GET  HTTP/1.1",
    "a method alone": b"GET",
    "garbage": b"hello, world",
    "an answer": b"HTTP/1.1 200 OK",
    "the preface of HTTP/2": b"PRI * HTTP/2.0",
    "a hello of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "a fragment": b"GET /open#x HTTP/1.1",
    "a path without its slash": b"GET open HTTP/1.1",
    "a query alone": b"GET ?x=/open HTTP/1.1",
    "the authority form": b"GET localhost:80 HTTP/1.1",
    "an absolute form without authority": b"GET http:///open HTTP/1.1",
    "an absolute form without slashes": b"GET http:/open HTTP/1.1",
    "an absolute form with a user": b"GET http://a@localhost/open HTTP/1.1",
    "an absolute form with a port that is none": b"GET http://localhost:x/open HTTP/1.1",
    "an absolute form with a port too high": b"GET http://localhost:65536/open HTTP/1.1",
    "an absolute form with half an address": b"GET http://[::1/open HTTP/1.1",
    "an absolute form with a fragment": b"GET http://localhost/open#x HTTP/1.1",
    "an absolute form of another scheme": b"GET ftp://localhost/open HTTP/1.1",
    "an absolute form of ws": b"GET ws://localhost/open HTTP/1.1",
    "the asterisk without OPTIONS": b"GET * HTTP/1.1",
    "more than the asterisk": b"OPTIONS */open HTTP/1.1",
    "OPTIONS without its slash": b"OPTIONS open HTTP/1.1",
    "two empty lines before": b"\r\n\r\nGET /open HTTP/1.1",
    "an empty line of LF before": b"\nGET /open HTTP/1.1",
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_request_line_that_is_none_is_400_and_hides_nothing(server: Server, line: bytes) -> None:
    answers = talk(server.port, line + b"\r\n" + HOST + b"\r\n" + HIDDEN).answers

    assert [answer.status for answer in answers] == [400]
    assert is_refusal(answers[0])


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /songs HTTP/1.1", 401),
        (b"\r\nGET /songs HTTP/1.1", 401),
        (b"GET /songs HTTP/1.0", 401),
        (b"GET http://localhost/songs HTTP/1.1", 401),
        (b"GET HTTPS://evil.example:8443/songs?x=1 HTTP/1.1", 401),
        (b"GET http://[::1]:80/open HTTP/1.1", 200),
        (b"GET http://localhost HTTP/1.1", 200),
        (b"GET http://localhost?x HTTP/1.1", 200),
        (b"GET http://localhost//open HTTP/1.1", 404),
        (b"GET http://localhost/open/../songs HTTP/1.1", 404),
        (b"HEAD /songs HTTP/1.1", 401),
        (b"HEAD  /songs HTTP/1.1", 400),
        (b"HEAD /open HTTP/1.1", 200),
    ],
)
def test_a_request_line_that_is_one_gets_the_answer_of_its_path(
    server: Server, line: bytes, status: int
) -> None:
    assert send_line(server, line).statuses == [status]


@pytest.mark.parametrize("target", [b"*", b"http://localhost"])
def test_options_of_the_server_tells_the_methods_and_nothing_else(
    server: Server, target: bytes
) -> None:
    (answer,) = send_line(server, b"OPTIONS " + target + b" HTTP/1.1").answers

    assert (answer.status, answer.header("allow"), answer.body) == (204, SERVED, b"")


def test_options_gives_no_data(server: Server, token: str) -> None:
    for target in ("/songs", "/open", "/things/secret"):
        answer = server.call("OPTIONS", target, token=token)

        assert (answer.status, answer.body) == (204, b"")
        assert "GET, HEAD, OPTIONS" in answer.header("allow")
        assert answer.all("access-control-allow-origin") == []


OVERRIDES = (
    *("X-HTTP-Method-Override: GET", "X-HTTP-Method: GET", "X-Method-Override: GET"),
    *("X-Original-Method: GET", "X-Forwarded-Method: GET", "_method: GET"),
)
PROXIES = (
    *("X-Original-URL: /open", "X-Rewrite-URL: /open", "X-Forwarded-Uri: /open"),
    *("X-Forwarded-Prefix: /open", "X-Forwarded-Path: /open", "X-Script-Name: /open"),
    *("X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "Client-IP: 127.0.0.1"),
    *("X-Forwarded-Host: localhost", "X-Forwarded-Proto: https", "X-Forwarded-User: alice"),
    *("Forwarded: for=127.0.0.1;host=localhost;proto=https", "Via: 1.1 localhost"),
    *("X-Auth-Subject: user:1", "X-Auth-Scope: read write", "X-SSL-Client-Verify: SUCCESS"),
)


@pytest.mark.parametrize("header", [*OVERRIDES, *PROXIES])
def test_a_header_that_speaks_for_a_proxy_or_another_method_changes_nothing(
    server: Server, header: str
) -> None:
    name, _, value = header.partition(": ")

    answers = [
        server.call(method, target, headers=[(name, value)])
        for method, target in (("GET", "/songs"), ("POST", "/things/secret"), ("POST", "/open"))
    ]

    assert [answer.status for answer in answers] == [401, 405, 405]


@pytest.mark.parametrize("query", ["_method=GET", "method=GET", "X-HTTP-Method-Override=GET"])
def test_a_method_in_the_query_is_none(server: Server, query: str) -> None:
    assert server.call("POST", f"/open?{query}").status == 405


def test_f3_only_security_that_is_written_down_opens_an_operation(server: Server) -> None:
    answers = {
        target: server.call("GET", target).status
        for target in ("/open", "/optional", "/either", "/undeclared", "/songs")
    }

    assert answers == {
        "/open": 200,
        "/optional": 200,
        "/either": 200,
        "/undeclared": 403,
        "/songs": 401,
    }
