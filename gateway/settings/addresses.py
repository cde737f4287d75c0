"""From the text of a setting to an address that is listened on; a ValueError says what is right."""

import re

from gateway.settings.loopback import is_loopback_host

_HIGHEST_PORT = 65535
_FORM = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^:\[\]\s]+)):(?P<port>[0-9]{1,5})")


def read_loopback_address(value: str) -> str | None:
    """Host and port of this machine's loopback, `localhost` as 127.0.0.1; None where not set."""
    if not value:
        return None
    found = _FORM.fullmatch(value)
    if found is None or int(found["port"]) > _HIGHEST_PORT:
        raise ValueError("must be an address and a port, such as 127.0.0.1:9901 or [::1]:9901")
    host = "127.0.0.1" if found["host"] == "localhost" else found["six"] or found["host"]
    if not is_loopback_host(host):
        raise ValueError(
            "is reached from other machines, and nobody is asked who he is there; name a loopback "
            "address, and let what collects run on this machine or behind a proxy that asks"
        )
    return f"[{host}]:{int(found['port'])}" if ":" in host else f"{host}:{int(found['port'])}"


def host_and_port(address: str) -> tuple[str, int]:
    """The two parts of such an address."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)
