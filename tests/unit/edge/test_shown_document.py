"""The document as Swagger UI is shown it: whatever it says, nothing leads elsewhere."""

import json
from typing import Any

from gateway.edge.docs.page import docs_html
from gateway.edge.docs.shown import Login, shown_document
from tests.edge.gateway.world import OAUTH, document, loaded, operation, settings_of

LOGIN = Login(
    "docs", "http://us/o/authorize/", "http://us/o/token/", "http://us/back", "http://us/o"
)
EVIL = "https://evil.example"
FLOWS = {
    "authorizationCode": {
        "authorizationUrl": f"{EVIL}/a",
        "tokenUrl": f"{EVIL}/t",
        "refreshUrl": f"{EVIL}/r",
        "scopes": {"read": "see"},
    },
    "password": {"tokenUrl": f"{EVIL}/t", "scopes": {"read": "see it", "admin": "all"}},
}


def shown(schemes: Any, *, login: Login | None = LOGIN, **more: Any) -> dict[str, Any]:
    settings = more.pop("settings", None)
    name = next(iter(schemes))
    text = document({"/a": {"get": operation([{name: ["read"]}])}}, schemes=schemes, **more)
    return shown_document(loaded(text, settings), login)


def schemes_of(document: dict[str, Any]) -> Any:
    return document["components"]["securitySchemes"]


def test_a_scheme_of_ours_logs_in_with_us_by_code_alone() -> None:
    (scheme,) = schemes_of(shown({"oauth": {"type": "oauth2", "flows": FLOWS}})).values()

    assert scheme == {
        "type": "oauth2",
        "flows": {
            "authorizationCode": {
                "authorizationUrl": "http://us/o/authorize/",
                "tokenUrl": "http://us/o/token/",
                "scopes": {"read": "see"},
            }
        },
    }


def test_where_no_flow_is_for_people_they_get_what_is_declared() -> None:
    (scheme,) = schemes_of(shown({"oauth": OAUTH})).values()

    assert set(scheme["flows"]) == {"authorizationCode"}
    assert set(scheme["flows"]["authorizationCode"]["scopes"]) == {"read", "write", "admin"}


def test_an_openid_connect_scheme_of_ours_is_not_looked_up() -> None:
    scheme = {"type": "openIdConnect", "openIdConnectUrl": f"{EVIL}/.well-known"}

    made = shown({"oidc": scheme})

    assert schemes_of(made)["oidc"]["flows"]["authorizationCode"]["scopes"] == {"read": ""}
    assert EVIL not in json.dumps(made)


def test_where_nobody_logs_in_here_a_token_is_pasted() -> None:
    bound = {"oauth": {"issuer": "https://id.example", "audience": "api"}}

    made = shown({"oauth": {"type": "oauth2", "flows": FLOWS}}, settings=settings_of(bound))

    (scheme,) = schemes_of(made).values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert scheme["description"] == "Paste an access token of https://id.example"
    assert EVIL not in json.dumps(made)
    (scheme,) = schemes_of(shown({"oauth": OAUTH}, login=None)).values()
    assert scheme["scheme"] == "bearer"


def test_calls_come_to_us_whatever_servers_are_named() -> None:
    servers = [{"url": f"{EVIL}/v1"}]
    item = {"servers": servers, "get": operation(servers=servers)}
    schema = {"type": "object", "properties": {"servers": {"type": "string"}}}
    text = document({"/a": item}, servers=servers, components={"schemas": {"A": schema}})

    made = shown_document(loaded(text), LOGIN)

    assert made["servers"] == [{"url": "/v1"}]
    assert "servers" not in made["paths"]["/a"]
    assert "servers" not in made["paths"]["/a"]["get"]
    assert made["components"]["schemas"]["A"] == schema


def test_the_document_itself_stays_as_it_is() -> None:
    text = document({"/a": {"servers": [{"url": EVIL}], "get": operation()}})
    world = loaded(text)

    shown_document(world, LOGIN)

    assert world.description.document == text


def test_nobody_is_asked_to_type_a_login_session() -> None:
    cookie = {"type": "apiKey", "in": "cookie", "name": "session"}
    either = [{"cookie": []}, {"oauth": ["read"]}, {}]
    paths = {
        "/a": {"get": operation(either)},
        "/b": {"get": operation([{"cookie": [], "oauth": ["read"]}])},
        "/c": {"get": operation([{"cookie": []}])},
    }
    text = document(paths, schemes={"cookie": cookie, "oauth": OAUTH}, security=[{"cookie": []}])

    made = shown_document(loaded(text, settings_of({"cookie": {"session": True}})), LOGIN)

    assert set(schemes_of(made)) == {"oauth"}
    asked = [item["get"]["security"] for item in made["paths"].values()]
    assert asked == [[{"oauth": ["read"]}, {}], [{"oauth": ["read"]}], []]
    assert made["security"] == []


def test_a_document_of_oas_3_2_is_shown_as_the_one_before_and_told_so() -> None:
    text = {**document({"/a": {"get": operation()}}), "openapi": "3.2.0"}
    world = loaded(text)

    page = docs_html(world.description, has_login=True).decode()

    assert shown_document(world, LOGIN)["openapi"] == "3.1.1"
    assert "The document is OAS 3.2.0" in page
    assert "is shown as" not in docs_html(loaded(document({})).description, has_login=True).decode()


def test_where_nothing_can_be_proven_nobody_is_asked_to_authorize() -> None:
    world = loaded(document({"/a": {"get": operation()}}, schemes={}))

    assert "securitySchemes" not in shown_document(world, LOGIN)["components"]
    assert b"Authorize" not in docs_html(world.description, has_login=True)
