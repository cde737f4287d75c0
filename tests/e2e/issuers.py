"""An issuer that no one here wrote, started for a test: npm's oidc-provider."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote_plus

import httpx

from tests.services import JUDGES

_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Issuer:
    """A running authorization server."""

    url: str

    def token(self, resource: str, scope: str = "orders:read") -> str:
        """An access token of the client `worker` for a resource."""
        form = {"grant_type": "client_credentials", "resource": resource, "scope": scope}
        client = ("worker", quote_plus("worker:secret%"))
        answer = httpx.post(f"{self.url}/token", data=form, auth=client, timeout=_SECONDS)
        token: str = answer.raise_for_status().json()["access_token"]
        return token

    def id_token(self) -> str:
        """An ID token whose audience is the API's name, signed by the issuer's key."""
        return httpx.get(f"{self.url}/test/id-token", timeout=_SECONDS).raise_for_status().text

    def rotate(self) -> None:
        """Sign by another key from now on, and publish that one alone."""
        httpx.get(f"{self.url}/test/rotate", timeout=_SECONDS).raise_for_status()


@contextmanager
def running_issuer(node: str) -> Iterator[Issuer]:
    """An issuer on a port of its own, until the block ends."""
    process = subprocess.Popen(
        [node, "issuer.mjs"],
        cwd=JUDGES.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Issuer(json.loads(process.stdout.readline())["issuer"])
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(_SECONDS)
