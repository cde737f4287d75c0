"""What is this machine's loopback, and what only looks like it."""

import pytest

from gateway.settings import is_loopback_host, is_loopback_url


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("localhost", True, id="name"),
        pytest.param("127.0.0.1", True, id="address"),
        pytest.param("127.8.8.8", True, id="rest of the block"),
        pytest.param("::1", True, id="IPv6"),
        pytest.param("0:0:0:0:0:0:0:1", True, id="IPv6 in full"),
        pytest.param("128.0.0.1", False, id="next block"),
        pytest.param("::", False, id="any of IPv6"),
        pytest.param("localhost.example", False, id="longer name"),
        pytest.param("127.0.0.1.example", False, id="address as a label"),
        pytest.param("0", False, id="short for any"),
        pytest.param("2130706433", False, id="one number"),
        pytest.param("", False, id="empty"),
    ],
)
def test_a_host_is_loopback_by_its_fixed_names_or_its_address(host: str, expected: bool) -> None:
    assert is_loopback_host(host) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("http://localhost:8000/o", True, id="name"),
        pytest.param("http://LOCALHOST", True, id="capitals"),
        pytest.param("http://[::1]:8000", True, id="IPv6"),
        pytest.param("http://localhost@a.example", False, id="user that looks like a host"),
        pytest.param("http://a.example/localhost", False, id="path"),
        pytest.param("localhost", False, id="no URL"),
    ],
)
def test_a_url_is_loopback_by_its_host(url: str, expected: bool) -> None:
    assert is_loopback_url(url) is expected
