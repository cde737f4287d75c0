"""Each reader from both sides: what it takes, and the nearest text that it does not."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.settings.networks import read_networks
from gateway.settings.readers import (
    constant,
    read_choice,
    read_flag,
    read_list,
    read_optional,
    read_text,
    read_upstream,
    read_url,
    read_whole,
)

WHOLE = read_whole(1, 20)
CHOICE = read_choice("deny", "public")


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        pytest.param(read_text, "x", "x", id="text"),
        pytest.param(read_optional, "x", "x", id="optional"),
        pytest.param(read_optional, "", None, id="optional, empty"),
        pytest.param(WHOLE, "1", 1, id="least"),
        pytest.param(WHOLE, "20", 20, id="most"),
        pytest.param(WHOLE, "007", 7, id="leading zeros"),
        pytest.param(CHOICE, "deny", "deny", id="choice"),
        pytest.param(read_flag, "ON", True, id="on, in any case"),
        pytest.param(read_flag, "1", True, id="1"),
        pytest.param(read_flag, "yes", True, id="yes"),
        pytest.param(read_flag, "true", True, id="true"),
        pytest.param(read_flag, "off", False, id="off"),
        pytest.param(read_flag, "", False, id="an empty variable is off"),
        pytest.param(read_flag, "0", False, id="0"),
        pytest.param(read_flag, "No", False, id="no"),
        pytest.param(read_url, "https://a.example", "https://a.example", id="https"),
        pytest.param(read_url, "http://a.example:8/p/", "http://a.example:8/p", id="slash goes"),
        pytest.param(read_list, "a, b  c,,d", ("a", "b", "c", "d"), id="list"),
        pytest.param(read_list, " , ", (), id="empty list"),
        pytest.param(read_networks, "10.0.0.0/8", ("10.0.0.0/8",), id="network"),
        pytest.param(read_networks, "10.0.0.0/255.0.0.0", ("10.0.0.0/8",), id="netmask"),
        pytest.param(
            read_networks, "192.0.2.1, ::1", ("192.0.2.1/32", "::1/128"), id="comma and space"
        ),
        pytest.param(read_networks, "::ffff:10.0.0.1", ("10.0.0.1/32",), id="mapped address"),
        pytest.param(read_networks, "::ffff:10.0.0.0/104", ("10.0.0.0/8",), id="mapped network"),
        pytest.param(
            read_networks, "0.0.0.0/1 ::/1", ("0.0.0.0/1", "::/1"), id="half of all addresses"
        ),
        pytest.param(
            read_networks, "192.0.2.1 ::1", ("192.0.2.1/32", "::1/128"), id="single addresses"
        ),
        pytest.param(read_networks, "", (), id="no networks"),
    ],
)
def test_a_reader_takes(read: Callable[[str], Any], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        pytest.param(read_text, "", "must not be empty", id="empty text"),
        pytest.param(read_text, " \t", "must not be empty", id="blank text"),
        pytest.param(WHOLE, "0", "from 1 to 20", id="below"),
        pytest.param(WHOLE, "21", "from 1 to 20", id="above"),
        pytest.param(WHOLE, "-1", "from 1 to 20", id="negative"),
        pytest.param(WHOLE, "+1", "from 1 to 20", id="plus"),
        pytest.param(WHOLE, "1.0", "from 1 to 20", id="fraction"),
        pytest.param(WHOLE, " 1", "from 1 to 20", id="space"),
        pytest.param(WHOLE, "1_0", "from 1 to 20", id="underscore"),
        pytest.param(WHOLE, "\u0661", "from 1 to 20", id="digit of another script"),
        pytest.param(WHOLE, "", "from 1 to 20", id="empty number"),
        pytest.param(CHOICE, "denny", "did you mean `deny`?", id="near choice"),
        pytest.param(CHOICE, "PUBLIC", "must be one of deny, public", id="case of a choice"),
        pytest.param(CHOICE, "", "must be one of deny, public", id="empty choice"),
        pytest.param(read_flag, "enabled", "must be on or off", id="flag"),
        pytest.param(read_url, "a.example", "http or https URL", id="no scheme"),
        pytest.param(read_url, "file:///etc", "http or https URL", id="file"),
        pytest.param(read_url, "https://", "http or https URL", id="no host"),
        pytest.param(read_url, "https://a.example?x=1", "without query", id="query"),
        pytest.param(read_url, "https://a.example#x", "without query and fragment", id="fragment"),
        pytest.param(read_url, "https://u@a.example", "user name or password", id="user"),
        pytest.param(read_url, "https://:p@a.example", "user name or password", id="password"),
        pytest.param(read_url, "https://[::1", "Invalid IPv6", id="bracket"),
        pytest.param(read_networks, "10.0.0.0/8 nope", "nope", id="no network"),
        pytest.param(read_networks, "10.0.0/8", "10.0.0/8", id="short network"),
        pytest.param(
            read_networks, "10.0.0.1/8", "did you mean `10.0.0.0/8`, or `10.0.0.1`?", id="host bits"
        ),
        pytest.param(read_networks, "10.0.0.1,,10.0.0.2", "between commas", id="empty item"),
        pytest.param(read_networks, "10.0.0.1,", "between commas", id="empty last item"),
        pytest.param(read_networks, ",", "between commas", id="commas alone"),
        pytest.param(read_networks, "0.0.0.0/0", "`0.0.0.0/0` is everybody", id="all of IPv4"),
        pytest.param(read_networks, "::/0", "`::/0` is everybody", id="all of IPv6"),
        pytest.param(read_networks, "::ffff:0:0/96", "`0.0.0.0/0` is everybody", id="mapped all"),
        pytest.param(
            read_networks, "0.0.0.0/1 128.0.0.0/1", "`0.0.0.0/0` is everybody", id="two halves"
        ),
    ],
)
def test_a_reader_refuses(read: Callable[[str], Any], text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("?", r"\?")):
        read(text)


@given(st.text(max_size=30))
def test_a_reader_of_numbers_is_total(text: str) -> None:
    try:
        value = WHOLE(text)
    except ValueError:
        return
    assert 1 <= value <= 20


@given(st.text(max_size=30))
def test_a_misspelt_choice_always_gets_a_nearest_word(text: str) -> None:
    assume(text not in {"deny", "public"})

    with pytest.raises(ValueError, match="did you mean `"):
        CHOICE(text)


def test_a_constant_depends_on_nothing() -> None:
    assert constant(3)({"port": 1}) == 3


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("", None),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("https://backend.example/api/v1/", "https://backend.example/api/v1"),
        ("http://[::1]:9000", "http://[::1]:9000"),
    ],
)
def test_an_upstream_is_a_url_with_a_path_or_none(text: str, url: str | None) -> None:
    assert read_upstream(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1:9000", "ftp://backend", "http://user:pw@backend", "http://backend?x=1",
        "http://backend/a/../b", "http://backend//a", "http://backend/a b", "http://b\u00fccher.example",
        "http://backend/a%0d%0ab", "http://", "http://backend:0", "http://backend\r\nX: 1",
    ],
)  # fmt: skip
def test_what_could_not_be_asked_as_it_is_written_is_no_upstream(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        read_upstream(text)
