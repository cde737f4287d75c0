"""The two documents that come along: what they must say, and what they must not."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.unit.documents import (
    API,
    TOKEN_SERVICE,
    Declared,
    Document,
    faults,
    operations_of,
    resolve,
)

DOCUMENTS = [pytest.param(API, id="api"), pytest.param(TOKEN_SERVICE, id="token service")]

OPERATIONS = list(operations_of(API))
ALL_OPERATIONS = [
    pytest.param(document, operation, id=f"{name}: {operation}")
    for name, document in (("api", API), ("token service", TOKEN_SERVICE))
    for operation in operations_of(document)
]

READ = [{"oauth": ["read"]}]
CREATE = [{"oauth": ["create"]}, {"oauth": ["post", "widget"]}]
UPDATE = [{"oauth": ["update"]}, {"oauth": ["put", "widget"]}]
DELETE = [{"oauth": ["delete"]}, {"oauth": ["scope2", "scope3"]}]
SEE_ALBUMS = [{"oauth": ["read", "albums"]}]
CHANGE_ALBUMS = [{"oauth": ["write", "albums"]}]

#: the contract's table, row by row
SECURITY = {
    "GET /songs": READ,
    "POST /songs": CREATE,
    "PUT /songs": UPDATE,
    "DELETE /songs": DELETE,
    "GET /songs/{songId}": READ,
    "PUT /songs/{songId}": UPDATE,
    "DELETE /songs/{songId}": DELETE,
    "GET /users/": READ,
    "POST /users/": [{"oauth": ["write"]}],
    "GET /users/me/": [{"session_cookie": []}, {"oauth": ["read"]}],
    "GET /users/{userId}/": READ,
    "GET /groups/": [{"oauth": ["groups"]}],
    "GET /groups/{groupId}/": [{"oauth": ["groups"]}],
    "GET /albums/": SEE_ALBUMS,
    "POST /albums/": CHANGE_ALBUMS,
    "GET /albums/{albumId}/": SEE_ALBUMS,
    "PUT /albums/{albumId}/": CHANGE_ALBUMS,
    "PATCH /albums/{albumId}/": CHANGE_ALBUMS,
    "DELETE /albums/{albumId}/": CHANGE_ALBUMS,
    "GET /albums/{albumId}/songs/": [{"oauth": ["music:read"]}],
    "POST /albums/{albumId}/songs/": [{"oauth": ["music:write"]}],
}
SCOPES = {
    *("read", "create", "post", "widget", "update", "put", "delete", "scope2", "scope3"),
    *("write", "groups", "albums", "music:read", "music:write"),
}

SONG = {"title": "Blue", "artist": "Joni Mitchell"}
ALBUM = {"artist": 1, "name": "x", "release_date": "2021-06-15", "num_stars": 1}
USER = {"username": "carol", "password": "8letters"}

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def elements(element: Any, place: str = "#") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every mapping below an element with its place."""
    if isinstance(element, Mapping):
        yield place, element
        for key, value in element.items():
            yield from elements(value, f"{place}/{key}")
    if isinstance(element, list):
        for index, value in enumerate(element):
            yield from elements(value, f"{place}/{index}")


def content(document: Document, element: Document) -> Mapping[str, Any]:
    found: Mapping[str, Any] = resolve(document, element).get("content", {})
    return found


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_is_valid(document: Document) -> None:
    validate(document)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_needs_no_extensions(document: Document) -> None:
    extensions = [
        f"{place}/{key}"
        for place, element in elements(document)
        for key in element
        if key.startswith("x-")
    ]

    assert extensions == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_is_served_at_the_root(document: Document) -> None:
    assert [server["url"] for server in document["servers"]] == ["/"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_component_is_left_over(document: Document) -> None:
    used = {element["$ref"] for _, element in elements(document) if "$ref" in element}

    left_over = [
        f"#/components/{kind}/{name}"
        for kind, components in document["components"].items()
        for name in components
        if kind != "securitySchemes" and f"#/components/{kind}/{name}" not in used
    ]

    assert left_over == []


def test_the_api_opens_each_operation_as_the_contract_says() -> None:
    assert {str(one): one.element["security"] for one in OPERATIONS} == SECURITY
    assert "security" not in API


def test_every_flow_declares_every_scope_and_says_what_it_is_for() -> None:
    flows = API["components"]["securitySchemes"]["oauth"]["flows"]

    assert set(flows) == {"password", "authorizationCode", "clientCredentials"}
    assert {tuple(flow["scopes"].items()) for flow in flows.values()} == {
        tuple(flows["password"]["scopes"].items())
    }
    assert set(flows["password"]["scopes"]) == SCOPES
    assert all(flows["password"]["scopes"].values())


def test_the_session_cookie_is_the_login_session() -> None:
    schemes = API["components"]["securitySchemes"]

    assert set(schemes) == {"oauth", "session_cookie"}
    assert (schemes["session_cookie"]["in"], schemes["session_cookie"]["name"]) == (
        "cookie",
        "scopegate_session",
    )


@pytest.mark.parametrize(("document", "operation"), ALL_OPERATIONS)
def test_an_operation_says_what_it_is(document: Document, operation: Declared) -> None:
    element = operation.element

    assert re.fullmatch("[a-z]+([A-Z][a-z]+)*", operation.operation_id)
    assert element["summary"]
    assert "security" in element
    assert {*element["tags"]} <= {tag["name"] for tag in document["tags"]}


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_an_operation_of_the_api_names_the_class_it_stands_for(operation: Declared) -> None:
    assert re.search(
        r"[Ss]tands for (TokenHas|TokenMatches|IsAuth)", operation.element["description"]
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_refusal_is_a_problem_document(operation: Declared) -> None:
    responses = operation.element["responses"]

    assert {"400", "401", "403", "default"} <= set(responses)
    assert ("404" in responses) == (
        "{" in operation.path or operation.operation_id.endswith("ById")
    )
    for status, response in responses.items():
        if not status.startswith("2"):
            assert set(content(API, response)) == {"application/problem+json"}


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_what_is_created_says_where_it_is(operation: Declared) -> None:
    created = operation.element["responses"].get("201")

    assert (created is not None) == (operation.method == "POST")
    if created:
        assert "Location" in resolve(API, created)["headers"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_list_is_paged_and_bounded(operation: Declared) -> None:
    listed = operation.operation_id.startswith("list")
    parameters = [resolve(API, one) for one in operation.parameters]
    paging = {one["name"]: one["schema"] for one in parameters if one["in"] == "query"}

    if listed:
        assert {"X-Total-Count", "Link"} <= set(
            resolve(API, operation.element["responses"]["200"])["headers"]
        )
        assert faults(API, paging["limit"], 100) == faults(API, paging["limit"], 1) == []
        assert faults(API, paging["limit"], 101)
        assert faults(API, paging["limit"], 0)
        assert faults(API, paging["offset"], 0) == []
        assert faults(API, paging["offset"], -1)
    else:
        assert "limit" not in paging


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.has_body], ids=str)
def test_a_body_is_json_or_a_form_of_the_same_fields(operation: Declared) -> None:
    media = content(API, operation.element["requestBody"])
    json, form = (resolve(API, media[kind]["schema"]) for kind in (JSON, FORM))

    assert set(media) == {JSON, FORM}
    assert json == {**form, "additionalProperties": False}
    assert "additionalProperties" not in form


@pytest.mark.parametrize("document", DOCUMENTS)
def test_examples_fit_their_schemas(document: Document) -> None:
    wrong = {
        place: found
        for place, element in elements(document)
        for schema in [element.get("schema", element)]
        if "example" in element and ("schema" in element or "type" in element)
        if (found := faults(document, schema, element["example"]))
    }

    assert wrong == {}


def test_token_requests_of_the_examples_are_token_requests() -> None:
    media = TOKEN_SERVICE["components"]["requestBodies"]["TokenRequest"]["content"][FORM]

    for example in media["examples"].values():
        assert faults(TOKEN_SERVICE, media["schema"], example["value"]) == []
    assert faults(TOKEN_SERVICE, media["schema"], {"grant_type": "implicit"})


@pytest.mark.parametrize(
    ("schema", "value", "fits"),
    [
        pytest.param("SongInput", SONG, True, id="a song"),
        pytest.param("SongInput", {"title": "Blue"}, False, id="a song by nobody"),
        pytest.param("SongInput", {**SONG, "title": ""}, False, id="an empty title"),
        pytest.param("SongInput", {**SONG, "title": "x" * 200}, True, id="a long title"),
        pytest.param("SongInput", {**SONG, "title": "x" * 201}, False, id="too long a title"),
        pytest.param("SongInput", {**SONG, "title": "a\nb"}, True, id="a title of two lines"),
        pytest.param("SongInput", {**SONG, "title": "a\x00b"}, False, id="NUL in a title"),
        pytest.param("SongInput", {**SONG, "artist": ""}, False, id="an empty artist"),
        pytest.param("SongInput", {**SONG, "artist": 1}, False, id="an artist who is a number"),
        pytest.param("SongInput", {**SONG, "year": 0}, True, id="the first year"),
        pytest.param("SongInput", {**SONG, "year": -1}, False, id="the year before"),
        pytest.param("SongInput", {**SONG, "year": 9999}, True, id="the last year"),
        pytest.param("SongInput", {**SONG, "year": 10000}, False, id="the year after"),
        pytest.param("SongInput", {**SONG, "year": None}, True, id="no year"),
        pytest.param("SongInput", {**SONG, "year": "1971"}, False, id="a year as text"),
        pytest.param("SongInput", {**SONG, "id": 1}, False, id="a song with an id"),
        pytest.param("SongForm", {**SONG, "scope": "write"}, True, id="a form with more"),
        pytest.param("SongForm", {"scope": "write"}, False, id="a form with less"),
        pytest.param("SongWithIdInput", {**SONG, "id": 1}, True, id="a song that has an id"),
        pytest.param("SongWithIdInput", SONG, False, id="a song without the id"),
        pytest.param("AlbumInput", ALBUM, True, id="an album"),
        pytest.param("AlbumInput", {**ALBUM, "release_date": "15.6.2021"}, False, id="no date"),
        pytest.param("AlbumInput", {**ALBUM, "num_stars": -1}, False, id="less than no stars"),
        pytest.param("AlbumInput", {**ALBUM, "num_stars": 2**31 - 1}, True, id="many stars"),
        pytest.param("AlbumInput", {**ALBUM, "num_stars": 2**31}, False, id="too many stars"),
        pytest.param("AlbumInput", {"name": "x"}, False, id="a name is no album"),
        pytest.param("AlbumChange", {"name": "x"}, True, id="a name is a change"),
        pytest.param("AlbumChange", {"owner": 1}, False, id="a change of nothing known"),
        pytest.param("UserInput", USER, True, id="a user"),
        pytest.param("UserInput", {**USER, "password": "7letter"}, False, id="a short password"),
        pytest.param("UserInput", {**USER, "is_staff": True}, False, id="staff"),
        pytest.param("UserInput", {**USER, "groups": []}, False, id="groups"),
        pytest.param("UserInput", {**USER, "username": "a b"}, False, id="a name of two words"),
        pytest.param("UserInput", {**USER, "username": "a.b@c-d_e+f1"}, True, id="an odd name"),
        pytest.param("UserInput", {**USER, "username": "x" * 151}, False, id="a long name"),
        pytest.param("UserInput", {**USER, "email": "carol"}, False, id="no email address"),
    ],
)
def test_a_body_is_taken_or_not(schema: str, value: object, fits: bool) -> None:
    assert (faults(API, API["components"]["schemas"][schema], value) == []) is fits


def test_a_password_is_written_and_never_shown() -> None:
    schemas = API["components"]["schemas"]

    assert schemas["Password"]["writeOnly"] is True
    assert "password" not in schemas["User"]["properties"]
