"""Whose address a request comes from: the rightmost one that no trusted proxy has."""

import ipaddress

import pytest

from gateway.tokens.forwarded import client_address, is_among, read_address

PROXY = ipaddress.ip_address("10.0.0.1")
NETWORKS = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128"))


def told(*headers: tuple[str, str]) -> str:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return str(client_address(PROXY, raw, NETWORKS))


@pytest.mark.parametrize(
    ("value", "address"),
    [
        pytest.param("192.0.2.1", "192.0.2.1", id="one"),
        pytest.param("198.51.100.9, 192.0.2.1", "192.0.2.1", id="what-a-stranger-invented"),
        pytest.param("192.0.2.1, 10.0.0.2", "192.0.2.1", id="through-two-proxies"),
        pytest.param("evil, 10.0.0.2", "10.0.0.2", id="invention-behind-a-proxy"),
        pytest.param("10.0.0.3, 10.0.0.2", "10.0.0.3", id="a-proxy-itself"),
        pytest.param("192.0.2.1:4711", "192.0.2.1", id="with-port"),
        pytest.param("2001:db8::1", "2001:db8::1", id="ipv6"),
        pytest.param("[2001:db8::1]:4711", "2001:db8::1", id="ipv6-with-port"),
        pytest.param("::ffff:192.0.2.1", "192.0.2.1", id="mapped"),
        pytest.param("192.0.2.1,", "10.0.0.1", id="nothing-at-the-right"),
        pytest.param("unknown", "10.0.0.1", id="unknown"),
        pytest.param("", "10.0.0.1", id="empty"),
        pytest.param("192.0.2.1 10.0.0.2", "10.0.0.1", id="no-comma"),
        pytest.param("192.0.2.0/24", "10.0.0.1", id="a-network"),
    ],
)
def test_x_forwarded_for_is_read_from_the_right(value: str, address: str) -> None:
    assert told(("x-forwarded-for", value)) == address


def test_several_headers_are_one_list() -> None:
    assert told(("x-forwarded-for", "198.51.100.9"), ("x-forwarded-for", "192.0.2.1")) == (
        "192.0.2.1"
    )


@pytest.mark.parametrize(
    ("value", "address"),
    [
        pytest.param("for=192.0.2.1", "192.0.2.1", id="one"),
        pytest.param('For="[2001:db8::1]:4711";proto=https', "2001:db8::1", id="quoted"),
        pytest.param("for=198.51.100.9, for=192.0.2.1;by=10.0.0.1", "192.0.2.1", id="two"),
        pytest.param("for=192.0.2.1, for=10.0.0.2", "192.0.2.1", id="through-two-proxies"),
        pytest.param("for=_hidden", "10.0.0.1", id="hidden"),
        pytest.param("proto=https", "10.0.0.1", id="without-for"),
        pytest.param("for=192.0.2.1;for=192.0.2.2", "10.0.0.1", id="two-in-one"),
        pytest.param('for="192.0.2.1', "10.0.0.1", id="half-a-quote"),
    ],
)
def test_forwarded_is_read_from_the_right(value: str, address: str) -> None:
    assert told(("forwarded", value)) == address


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        pytest.param("for=192.0.2.1", "192.0.2.1", id="agree"),
        pytest.param("for=198.51.100.9", "10.0.0.1", id="one-was-passed-on-unread"),
    ],
)
def test_two_headers_count_where_they_agree(forwarded: str, address: str) -> None:
    assert told(("x-forwarded-for", "192.0.2.1"), ("forwarded", forwarded)) == address


def test_without_a_header_it_is_the_peer() -> None:
    assert told(("x-real-ip", "192.0.2.1")) == "10.0.0.1"


@pytest.mark.parametrize(
    ("text", "trusted"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("::1", True),
        ("11.1.2.3", False),
        ("::2", False),
        ("", False),
        ("testclient", False),
        ("010.0.0.1", False),
    ],
)
def test_only_addresses_of_the_networks_are_trusted(text: str, trusted: bool) -> None:
    assert is_among(read_address(text), NETWORKS) is trusted
