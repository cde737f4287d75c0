"""The base path is the path of the first server, and no other server is served."""

import pytest

from tests.unit.spec.writing import HEAD, load, messages, rules

FINE = "responses: {default: {description: fine}}"


def servers(text: str) -> str:
    """A document with its servers in line 3."""
    return f"{HEAD}servers: {text}\npaths: {{}}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[]", "", id="none"),
        pytest.param("[{url: /}]", "", id="the root"),
        pytest.param("[{url: /v2}]", "/v2", id="a path"),
        pytest.param("[{url: /v2/}]", "/v2", id="a trailing slash"),
        pytest.param("[{url: v2/api}]", "/v2/api", id="relative"),
        pytest.param("[{url: ./v2}]", "/v2", id="relative to here"),
        pytest.param("[{url: .}]", "", id="here"),
        pytest.param("[{url: ''}]", "", id="empty"),
        pytest.param("[{url: 'https://example.com'}]", "", id="a host"),
        pytest.param("[{url: 'https://example.com/'}]", "", id="a host and its root"),
        pytest.param("[{url: 'https://example.com:8443/a/b?x=1#y'}]", "/a/b", id="all of it"),
        pytest.param("[{url: '//example.com/v1'}]", "/v1", id="without scheme"),
        pytest.param("[{url: /a%20b}]", "/a%20b", id="escaped, as written"),
        pytest.param("[{url: /v1}, {url: /v1}]", "/v1", id="two alike"),
        pytest.param("[{url: '/{v}/x', variables: {v: {default: v3}}}]", "/v3/x", id="a variable"),
        pytest.param(
            "[{url: '{a}://{b}/{c}', variables: {a: {default: https}, b: {default: x.example}, "
            "c: {default: v4/y}}}]",
            "/v4/y",
            id="variables all over",
        ),
        pytest.param(
            "[{url: '{a}', variables: {a: {default: 'https://x/y'}}}]", "/y", id="a whole"
        ),
        pytest.param("[{url: '/{v}', variables: {v: {default: ''}}}]", "", id="an empty default"),
        pytest.param("[{url: 'https://{tenant}.example.com/v1'}]", "/v1", id="an unknown host"),
    ],
)
def test_the_base_path_is_that_of_the_first_server(text: str, expected: str) -> None:
    assert load(servers(text)).base_path == expected


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("/{v}", "`{v}` has no default among the server's variables"),
        ("{v}/x", "`{v}` has no default among the server's variables"),
        ("https://[::1/x", "`https://[::1/x` is not a URL"),
        ("/a//b", "`/a//b` cannot be the path of a request"),
        ("https://x/a/../b", "`/a/../b` cannot be the path of a request"),
        ("/a;b", "`/a;b` cannot be the path of a request"),
        ("/a b", "`/a b` cannot be the path of a request"),
        ("/a\\b", "`/a\\b` cannot be the path of a request"),
        ("/a}", "`/a}` cannot be the path of a request"),
    ],
)
def test_a_server_without_a_path_that_can_be_served_does_not_load(url: str, said: str) -> None:
    text = servers(f"[{{url: '{url}'}}]")

    assert rules(text) == ["3:17 server"]
    assert messages(text).endswith(f"error server: {said}")


def test_a_server_that_is_none_is_left_to_the_schema() -> None:
    assert rules(servers("[{uri: /a}, 5]")) == ["3:11 schema", "3:12 schema", "3:22 schema"]
    assert rules(servers("5")) == ["3:10 schema"]


def test_other_base_paths_and_other_places_for_servers_are_warned_of() -> None:
    text = (
        f"{HEAD}"
        "servers: [{url: /v1}, {url: 'https://x/v1'}, {url: /v2}, {url: '/{v}'}, {url: /}]\n"
        f"paths:\n  /a:\n    servers: [{{url: /a}}]\n    get: {{{FINE}, servers: []}}\n"
    )

    found = [(str(warning.origin), warning.message) for warning in load(text).warnings]

    assert found == [
        ("-:3:52", "only the first server is served: `/v1`, not `/v2`"),
        ("-:3:79", "only the first server is served: `/v1`, not `/`"),
        ("-:6:5", "the servers of `/a` are not served; it is under the root's"),
        ("-:7:54", "the servers of `GET /a` are not served; it is under the root's"),
    ]


def test_one_server_is_nothing_to_warn_of() -> None:
    assert load(servers("[{url: /v1}]")).warnings == ()
