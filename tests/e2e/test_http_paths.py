"""What HTTP shows of how a request finds its operation: paths and methods."""

import pytest

from tests.e2e.servers import Server

Headers = list[tuple[str, str]]


def authorization(value: str) -> tuple[str, str]:
    """An Authorization header."""
    return ("Authorization", value)


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
        "/things/",
        "/.",
        "/docs/",
    ],
)
def test_nothing_is_redirected(edges: Server, target: str) -> None:
    answer = edges.call("GET", target)

    assert not 300 <= answer.status < 400
    assert answer.all("location") == []


def test_a_page_for_staff_sends_strangers_to_sign_in_at_this_site(edges: Server) -> None:
    answer = edges.call("GET", "/admin", headers=[("X-Forwarded-Host", "evil.example")])

    assert (answer.status, answer.header("location")) == (303, "/accounts/login/?next=%2Fadmin")


def test_head_of_a_protected_get_follows_its_decision(edges: Server) -> None:
    refused = edges.call("HEAD", "/songs")
    permitted = edges.call("HEAD", "/songs", token=edges.token("read"))
    lacking = edges.call("HEAD", "/songs", token=edges.token("write"))

    assert [reply.status for reply in (refused, permitted, lacking)] == [401, 200, 403]
    challenge = refused.header("www-authenticate")
    assert challenge.startswith('Bearer realm="oauth", scope="read", resource_metadata=')
    assert [reply.body for reply in (refused, permitted, lacking)] == [b"", b"", b""]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_method_that_a_path_does_not_have_is_405_with_all_it_has(
    edges: Server, method: str
) -> None:
    answer = edges.call(method, "/songs", token=edges.token("read"))

    assert answer.status == 405
    assert answer.header("allow") == "GET, HEAD, OPTIONS, POST"


def test_connect_is_405(edges: Server) -> None:
    answer = edges.call("CONNECT", "/songs", token=edges.token("read"))

    assert answer.status == 405
    assert len(answer.all("allow")) == 1


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
