"""Clients that prove themselves in no way, in two ways or in an odd way: T4 to T7 of RFC 6749."""

import base64
import hmac
from collections.abc import Iterator

import pytest

from tests.advisories.served import FORM, TOKEN, Headers, Served, raw_basic, refused, served_world
from tests.edge.token_service.world import basic
from tests.unit.tokens.minting import base64url, segment
from token_service.entities import ClientType

OWN = {"grant_type": "client_credentials"}
ASSERTION = {
    "client_assertion": "a.b.c",
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_world(tmp_path_factory.mktemp("served")) as served:
        admin = served.world.service.administration
        admin.create_client("odd", grants=["client_credentials"], client_id="odd", secret=ODD)
        admin.create_client(
            "app", type=ClientType.PUBLIC, grants=["password", "refresh_token"], client_id="app"
        )
        admin.create_client("weak", grants=["client_credentials"], client_id="weak")
        yield served


#: a secret that is another one if a layer of encoding is left out or undone twice
ODD = "a+b%41c:d/e=f&g%"


def is_well(served: Served) -> bool:
    """Whether both ways of authentication work, each alone."""
    in_header = served.form(*OWN.items())
    in_body = served.form(*{**OWN, **in_form(served)}.items(), client=())
    return (in_header.status, in_body.status) == (200, 200)


def in_form(served: Served) -> dict[str, str]:
    world = served.world
    return {"client_id": world.client_id, "client_secret": world.client_secret}


TWO_WAYS: dict[str, dict[str, str]] = {
    "a-wrong-secret": {"client_secret": "wrong"},
    "an-assertion": ASSERTION,
    "another-client": {"client_id": "odd"},
    "another-client-with-its-secret": {"client_id": "odd", "client_secret": ODD},
}


@pytest.mark.parametrize("more", TWO_WAYS.values(), ids=TWO_WAYS)
def test_t4_two_ways_at_once_are_invalid_request(served: Served, more: dict[str, str]) -> None:
    refused(served.form(*{**OWN, **more}.items()), 400, "invalid_request")
    assert is_well(served)


def test_t4_the_same_right_secret_twice_is_still_two_ways(served: Served) -> None:
    refused(served.form(*{**OWN, **in_form(served)}.items()), 400, "invalid_request")
    named = {**OWN, "client_id": served.world.client_id}
    assert served.form(*named.items()).status == 200


def test_t4_a_secret_and_an_assertion_in_the_body_are_two_ways(served: Served) -> None:
    form = {**OWN, **in_form(served), **ASSERTION}

    refused(served.form(*form.items(), client=()), 400, "invalid_request")
    assert is_well(served)


@pytest.mark.parametrize("second", ["the same", "Bearer abc", "Basic eDp5", ""])
def test_t4_two_authorization_headers_are_invalid_request(served: Served, second: str) -> None:
    own = served.client[0]
    twice = [own, (own[0], own[1] if second == "the same" else second)]

    for headers in (twice, twice[::-1]):
        refused(served.form(*OWN.items(), client=headers), 400, "invalid_request")
    assert is_well(served)


def test_t5_each_part_of_basic_is_form_encoded_once(served: Served) -> None:
    right = tuple(basic("odd", ODD).items())
    raw = [raw_basic(f"odd:{ODD}".encode())]
    twice = tuple(basic("odd", "a%2Bb%2541c%3Ad%2Fe%3Df%26g%25").items())

    assert served.form(*OWN.items(), client=right).status == 200
    for headers in (raw, twice):
        refused(served.form(*OWN.items(), client=headers), 401, "invalid_client")
    in_body = {**OWN, "client_id": "odd", "client_secret": ODD}
    assert served.form(*in_body.items(), client=()).status == 200


def test_t5_an_encoded_client_id_is_decoded(served: Served) -> None:
    _, secret = served.world.client_id, served.world.client_secret
    encoded = "".join(f"%{ord(letter):02x}" for letter in served.world.client_id)

    answer = served.form(*OWN.items(), client=[raw_basic(f"{encoded}:{secret}".encode())])

    assert answer.status == 200


def _basic(text: str) -> Headers:
    return [("Authorization", f"Basic {text}")]


def _plain(pair: bytes) -> Headers:
    return [raw_basic(pair)]


NO_PROOF: dict[str, Headers] = {
    "nothing": [],
    "empty": [("Authorization", "")],
    "scheme-alone": [("Authorization", "Basic")],
    "bad-base64": _basic("!!!"),
    "cut-base64": _basic("YTpiYw"),
    "base64url": _basic(base64.urlsafe_b64encode(b"a:\xc3\xbf\xc3\xbf?>").decode()),
    "white-space-inside": _basic("YTpi YTpi"),
    "two-in-one": _basic("YTpi, Basic YTpi"),
    "octets-outside-ascii": _basic("\xff\xfe"),
    "no-colon": _plain(b"abc"),
    "colon-alone": _plain(b":"),
    "no-id": _plain(b":secret"),
    "no-secret": _plain(b"weak:"),
    "bad-escape": _plain(b"weak:%zz"),
    "bad-utf-8": _plain(b"weak:%ff"),
    "raw-latin-1": _plain(b"weak:\xff"),
    "nul": _plain(b"weak\x00:x"),
    "encoded-nul": _plain(b"weak%00:x"),
    "line-break": _plain(b"weak:a\r\nb"),
    "quote": _plain(b"' OR '1'='1:x"),
    "long": _plain(b"weak:" + b"x" * 15_000),
    "unknown": _plain(b"nobody:secret"),
    "upper-case": _plain(b"WEAK:secret"),
    "bearer": [("Authorization", "Bearer abc")],
    "digest": [("Authorization", 'Digest username="weak"')],
    "tab": [("Authorization", "Basic\tYTpi")],
    "no-scheme": [("Authorization", "YTpi")],
    "proxy": [("Proxy-Authorization", "Basic YTpi")],
    "another-header": [("X-Authorization", "Basic YTpi")],
    "cookie": [("Cookie", "client_id=weak; client_secret=x")],
}


@pytest.mark.parametrize("headers", NO_PROOF.values(), ids=NO_PROOF)
def test_t6_a_client_that_is_not_proven_is_401_with_a_challenge(
    served: Served, headers: Headers
) -> None:
    refused(served.form(*OWN.items(), client=headers), 401, "invalid_client")
    assert is_well(served)


def test_t6_the_right_credentials_under_another_name_prove_nothing(served: Served) -> None:
    value = served.client[0][1]
    places = [
        [("Proxy-Authorization", value)],
        [("X-Authorization", value)],
        [("Authorization", value.replace("Basic ", "Bearer "))],
        [("Authorization", value.replace("Basic ", "Basic\t"))],
    ]

    for headers in places:
        refused(served.form(*OWN.items(), client=headers), 401, "invalid_client")
    assert served.form(*OWN.items(), client=[("authorization", value)]).status == 200
    lower = value.replace("Basic", "bASIC")
    assert served.form(*OWN.items(), client=[("Authorization", lower)]).status == 200


IN_BODY: dict[str, tuple[dict[str, str], int, str]] = {
    "id-alone": ({"client_id": "weak"}, 401, "invalid_client"),
    "empty-secret": ({"client_id": "weak", "client_secret": ""}, 401, "invalid_client"),
    "wrong-secret": ({"client_id": "weak", "client_secret": "x"}, 401, "invalid_client"),
    "long-secret": ({"client_id": "weak", "client_secret": "x" * 60_000}, 401, "invalid_client"),
    "unknown": ({"client_id": "nobody", "client_secret": "x"}, 401, "invalid_client"),
    "long-id": ({"client_id": "x" * 60_000, "client_secret": "x"}, 401, "invalid_client"),
    "assertion": ({"client_id": "weak", **ASSERTION}, 401, "invalid_client"),
    "assertion-alone": (ASSERTION, 401, "invalid_client"),
    "secret-alone": ({"client_secret": "x"}, 400, "invalid_request"),
    "public-with-a-secret": ({"client_id": "app", "client_secret": "x"}, 401, "invalid_client"),
    "public-on-its-own": ({"client_id": "app"}, 400, "unauthorized_client"),
}


@pytest.mark.parametrize(("named", "status", "code"), IN_BODY.values(), ids=IN_BODY)
def test_t6_a_client_in_the_body_is_held_to_the_same(
    served: Served, named: dict[str, str], status: int, code: str
) -> None:
    refused(served.form(*{**OWN, **named}.items(), client=()), status, code)
    assert is_well(served)


@pytest.mark.parametrize("password", ["a-password-for-alice", "wrong"])
def test_t7_a_public_client_gets_no_password_grant_whatever_the_password(
    served: Served, password: str
) -> None:
    form = {"grant_type": "password", "username": "alice", "password": password}
    named = {**form, "client_id": "app"}

    refused(served.form(*named.items(), client=()), 400, "unauthorized_client")
    assert served.password().status == 200


def test_no_answer_repeats_what_was_sent(served: Served) -> None:
    marker = "mark3r"
    changes = ("grant_type", "scope", "username", "password", "client_id", marker)

    answers = [served.password(**{name: marker}) for name in changes]
    answers.append(served.form(*OWN.items(), client=[raw_basic(f"{marker}:{marker}".encode())]))
    answers.append(served.send("POST", f"{TOKEN}?password={marker}", [*served.client, FORM]))

    assert [answer.status for answer in answers] == [400, 400, 400, 400, 400, 200, 401, 400]
    assert not [answer for answer in answers if marker.encode() in answer.body]
    assert served.password().status == 200


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_a_client_secret_signs_no_access_token(served: Served, alg: str) -> None:
    granted = served.form(*OWN.items()).json()["access_token"]
    claims = served.world.token_claims(granted)
    header = {"typ": "at+jwt", "kid": served.world.service.keyring.active.kid}
    forged = f"{segment({**header, 'alg': alg})}.{segment(claims)}"
    secret = served.world.client_secret.encode()
    signature = hmac.new(secret, forged.encode(), f"sha{alg[2:]}").digest()

    answer = served.songs(f"{forged}.{base64url(signature)}")

    assert answer.status == 401
    assert 'error="invalid_token"' in answer.header("www-authenticate")
    assert served.songs(granted).status == 200
