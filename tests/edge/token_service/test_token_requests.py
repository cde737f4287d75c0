"""What a request to the token endpoint must be: lines T1 to T3 and T8 of RFC 6749, as tables."""

from urllib.parse import urlencode

import httpx
import pytest

from tests.edge.token_service.world import PASSWORD, World, outcome

FORM = "application/x-www-form-urlencoded"
PASSWORD_FORM = {"grant_type": "password", "username": "alice", "password": PASSWORD}
GOOD = urlencode(PASSWORD_FORM).encode()


def post(
    world: World, body: bytes = GOOD, *, content_type: str | None = FORM, query: str = ""
) -> httpx.Response:
    headers = dict(world.basic)
    if content_type is not None:
        headers["Content-Type"] = content_type
    return world.send("POST", f"/o/token/{query}", headers=headers, content=body)


@pytest.mark.parametrize("path", ["/o/token", "/o/token/"])
def test_token_endpoint_answers_with_and_without_the_slash(world: World, path: str) -> None:
    headers = {**world.basic, "Content-Type": FORM}

    response = world.send("POST", path, headers=headers, content=GOOD)

    assert response.status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_t1_other_methods_are_405_and_name_post(world: World, method: str) -> None:
    response = world.send(method, "/o/token/", headers=world.basic)

    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "content_type",
    [
        FORM,
        "Application/X-WWW-Form-Urlencoded",
        f"{FORM};charset=UTF-8",
        f'{FORM}; charset="utf-8"',
    ],
)
def test_t2_forms_in_utf_8_are_read(world: World, content_type: str) -> None:
    assert post(world, content_type=content_type).status_code == 200


@pytest.mark.parametrize(
    "content_type",
    [None, "", "application/json", "multipart/form-data; boundary=x", f"{FORM}x", f"{FORM}, {FORM}",
     f"{FORM}; charset=latin-1"],
)  # fmt: skip
def test_t2_other_content_types_are_not_read(world: World, content_type: str | None) -> None:
    assert outcome(post(world, content_type=content_type)) == (400, "invalid_request")


@pytest.mark.parametrize(
    "query",
    ["?client_secret=x", "?password=x", "?refresh_token=x", "?x=1&client%5Fsecret=x", "?code=x"],
)
def test_t2_secrets_in_the_uri_are_refused(world: World, query: str) -> None:
    assert outcome(post(world, query=query)) == (400, "invalid_request")


def test_t2_parameters_in_the_uri_are_not_taken(world: World) -> None:
    response = post(world, b"username=alice", query="?grant_type=client_credentials")

    assert outcome(response) == (400, "invalid_request")


@pytest.mark.parametrize(
    "more",
    [b"&foo=bar", b"&scope(0)=create&scope(1)=read", b"&=x", b"&&", b"&state", b"&scope="],
    ids=["unknown", "the seed's scope(0)", "no name", "nothing", "no value", "empty scope"],
)
def test_t3_unknown_and_empty_parameters_are_as_if_absent(world: World, more: bytes) -> None:
    response = post(world, GOOD + more)

    assert response.status_code == 200
    assert response.json()["scope"] == "create post read widget"


@pytest.mark.parametrize(
    "body",
    [
        GOOD + b"&username=bob",
        GOOD + b"&username=alice",
        GOOD + b"&grant_type=client_credentials",
        GOOD + b"&scope=read&scope=",
        GOOD + b"&foo=1&foo=2",
        GOOD + b"&user%6Eame=bob",
    ],
)
def test_t3_a_parameter_sent_twice_is_invalid_request(world: World, body: bytes) -> None:
    assert outcome(post(world, body)) == (400, "invalid_request")


@pytest.mark.parametrize("missing", ["grant_type", "username", "password"])
@pytest.mark.parametrize("empty", [True, False])
def test_t3_a_required_parameter_left_out_or_empty_is_invalid_request(
    world: World, missing: str, empty: bool
) -> None:
    form = {name: value for name, value in PASSWORD_FORM.items() if name != missing}
    if empty:
        form[missing] = ""

    assert outcome(world.token(form)) == (400, "invalid_request")


@pytest.mark.parametrize(
    "body",
    [
        GOOD + b"&a=%zz",
        GOOD + b"&a=%",
        GOOD + b"&a=%ff",
        GOOD + b"&a=\xff",
        GOOD + b"&a=%00",
        GOOD + b"&a=b%0d%0ac",
        GOOD + b"&a%7f=b",
        GOOD + b"&a=%ed%a0%80",
    ],
    ids=["bad escape", "cut escape", "latin-1", "raw octet", "nul", "line", "del", "surrogate"],
)
def test_a_body_that_is_not_clean_utf_8_is_invalid_request(world: World, body: bytes) -> None:
    assert outcome(post(world, body)) == (400, "invalid_request")


def test_text_beyond_ascii_is_taken_raw_and_escaped(world: World) -> None:
    world.service.administration.create_user("zoë", "pässwörd-of-zoë")
    form = {"grant_type": "password", "username": "zoë", "password": "pässwörd-of-zoë"}
    raw = "&".join(f"{name}={value}" for name, value in form.items()).encode()

    assert world.token(form).status_code == 200
    assert post(world, raw).status_code == 200


@pytest.mark.parametrize(("padding", "status"), [(0, 200), (1, 413), (1_000_000, 413)])
def test_bodies_over_64_kib_are_413(world: World, padding: int, status: int) -> None:
    body = GOOD + b"&x="
    body += b"x" * (65536 - len(body) + padding)

    assert post(world, body).status_code == status


def test_a_coded_body_is_415(world: World) -> None:
    headers = {**world.basic, "Content-Type": FORM, "Content-Encoding": "gzip"}

    response = world.send("POST", "/o/token/", headers=headers, content=GOOD)

    assert outcome(response) == (415, "invalid_request")


def test_two_authorization_headers_are_invalid_request(world: World) -> None:
    header = ("Authorization", world.basic["Authorization"])

    response = world.send(
        "POST", "/o/token/", headers=[header, header, ("Content-Type", FORM)], content=GOOD
    )

    assert outcome(response) == (400, "invalid_request")


@pytest.mark.parametrize(
    "form",
    [
        PASSWORD_FORM,
        {**PASSWORD_FORM, "password": "wrong"},
        {**PASSWORD_FORM, "scope": "nonsense"},
        {"grant_type": "implicit"},
        {},
    ],
    ids=["token", "invalid_grant", "invalid_scope", "unsupported_grant_type", "invalid_request"],
)
def test_t8_no_answer_is_kept_by_anyone(world: World, form: dict[str, str]) -> None:
    response = world.token(form)

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Pragma"] == "no-cache"
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
