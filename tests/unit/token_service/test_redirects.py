"""Redirect URIs: exact but for a loopback port, and what becomes of tricks with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_service.redirects import destination, form_target, is_registered, with_parameters

REGISTERED = (
    "https://radio.example/callback",
    "https://radio.example/other?kind=web",
    "http://127.0.0.1:8099/callback",
    "http://[::1]/callback",
    "com.example.radio:/callback",
)

TRICKS = {
    "longer path": "https://radio.example/callback/more",
    "shorter path": "https://radio.example/",
    "slash added": "https://radio.example/callback/",
    "path in another case": "https://radio.example/Callback",
    "host in another case": "https://RADIO.example/callback",
    "scheme in another case": "HTTPS://radio.example/callback",
    "query added": "https://radio.example/callback?next=https://evil.example",
    "query left out": "https://radio.example/other",
    "query changed": "https://radio.example/other?kind=web&kind=app",
    "fragment": "https://radio.example/callback#code",
    "empty fragment": "https://radio.example/callback#",
    "http for https": "http://radio.example/callback",
    "port": "https://radio.example:443/callback",
    "another port": "https://radio.example:8443/callback",
    "subdomain": "https://evil.radio.example/callback",
    "suffix of the host": "https://radio.example.evil.example/callback",
    "host as user": "https://radio.example@evil.example/callback",
    "user before host": "https://evil@radio.example/callback",
    "backslash": "https://evil.example\\@radio.example/callback",
    "dot segments": "https://radio.example/x/../callback",
    "coded dots": "https://radio.example/%2e%2e/callback",
    "coded letter": "https://radio.example/c%61llback",
    "dot behind the host": "https://radio.example./callback",
    "line feed": "https://radio.example/callback\n",
    "leading blank": " https://radio.example/callback",
    "NUL": "https://radio.example/callback\0",
    "no scheme": "//radio.example/callback",
    "path only": "/callback",
    "two at once": "https://radio.example/callback https://evil.example/",
    "script": "javascript:alert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "letters that look alike": "https://r\u0430dio.example/callback",
    "loopback by name": "http://localhost:8099/callback",
    "loopback with https": "https://127.0.0.1:8099/callback",
    "another loopback address": "http://127.0.0.2:8099/callback",
    "loopback as a number": "http://2130706433:8099/callback",
    "loopback as user": "http://127.0.0.1:8099@evil.example/callback",
    "loopback as prefix": "http://127.0.0.1.evil.example/callback",
    "loopback, another path": "http://127.0.0.1:8099/callback2",
    "loopback, a query": "http://127.0.0.1:8099/callback?x=1",
    "loopback, a fragment": "http://127.0.0.1:8099/callback#x",
    "loopback, port beyond all": "http://127.0.0.1:65536/callback",
    "loopback, long port": "http://127.0.0.1:000008099/callback",
    "loopback, port of other digits": "http://127.0.0.1:\u0668\u0660/callback",
    "loopback, empty port": "http://127.0.0.1:/callback",
    "loopback, signed port": "http://127.0.0.1:-80/callback",
    "custom scheme, another path": "com.example.radio:/callback2",
    "custom scheme with host": "com.example.radio://evil/callback",
    "": "",
}


@pytest.mark.parametrize("uri", REGISTERED)
def test_a_registered_uri_may_be_named(uri: str) -> None:
    assert is_registered(uri, REGISTERED)


@pytest.mark.parametrize("uri", TRICKS.values(), ids=TRICKS)
def test_t48_what_is_not_the_same_is_another(uri: str) -> None:
    assert not is_registered(uri, REGISTERED)


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1/callback",
        "http://127.0.0.1:1/callback",
        "http://127.0.0.1:65535/callback",
        "http://[::1]:49152/callback",
    ],
)
def test_t48_of_a_loopback_address_the_port_may_differ(uri: str) -> None:
    assert is_registered(uri, REGISTERED)


def test_nothing_is_registered_for_who_registered_nothing() -> None:
    assert not is_registered("", ())
    assert not is_registered("http://127.0.0.1/", ())


@given(st.text())
def test_no_text_is_taken_for_a_registered_uri_but_its_own(text: str) -> None:
    if is_registered(text, REGISTERED):
        assert text in REGISTERED or text.startswith(("http://127.0.0.1", "http://[::1]"))


@pytest.mark.parametrize(
    ("uri", "answer"),
    [
        ("https://a.example/cb", "https://a.example/cb?code=x+y&iss=https%3A%2F%2Fi"),
        ("https://a.example/cb?k=v", "https://a.example/cb?k=v&code=x+y&iss=https%3A%2F%2Fi"),
        ("com.example:/cb", "com.example:/cb?code=x+y&iss=https%3A%2F%2Fi"),
    ],
)
def test_an_answer_leaves_the_query_of_the_uri_as_it_is(uri: str, answer: str) -> None:
    told = {"code": "x y", "state": None, "iss": "https://i"}

    assert with_parameters(uri, told) == answer


def test_no_value_of_an_answer_breaks_out_of_its_parameter() -> None:
    told = {"state": "a&code=b#c\r\nd\u00e9%"}

    assert with_parameters("https://a.example/", told) == (
        "https://a.example/?state=a%26code%3Db%23c%0D%0Ad%C3%A9%25"
    )


@pytest.mark.parametrize(
    ("uri", "words", "target"),
    [
        ("https://radio.example/cb", "radio.example", "https://radio.example"),
        ("https://radio.example:8443/cb", "radio.example:8443", "https://radio.example:8443"),
        ("http://radio.example/", "radio.example, without encryption", "http://radio.example"),
        ("https://bank.example@evil.example/", "evil.example", "https://evil.example"),
        (
            "http://127.0.0.1:8099/cb",
            "a program on this computer (127.0.0.1:8099)",
            "http://127.0.0.1:8099",
        ),
        ("http://[::1]:80/", "a program on this computer ([::1]:80)", "http://*:*"),
        ("https://a;b.example/", "a;b.example", "https://*:*"),
        (
            "com.example.radio:/cb",
            "the application on this device that opens com.example.radio: addresses",
            "com.example.radio:",
        ),
    ],
)  # fmt: skip
def test_where_a_uri_leads_is_told_in_words_and_to_the_policy_of_the_page(
    uri: str, words: str, target: str
) -> None:
    assert destination(uri) == words
    assert form_target(uri) == target
