"""The route table: one operation for a method and a raw path, or the right word for none."""

from itertools import permutations

import pytest

from gateway.routing.tree import MethodMissing, PathMissing, Routed, RouteTable
from gateway.spec.model import OperationKey
from tests.unit.routing.build import endpoint, found, table

SONGS = (
    "GET /songs",
    "POST /songs",
    "GET /songs/top",
    "GET /songs/{id}",
    "DELETE /songs/{id}",
    "GET /songs/{id}/tags",
    "GET /songs/top/{place}",
    "GET /files/{name}.{format}",
    "GET /files/{name}.json",
    "GET /files/{name}",
    "GET /folder/",
    "GET /caf%C3%A9",
    "GET /",
)


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", b"/songs", "GET /songs"),
        ("GET", b"/%73ongs", "GET /songs"),
        ("GET", b"/", "GET /"),
        ("GET", b"/songs/top", "GET /songs/top"),
        ("GET", b"/songs/7", "GET /songs/{id}"),
        ("GET", b"/songs/Top", "GET /songs/{id}"),
        ("GET", b"/songs/top/1", "GET /songs/top/{place}"),
        ("GET", b"/songs/top/tags", "GET /songs/top/{place}"),
        ("GET", b"/songs/7/tags", "GET /songs/{id}/tags"),
        ("GET", b"/files/a.json", "GET /files/{name}.json"),
        ("GET", b"/files/a.xml", "GET /files/{name}.{format}"),
        ("GET", b"/files/a", "GET /files/{name}"),
        ("GET", b"/folder/", "GET /folder/"),
        ("GET", b"/caf%c3%a9", "GET /caf%C3%A9"),
        ("DELETE", b"/songs/7", "DELETE /songs/{id}"),
        ("HEAD", b"/songs", "GET /songs"),
        ("HEAD", b"/songs/7", "GET /songs/{id}"),
    ],
)
def test_a_request_finds_its_operation(method: str, path: bytes, operation: str) -> None:
    assert found(table(*SONGS).route(method, path)) == operation


@pytest.mark.parametrize(
    "path",
    [
        b"/songs/",
        b"/song",
        b"/songs/7/",
        b"/songs/7/tags/x",
        b"/folder",
        b"/files/",
        b"//songs",
        b"/songs%0A",
        b"/songs;v=1",
        b"/songs/7;v=1",
        b"/songs/..",
        b"/songs/a%2Fb",
        b"/Songs",
        b"",
    ],
)
def test_a_path_that_is_not_exactly_declared_is_missing(path: bytes) -> None:
    assert isinstance(table(*SONGS).route("GET", path), PathMissing)


@pytest.mark.parametrize("keys", list(permutations(("GET /a/{x}", "GET /a/b", "POST /{y}/b"))))
def test_a_concrete_segment_wins_whatever_the_order(keys: tuple[str, ...]) -> None:
    routes = table(*keys)

    assert found(routes.route("GET", b"/a/b")) == "GET /a/b"
    assert found(routes.route("GET", b"/a/c")) == "GET /a/{x}"
    assert isinstance(routes.route("POST", b"/a/b"), MethodMissing)


@pytest.mark.parametrize("keys", list(permutations(("GET /v{x}", "GET /v1{x}", "GET /{x}"))))
def test_more_literal_characters_win_whatever_the_order(keys: tuple[str, ...]) -> None:
    routes = table(*keys)

    assert found(routes.route("GET", b"/v12")) == "GET /v1{x}"
    assert found(routes.route("GET", b"/v2")) == "GET /v{x}"
    assert found(routes.route("GET", b"/x")) == "GET /{x}"


@pytest.mark.parametrize("keys", [("GET /x{a}", "GET /{a}y"), ("GET /{a}y", "GET /x{a}")])
def test_equally_literal_templates_are_told_apart_the_same_way_in_any_order(
    keys: tuple[str, ...],
) -> None:
    assert found(table(*keys).route("GET", b"/x.y")) == "GET /x{a}"


def test_a_concrete_segment_that_leads_nowhere_gives_way_to_a_template() -> None:
    routes = table("GET /a/b/c", "GET /{x}/b/d", "GET /a/{x}/e")

    assert found(routes.route("GET", b"/a/b/d")) == "GET /{x}/b/d"
    assert found(routes.route("GET", b"/a/b/e")) == "GET /a/{x}/e"


def test_parameters_are_named_by_the_path_that_matched() -> None:
    routes = table("GET /{a}/x", "GET /{b}/{c}.{d}", "GET /{e}/{f}/y")

    for path, parameters in [
        (b"/1/x", {"a": "1"}),
        (b"/1/2.3", {"b": "1", "c": "2", "d": "3"}),
        (b"/1/%32%20/y", {"e": "1", "f": "2 "}),
    ]:
        route = routes.route("GET", path)
        assert isinstance(route, Routed)
        assert route.parameters == parameters


def test_a_missing_method_does_not_fall_through_to_a_template() -> None:
    route = table("GET /songs/{id}", "PUT /songs/{id}", "DELETE /songs/top").route(
        "PUT", b"/songs/top"
    )

    assert route == MethodMissing(("DELETE", "OPTIONS"), is_options=False)


@pytest.mark.parametrize(
    ("keys", "allow"),
    [
        (("GET /x", "POST /x"), ("GET", "HEAD", "OPTIONS", "POST")),
        (("POST /x",), ("OPTIONS", "POST")),
        (("HEAD /x",), ("HEAD", "OPTIONS")),
        (("GET /x", "TRACE /x"), ("GET", "HEAD", "OPTIONS")),
        (("TRACE /x",), ("OPTIONS",)),
    ],
)
def test_allow_is_complete(keys: tuple[str, ...], allow: tuple[str, ...]) -> None:
    assert table(*keys).route("PATCH", b"/x") == MethodMissing(allow, is_options=False)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "get", "Get", "GET ", "", "PROPFIND"])
def test_methods_that_are_not_served_are_missing_whatever_is_declared(method: str) -> None:
    routes = table("GET /x", "TRACE /x", "CONNECT /x")

    assert isinstance(routes.route(method, b"/x"), MethodMissing)


def test_head_is_its_own_operation_where_it_is_declared() -> None:
    routes = table("GET /x", "HEAD /x", "POST /y")

    assert found(routes.route("HEAD", b"/x")) == "HEAD /x"
    assert isinstance(routes.route("HEAD", b"/y"), MethodMissing)


def test_options_is_an_operation_if_declared_and_told_apart_if_not() -> None:
    routes = table("GET /x", "OPTIONS /x", "GET /y")

    assert found(routes.route("OPTIONS", b"/x")) == "OPTIONS /x"
    assert routes.route("OPTIONS", b"/y") == MethodMissing(
        ("GET", "HEAD", "OPTIONS"), is_options=True
    )
    assert isinstance(routes.route("OPTIONS", b"/z"), PathMissing)


@pytest.mark.parametrize(
    ("base_path", "path", "operation"),
    [
        ("/v2", b"/v2/songs", "GET /songs"),
        ("/v2", b"/%762/songs", "GET /songs"),
        ("/v2", b"/songs", None),
        ("/v2", b"/V2/songs", None),
        ("/v2", b"/v2", None),
        ("/v2", b"/v2/", "GET /"),
        ("/api/v%201", b"/api/v%201/songs", "GET /songs"),
    ],
)
def test_paths_lie_below_the_base_path(base_path: str, path: bytes, operation: str | None) -> None:
    routes = table("GET /songs", "GET /", base_path=base_path)

    assert found(routes.route("GET", path)) == operation


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        (b"/v2/songs/", "/v2/songs"),
        (b"/v2/Songs", "/v2/songs"),
        (b"/V2/SONGS/", "/v2/songs"),
        (b"/songs", "/v2/songs"),
        (b"/songs/7", "/v2/songs/{id}"),
        (b"/v1/songs", "/v2/songs"),
        (b"/v1/songs/", "/v2/songs"),
        (b"/v2/folder", "/v2/folder/"),
        (b"/v2/song", None),
        (b"/v2/songs/7/8", None),
        (b"/", None),
        (b"/v2/songs%0A", None),
    ],
)
def test_a_missing_path_names_a_declared_one_that_differs_by_slash_case_or_base_alone(
    path: bytes, nearest: str | None
) -> None:
    routes = table("GET /songs", "GET /songs/{id}", "GET /folder/", base_path="/v2")

    assert routes.route("GET", path) == PathMissing(nearest)


@pytest.mark.parametrize(
    ("path", "is_served"),
    [
        (b"/points/;x=1", True),
        (b"/points/7", True),
        (b"/points/;x=1/name", False),
        (b"/points/7/name", True),
        (b"/points;x=1/7", False),
        (b"/points/;x=1%2F2", False),
    ],
)
def test_a_semicolon_is_taken_by_a_matrix_parameter_alone(path: bytes, is_served: bool) -> None:
    endpoints = [
        endpoint("GET /points/{point}", matrix=["point"]),
        endpoint("GET /points/{other}/name"),
    ]

    assert isinstance(RouteTable(endpoints).route("GET", path), Routed) == is_served


def test_a_matrix_parameter_after_literal_text_takes_its_semicolon() -> None:
    routes = RouteTable([endpoint("GET /points{point}", matrix=["point"])])

    assert found(routes.route("GET", b"/points;point=1")) == "GET /points{point}"


def test_a_matrix_parameter_of_one_method_is_not_one_of_another() -> None:
    routes = RouteTable(
        [endpoint("GET /points/{point}", matrix=["point"]), endpoint("PUT /points/{point}")]
    )

    assert isinstance(routes.route("GET", b"/points/;x=1"), Routed)
    assert not isinstance(routes.route("PUT", b"/points/;x=1"), Routed)


def test_a_literal_with_a_semicolon_is_never_matched() -> None:
    assert isinstance(table("GET /a;b").route("GET", b"/a;b"), PathMissing)


@pytest.mark.parametrize("path", ["/caf%E9", "/%zz", "/a%2Fb", "/a//b", "/x/..", "/%00"])
def test_a_path_no_request_can_have_is_never_matched_and_stops_no_start(path: str) -> None:
    routes = table(f"GET {path}", "GET /songs")

    assert isinstance(routes.route("GET", path.encode()), PathMissing)
    assert found(routes.route("GET", b"/songs")) == "GET /songs"


def test_a_very_deep_path_is_found_like_any() -> None:
    path = "/x" * 1500

    assert found(table(f"GET {path}").route("GET", path.encode())) == f"GET {path}"


def test_an_operation_is_named_by_the_key_it_was_given() -> None:
    route = table("GET /x").route("GET", b"/x")

    assert route == Routed(OperationKey("GET /x"), {})


def test_templates_that_differ_in_names_share_a_place_and_keep_their_names() -> None:
    both = table("GET /songs/{id}", "DELETE /songs/{song}")

    got, gone = both.route("GET", b"/songs/7"), both.route("DELETE", b"/songs/7")

    assert got == Routed(OperationKey("GET /songs/{id}"), {"id": "7"})
    assert gone == Routed(OperationKey("DELETE /songs/{song}"), {"song": "7"})
    assert both.route("PUT", b"/songs/7") == MethodMissing(
        ("DELETE", "GET", "HEAD", "OPTIONS"), is_options=False
    )


def test_one_method_at_one_place_twice_is_no_table() -> None:
    with pytest.raises(ValueError, match="one path"):
        table("GET /songs/{id}", "GET /songs/{song}")
