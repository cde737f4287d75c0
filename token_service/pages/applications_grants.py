"""What an application can do with each grant: in words, and as lines to paste into a shell."""

import hashlib
import re
import shlex
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from token_service.entities import Client, ClientType, GrantType
from token_service.metadata import Metadata
from token_service.ports import OperationsOpenedBy
from token_service.redirects import with_parameters

#: what no form has to encode, and no shell to quote
_PLAIN = re.compile(r"[A-Za-z0-9._:~-]*")


@dataclass(frozen=True, slots=True)
class GrantWords:
    """A grant as people call it."""

    #: what an application does that has it
    deed: str
    #: what the standards call it
    term: str


GRANTS: Mapping[GrantType, GrantWords] = MappingProxyType(
    {
        GrantType.AUTHORIZATION_CODE: GrantWords(
            "Signs users in with a browser", "authorization code with PKCE"
        ),
        GrantType.DEVICE_CODE: GrantWords(
            "Signs users in on a device without a browser", "device code"
        ),
        GrantType.REFRESH_TOKEN: GrantWords("Keeps users signed in", "refresh token"),
        GrantType.CLIENT_CREDENTIALS: GrantWords("Acts for itself", "client credentials"),
        GrantType.PASSWORD: GrantWords("Takes users' passwords", "password"),
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: an address to open, or a command to run."""

    told: str
    text: str
    is_address: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """How to try a grant."""

    words: GrantWords
    steps: Sequence[Step]


def origin_of(issuer: str) -> str:
    """Scheme, host and port of an issuer."""
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}"


def metadata_of(issuer: str) -> str:
    """Where programs read the addresses of an issuer (RFC 8414 s3)."""
    path = urlsplit(issuer).path
    return f"{origin_of(issuer)}/.well-known/oauth-authorization-server{path}"


def trials(client: Client, endpoints: Metadata, *, verifier: str) -> Sequence[Trial]:
    """A trial of each grant that the client may use; words in capitals are to be filled in.

    `verifier` is one of PKCE (RFC 7636 s4.1) for this trial alone.
    """
    steps = _steps(client, endpoints, verifier)
    return [
        Trial(words, steps[grant])
        for grant, words in GRANTS.items()
        if client.may_use(grant) and steps[grant]
    ]


def sample_call(scopes: Collection[str], words: OperationsOpenedBy, *, origin: str) -> str | None:
    """A call of the API that a token with all of the scopes opens; None if none is simple."""
    by_scope = words.opened_by(frozenset(scopes))
    opened = (operation for scope in sorted(by_scope) for operation in by_scope[scope])
    simple = (each for each in opened if each.method == "GET" and "{" not in each.path)
    operation = next(simple, None)
    if operation is None:
        return None
    url = shlex.quote(f"{origin}{operation.path}")
    return _on_lines(["curl", "-H 'Authorization: Bearer ACCESS_TOKEN'", url])


def _steps(
    client: Client, endpoints: Metadata, verifier: str
) -> Mapping[GrantType, Sequence[Step]]:
    token = str(endpoints["token_endpoint"])
    return {
        GrantType.AUTHORIZATION_CODE: list(_by_code(client, endpoints, verifier)),
        GrantType.DEVICE_CODE: list(_by_device(client, endpoints)),
        GrantType.CLIENT_CREDENTIALS: [
            Step("Ask for a token:", _curl(client, token, grant_type="client_credentials"))
        ],
        GrantType.PASSWORD: [
            Step(
                "Ask for a token:",
                _curl(client, token, grant_type="password", username="NAME", password="PASSWORD"),  # noqa: S106 -- a word to fill in
            )
        ],
        GrantType.REFRESH_TOKEN: [
            Step(
                "Later, ask for the next token:",
                _curl(client, token, grant_type="refresh_token", refresh_token="REFRESH_TOKEN"),  # noqa: S106 -- a word to fill in
            )
        ],
    }


def _by_code(client: Client, endpoints: Metadata, verifier: str) -> Iterator[Step]:
    redirect_uri = next(iter(client.redirect_uris), None)
    if redirect_uri is None:
        return
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    request = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
    }
    address = with_parameters(str(endpoints["authorization_endpoint"]), request)
    yield Step("Open this address in a browser and choose what to allow:", address, is_address=True)
    bought = _curl(
        client,
        str(endpoints["token_endpoint"]),
        grant_type="authorization_code",
        code="CODE",
        code_verifier=verifier,
        redirect_uri=redirect_uri,
    )
    yield Step(
        "It leads on to an address with code=CODE in it. Exchange that within a minute:", bought
    )


def _by_device(client: Client, endpoints: Metadata) -> Iterator[Step]:
    ask = str(endpoints["device_authorization_endpoint"])
    yield Step("Ask for a code, and open the address that comes with it:", _curl(client, ask))
    bought = _curl(
        client,
        str(endpoints["token_endpoint"]),
        grant_type=GrantType.DEVICE_CODE.value,
        device_code="DEVICE_CODE",
    )
    yield Step("Ask for the token until it is there, every five seconds:", bought)


def _curl(client: Client, url: str, **parameters: str) -> str:
    """A command that posts a form as the client, a parameter a line."""
    words = ["curl"]
    if client.type is ClientType.CONFIDENTIAL:
        words.append(f"-u {shlex.quote(client.client_id)}:CLIENT_SECRET")
    for name, value in {"client_id": client.client_id, **parameters}.items():
        option = "-d" if _PLAIN.fullmatch(value) else "--data-urlencode"
        words.append(f"{option} {shlex.quote(f'{name}={value}')}")
    return _on_lines([*words, shlex.quote(url)])


def _on_lines(words: Sequence[str]) -> str:
    return " \\\n  ".join(words)
