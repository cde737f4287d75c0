"""SCOPEGATE_ADMIN_BIND: an address of this machine alone, on a port of its own."""

import pytest

from gateway.errors import SettingsError
from gateway.settings import load_settings
from gateway.settings.addresses import host_and_port, read_loopback_address


@pytest.mark.parametrize(
    ("text", "read", "parts"),
    [
        ("127.0.0.1:9901", "127.0.0.1:9901", ("127.0.0.1", 9901)),
        ("localhost:9901", "127.0.0.1:9901", ("127.0.0.1", 9901)),
        ("[::1]:9901", "[::1]:9901", ("::1", 9901)),
        ("127.0.0.53:0", "127.0.0.53:0", ("127.0.0.53", 0)),
        ("127.0.0.1:09901", "127.0.0.1:9901", ("127.0.0.1", 9901)),
    ],
)
def test_an_address_of_this_machine_is_read(text: str, read: str, parts: tuple[str, int]) -> None:
    assert read_loopback_address(text) == read
    assert host_and_port(read) == parts


def test_an_empty_text_is_no_address() -> None:
    assert read_loopback_address("") is None


@pytest.mark.parametrize(
    "text", ["127.0.0.1", ":9901", "9901", "::1:9901", "127.0.0.1:65536", "http://127.0.0.1:9901",
             "127.0.0.1:9901/", "127.0.0.1 :9901", "[::1]", "127.0.0.1:-1"],
)  # fmt: skip
def test_what_is_no_address_with_a_port_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be an address and a port"):
        read_loopback_address(text)


@pytest.mark.parametrize(
    "text", ["0.0.0.0:9901", "[::]:9901", "192.0.2.1:9901", "10.0.0.1:9901", "gateway:9901"]
)
def test_an_address_that_others_reach_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"reached from other machines"):
        read_loopback_address(text)


@pytest.mark.parametrize("flags", [{}, {"port": "9901"}])
def test_the_main_listener_has_another_port(flags: dict[str, str]) -> None:
    admin = {"admin_bind": f"127.0.0.1:{flags.get('port', 8000)}"}

    with pytest.raises(SettingsError, match=r"^--admin-bind: .* has the port of the main listener"):
        load_settings(flags={**flags, **admin}, environment={}, file={})


def test_a_port_that_is_like_it_is_another_one() -> None:
    flags = {"port": "901", "admin_bind": "127.0.0.1:9901"}

    assert load_settings(flags=flags, environment={}, file={}).admin_bind == "127.0.0.1:9901"
