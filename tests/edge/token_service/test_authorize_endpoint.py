"""The authorization endpoint: who is answered, where, and what no request is let through with."""

import json
import logging

import pytest

from tests.edge.token_service.browser import Browser, led_to
from tests.edge.token_service.code_flow import (
    ALLOW,
    URI,
    add_client,
    address,
    consent_form,
    signed_in,
)
from tests.edge.token_service.world import ISSUER, PASSWORD, World
from token_service.entities import ClientType


@pytest.fixture(autouse=True)
def radio(world: World) -> None:
    """A public client called Radio."""
    add_client(world)


def events(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    records = [each for each in caplog.records if each.name == "scopegate.audit"]
    return [json.loads(record.getMessage()) for record in records]


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": ""},
        {"client_id": "nobody"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": f"{URI}/"},
        {"redirect_uri": f"{URI}?next=https://evil.example"},
        {"client_id": "nobody", "response_type": "token", "prompt": "none"},
        {"redirect_uri": "https://evil.example/", "response_type": "token"},
        {"state": "x" * 9000},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("known", [True, False], ids=["signed in", "anonymous"])
def test_t54_without_a_registered_client_and_address_nothing_is_sent_anywhere(
    world: World, change: dict[str, str], method: str, known: bool
) -> None:
    browser = signed_in(world) if known else Browser(world)
    fields = [("decision", "allow"), ("scope", "read")]

    path = address(**change)
    response = browser.get(path) if method == "GET" else browser.post(path, fields)

    assert response.status_code == 400
    assert "location" not in response.headers
    assert "evil.example" not in response.text
    assert "refresh" not in response.headers


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token token"}, "unsupported_response_type"),
        ({"response_type": ""}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"scope": "read undeclared"}, "invalid_scope"),
        ({"scope": "read  post"}, "invalid_scope"),
        ({"resource": "https://other.example"}, "invalid_target"),
        ({"request_uri": "https://evil.example/"}, "request_uri_not_supported"),
        ({"prompt": "none"}, "login_required"),
    ],
    ids=str,
)
@pytest.mark.parametrize("state", ["x y&z", ""], ids=["state", "no state"])
def test_t33_a_refusal_goes_to_the_client_with_state_and_issuer(
    world: World, change: dict[str, str], error: str, state: str
) -> None:
    response = Browser(world).get(address(**change, state=state))

    where, answer = led_to(response)
    assert where == URI
    assert answer.pop("error_description").isascii()
    told = {"error": error, "iss": ISSUER, **({"state": state} if state else {})}
    assert answer == told
    assert response.headers["cache-control"] == "no-store"


def test_a_scope_beyond_the_ceiling_of_the_client_is_invalid(world: World) -> None:
    add_client(world, "reader", scopes="read")

    _, answer = led_to(Browser(world).get(address(client_id="reader", scope="read post")))

    assert answer["error"] == "invalid_scope"


def test_a_client_that_can_be_given_nothing_at_all_is_told_so(world: World) -> None:
    world.document.scopes = frozenset()

    _, answer = led_to(Browser(world).get(address()))

    assert answer["error"] == "invalid_scope"


def test_a_scope_that_the_flow_does_not_declare_is_invalid(world: World) -> None:
    world.document.by_grant["authorization_code"] = frozenset({"read"})

    _, answer = led_to(Browser(world).get(address(scope="post")))

    assert answer["error"] == "invalid_scope"


def test_a_client_without_the_grant_is_unauthorized(world: World) -> None:
    add_client(world, "device", grants=("urn:ietf:params:oauth:grant-type:device_code",))

    _, answer = led_to(Browser(world).get(address(client_id="device")))

    assert answer["error"] == "unauthorized_client"


def test_prompt_none_is_refused_to_who_is_signed_in_too(world: World) -> None:
    _, answer = led_to(signed_in(world).get(address(prompt="none")))

    assert answer["error"] == "consent_required"


def test_a_disabled_client_is_unknown(world: World) -> None:
    world.service.administration.set_client_active("radio", active=False)

    assert Browser(world).get(address()).status_code == 400


def test_nobody_is_sent_unasked_to_an_address_that_a_user_registered(world: World) -> None:
    alice = world.service.administration.find_user_by_name("alice")
    add_client(world, "homemade", owner=alice)
    request = address(client_id="homemade", response_type="token")

    anonymous = Browser(world).get(request)
    where, answer = led_to(signed_in(world).get(request))

    assert anonymous.headers["location"].startswith("/accounts/login/?next=")
    assert (where, answer["error"]) == (URI, "unsupported_response_type")


@pytest.mark.parametrize("slash", ["", "/"])
def test_who_is_not_signed_in_is_asked_to_and_comes_back(world: World, slash: str) -> None:
    browser, request = Browser(world), address().replace("/?", f"{slash}?")

    where, answer = led_to(browser.get(request))
    assert where == "/accounts/login/"
    login = browser.get(f"{where}?{'next=' + _quoted(answer['next'])}")
    assert "<bdi>Radio</bdi></strong> wants to use Songs in your name" in login.text
    back = browser.submit(consent_form(login).filled(username="alice", password=PASSWORD)).headers[
        "location"
    ]

    assert back == request
    assert "Radio</bdi> wants to use Songs" in browser.get(back).text


def _quoted(text: str) -> str:
    return text.replace("%", "%25").replace("&", "%26").replace("+", "%2B")


@pytest.mark.parametrize(
    "target",
    [
        "/o/applications/",
        "/o/authorize/?client_id=nobody",
        "/o/authorize/?client_id=radio&redirect_uri=https://evil.example/",
        "/o/authorized/?client_id=radio",
        "https://evil.example/o/authorize/?client_id=radio",
        "//evil.example/o/authorize/?client_id=radio",
    ],
)
def test_the_login_page_names_no_application_that_does_not_wait(world: World, target: str) -> None:
    page = Browser(world).get(f"/accounts/login/?next={_quoted(target)}")

    assert page.status_code == 200
    assert "wants to use" not in page.text


def test_a_code_comes_with_state_and_issuer_and_nothing_else(world: World) -> None:
    browser = signed_in(world)

    response = browser.submit(consent_form(browser.get(address())), button=ALLOW)

    where, answer = led_to(response)
    assert (where, sorted(answer)) == (URI, ["code", "iss", "state"])
    assert (answer["state"], answer["iss"]) == ("x y&z", ISSUER)
    assert len(answer["code"]) == 43


def test_of_a_loopback_address_the_port_may_be_any(world: World) -> None:
    add_client(world, "native", uris=("http://127.0.0.1/cb",))
    browser, uri = signed_in(world), "http://127.0.0.1:49152/cb"

    page = browser.get(address(client_id="native", redirect_uri=uri))
    where, _ = led_to(browser.submit(consent_form(page), button=ALLOW))

    assert where == uri
    assert "form-action 'self' http://127.0.0.1:49152;" in page.headers["content-security-policy"]


def test_an_address_left_out_is_the_one_that_is_registered(world: World) -> None:
    browser = signed_in(world)

    page = browser.get(address(redirect_uri=""))

    assert led_to(browser.submit(consent_form(page), button=ALLOW))[0] == URI


def test_t54_an_address_with_a_query_keeps_it(world: World) -> None:
    add_client(world, "query", uris=("https://radio.example/cb?kind=web",))
    browser = signed_in(world)

    page = browser.get(address(client_id="query", redirect_uri=""))
    _, answer = led_to(browser.submit(consent_form(page), button=ALLOW))

    assert sorted(answer) == ["code", "iss", "kind", "state"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_405(world: World, method: str) -> None:
    assert world.send(method, address()).status_code == 405


def test_what_happens_is_audited_without_secrets(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="scopegate.audit")
    browser = signed_in(world)

    browser.get(address(client_id="nobody"))
    browser.get(address(response_type="token"))
    granted = browser.submit(consent_form(browser.get(address(scope="read"))), button=ALLOW)

    unusable, refused, issued = events(caplog)[-3:]
    assert (unusable["event"], unusable["status"]) == ("authorization.refused", 400)
    assert "client_id" not in unusable
    assert (refused["client_id"], refused["error"]) == ("radio", "unsupported_response_type")
    assert (issued["event"], issued["scope"]) == ("code.issued", "read")
    assert str(issued["subject"]).startswith("user:")
    assert led_to(granted)[1]["code"] not in caplog.text


def test_a_confidential_client_needs_pkce_too(world: World) -> None:
    add_client(world, "server", type=ClientType.CONFIDENTIAL)

    request = address(client_id="server", code_challenge="", code_challenge_method="")
    _, answer = led_to(Browser(world).get(request))

    assert answer["error"] == "invalid_request"
