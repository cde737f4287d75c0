"""Credentials in headers: where a bearer token may stand, and how it may be written."""

from collections.abc import Iterator

import pytest

from tests.e2e.edges import serving_edges
from tests.e2e.servers import Server
from tests.e2e.wire import Reply

BARE = 'Bearer realm="oauth", scope="write"'
INVALID = 'Bearer realm="oauth", error="invalid_token"'
AMBIGUOUS = 'Bearer realm="oauth", error="invalid_request"'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_edges(tmp_path_factory.mktemp("credentials")) as running:
        yield running


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    return server.token("write")


def post(server: Server, *values: str, name: str = "Authorization", query: str = "") -> Reply:
    """Post a song with these Authorization headers, or headers of another name."""
    headers = [(name, value) for value in values]
    return server.call("POST", f"/songs{query}", json={}, headers=headers)


def challenge_of(answer: Reply) -> str:
    """The challenge, without the address of the metadata that each of a 401 ends with."""
    return answer.header("www-authenticate").partition(", resource_metadata=")[0]


TAKEN = {
    "Bearer": "Bearer {}",
    "bearer in small letters": "bearer {}",
    "bearer in capitals": "BEARER {}",
    "bearer in both": "bEaReR {}",
    "two spaces": "Bearer  {}",
    "many spaces": "Bearer          {}",
    "spaces before": "   Bearer {}",
    "a tab before": "\tBearer {}",
    "spaces after": "Bearer {}   ",
    "a tab after": "Bearer {}\t",
}


@pytest.mark.parametrize("value", TAKEN.values(), ids=TAKEN)
def test_a_token_behind_bearer_and_spaces_is_taken(server: Server, token: str, value: str) -> None:
    answer = post(server, value.format(token))

    assert answer.status == 200


ABSENT = {
    "Bearer alone": "Bearer",
    "Bearer and spaces": "Bearer   ",
    "an empty header": "",
    "a tab between": "Bearer\t{}",
    "a no-break space between": "Bearer\xa0{}",
    "nothing between": "Bearer{}",
    "a colon between": "Bearer:{}",
    "an equals sign between": "Bearer={}",
    "a comma before": ", Bearer {}",
    "Basic": "Basic {}",
    "Basic of a user": "Basic YWxpY2U6c2VjcmV0",
    "Digest": 'Digest username="alice"',
    "DPoP": "DPoP {}",
    "Token": "Token {}",
    "JWT": "JWT {}",
    "the token alone": "{}",
    "Bearers": "Bearers {}",
    "Bearer in quotes": '"Bearer" {}',
    "a letter like B": "\u0392earer {}",
}


@pytest.mark.parametrize("value", ABSENT.values(), ids=ABSENT)
def test_what_is_no_bearer_token_is_as_if_nothing_was_sent(
    server: Server, token: str, value: str
) -> None:
    octets = value.format(token).encode().decode("latin-1")

    answers = [post(server), post(server, octets)]

    assert [answer.status for answer in answers] == [401, 401]
    assert [challenge_of(answer) for answer in answers] == [BARE, BARE]


MALFORMED = {
    "in quotes": 'Bearer "{}"',
    "in single quotes": "Bearer '{}'",
    "in angles": "Bearer <{}>",
    "in brackets": "Bearer [{}]",
    "with a comma after": "Bearer {},",
    "with a comma before": "Bearer ,{}",
    "with a semicolon after": "Bearer {};",
    "with padding": "Bearer {}=",
    "with a percent sign": "Bearer {}%20",
    "with an octet 0x80 after": "Bearer {}\x80",
    "with an octet 0xff after": "Bearer {}\xff",
    "with an octet 0xff before": "Bearer \xff{}",
    "with a no-break space after": "Bearer {}\xa0",
    "with UTF-8 after": "Bearer {}\xc3\xa9",
    "with a zero-width space after": "Bearer {}\xe2\x80\x8b",
    "only octets beyond ASCII": "Bearer \x80\xfe\xff",
    "of 20,000 letters": "Bearer " + "a" * 20_000,
    "of 20,000 letters in three parts": "Bearer a." + "a" * 20_000 + ".a",
    "of 10,000 dots": "Bearer " + "." * 10_000,
    "that is a word": "Bearer null",
    "that is undefined": "Bearer undefined",
}


@pytest.mark.parametrize("value", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_token_is_invalid_and_not_absent(
    server: Server, token: str, value: str
) -> None:
    answer = post(server, value.format(token))

    assert answer.status == 401
    assert challenge_of(answer) == INVALID


SEVERAL = {
    "the same header twice": ("Bearer {}", "Bearer {}"),
    "a good one and a bad one": ("Bearer {}", "Bearer junk"),
    "a bad one and a good one": ("Bearer junk", "Bearer {}"),
    "a good one and an empty one": ("Bearer {}", ""),
    "Basic and Bearer": ("Basic YWxpY2U6c2VjcmV0", "Bearer {}"),
    "two tokens parted by a comma": ("Bearer {}, Bearer {}",),
    "two tokens parted by a comma alone": ("Bearer {},{}",),
    "two tokens parted by a space": ("Bearer {} {}",),
    "two tokens parted by a tab": ("Bearer {}\t{}",),
    "a good token and a bad one": ("Bearer {}, Bearer junk",),
    "Bearer twice": ("Bearer Bearer {}",),
}


@pytest.mark.parametrize("values", SEVERAL.values(), ids=SEVERAL)
def test_several_credentials_are_400_and_none_is_chosen(
    server: Server, token: str, values: tuple[str, ...]
) -> None:
    answer = post(server, *(value.replace("{}", token) for value in values))

    assert answer.status == 400
    assert challenge_of(answer) == AMBIGUOUS


@pytest.mark.parametrize(
    "query", ["?access_token={}", "?x=1&access_token={}", "?acc%65ss_token={}", "?access_token="]
)
def test_a_token_in_the_header_and_one_in_the_query_are_two_methods(
    server: Server, token: str, query: str
) -> None:
    target = query.format(token)

    both, alone = post(server, f"Bearer {token}", query=target), post(server, query=target)

    assert (both.status, challenge_of(both)) == (400, AMBIGUOUS)
    assert (alone.status, challenge_of(alone)) == (401, BARE)


OTHER_HEADERS = (
    *("Proxy-Authorization", "X-Authorization", "Authorisation", "X-Access-Token", "Access-Token"),
    *("X-Auth-Token", "X-Forwarded-Access-Token", "X-Original-Authorization", "Authorization_"),
    *("X-Forwarded-Authorization", "X-Amzn-Oidc-Data", "HTTP_AUTHORIZATION", "Token"),
)


@pytest.mark.parametrize("name", OTHER_HEADERS)
def test_a_token_in_another_header_is_as_if_absent(server: Server, token: str, name: str) -> None:
    answer = post(server, f"Bearer {token}", name=name)

    assert (answer.status, challenge_of(answer)) == (401, BARE)


@pytest.mark.parametrize("cookie", ["access_token={}", "Authorization=Bearer {}", "token={}"])
def test_a_token_in_a_cookie_is_as_if_absent(server: Server, token: str, cookie: str) -> None:
    answer = post(server, cookie.format(token), name="Cookie")

    assert (answer.status, challenge_of(answer)) == (401, BARE)


def test_a_token_in_the_body_is_as_if_absent_and_the_body_is_never_looked_at(
    server: Server, token: str
) -> None:
    answers = [
        server.call("POST", "/songs", form={"access_token": token}),
        server.call("POST", "/songs", json={"access_token": token}),
    ]

    assert [answer.status for answer in answers] == [401, 401]
    assert [challenge_of(answer) for answer in answers] == [BARE, BARE]


def test_a_token_in_the_body_beside_a_good_one_is_a_parameter_like_any(
    server: Server, token: str
) -> None:
    answer = server.call("POST", "/songs", form={"access_token": token}, token=token)

    assert answer.status == 200


def test_a_header_over_the_limit_is_431_and_no_token_of_it_is_looked_at(server: Server) -> None:
    assert post(server, "Bearer " + "a" * 70_000).status == 431


def test_on_an_operation_without_a_scheme_nothing_is_looked_at(server: Server) -> None:
    values = ["Bearer junk", "Bearer a, Bearer b", "Basic x", "Bearer \xff"]

    answers = [
        server.call("GET", "/open?access_token=x", headers=[("Authorization", v)] * 2)
        for v in values
    ]

    assert [answer.status for answer in answers] == [200] * len(values)
