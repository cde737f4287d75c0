"""`scopegate call`: a request to the running gateway with a fresh token of exactly these scopes."""

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

import typer

from gateway.cli.administration import HomeOption, token_service
from gateway.cli.document import load_spec, settings_here, split_spec
from gateway.cli.talk import as_called, new_app, remark, say
from gateway.cli.token import subject_of
from gateway.errors import UsageError
from gateway.load import LoadedDocument
from gateway.policy.solve import smallest_request
from gateway.routing.tree import Routed
from gateway.settings import Settings, is_loopback_url

if TYPE_CHECKING:
    import httpx

app = new_app("Send a request to the running gateway with a fresh token.")
_METHOD_AND_PATH = 2
_SECONDS = 60
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})


@app.command()
def call(
    arguments: Annotated[list[str], typer.Argument(metavar="[SPEC] METHOD PATH [NAME=VALUE]...")],
    scope: Annotated[str | None, typer.Option(help="Exactly these scopes.")] = None,
    as_: Annotated[str | None, typer.Option("--as", help="The user the token is for.")] = None,
    minimal: Annotated[
        bool, typer.Option("--minimal", help="The fewest scopes that pass.")
    ] = False,
    curl: Annotated[bool, typer.Option("--curl", help="Print the curl line instead.")] = False,
    home: Annotated[str | None, HomeOption] = None,
    port: Annotated[int | None, typer.Option(help="The port that serve was given.")] = None,
) -> None:
    """Print the request, the answer's status and body; exit 1 if it was refused."""
    spec, rest = split_spec(arguments)
    if len(rest) < _METHOD_AND_PATH:
        raise UsageError(f"name METHOD and PATH, as in `{as_called()} call GET /songs`")
    settings = settings_here({"spec": spec, "home": home, "port": port})
    if not is_loopback_url(settings.public_url):
        raise UsageError(f"{settings.public_url} is not this machine; call only goes to loopback")
    method, path = rest[0].upper(), rest[1]
    scopes = _minimal(load_spec(settings), method, path) if minimal else _split(scope)
    headers = {} if scopes is None else {"Authorization": f"Bearer {_mint(settings, as_, scopes)}"}
    url, body = _request(settings, method, path, fields=_fields(rest[_METHOD_AND_PATH:]))
    if curl:
        say(_curl(method, url, headers, body))
        return
    told = "nothing presented" if scopes is None else f'scope "{" ".join(scopes)}"'
    remark(f"{method} {url}  {told}")
    raise typer.Exit(_send(method, url, headers, body))


def _split(scope: str | None) -> Sequence[str] | None:
    """The scopes of the token; None: send none."""
    return None if scope is None else scope.split()


def _minimal(loaded: LoadedDocument, method: str, path: str) -> Sequence[str] | None:
    """The fewest scopes that pass; None: no token is needed, or none would do."""
    route = loaded.table.route(method, path.partition("?")[0].encode())
    if not isinstance(route, Routed):
        raise UsageError(f"no operation is at {method} {path}")
    smallest = smallest_request(loaded.policy.rules[route.operation])
    return None if smallest is None else smallest.scopes


def _mint(settings: Settings, user: str | None, scopes: Sequence[str]) -> str:
    with token_service(settings) as tokens:
        subject = subject_of(tokens, user) if user else "client:call"
        return tokens.mint(subject, list(scopes), client_id="call", ttl=_SECONDS)


def _fields(pairs: Sequence[str]) -> Mapping[str, object]:
    fields: dict[str, object] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator:
            raise UsageError(f"`{pair}` is not NAME=VALUE")
        fields[name] = _value(value)
    return fields


def _value(text: str) -> object:
    """Numbers, booleans and null as JSON has them, anything else as text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if not isinstance(value, str) else text


def _request(
    settings: Settings, method: str, path: str, *, fields: Mapping[str, object]
) -> tuple[str, bytes | None]:
    url = settings.public_url + path
    if not fields:
        return url, None
    if method in _BODY_METHODS:
        return url, json.dumps(fields).encode()
    return f"{url}{'&' if '?' in url else '?'}{urlencode(fields)}", None


def _send(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> int:
    content = {"Content-Type": "application/json"} if body is not None else {}
    import httpx  # it takes a while, and --help does without

    try:
        with httpx.Client(trust_env=False, timeout=_SECONDS) as client:
            answer = client.request(method, url, headers={**headers, **content}, content=body)
    except httpx.HTTPError as error:
        raise UsageError(
            f"{url} does not answer ({type(error).__name__}); is `{as_called()} serve` running?"
        ) from error
    say(f"{answer.status_code} {answer.reason_phrase}")
    for challenge in answer.headers.get_list("www-authenticate"):
        say(f"WWW-Authenticate: {challenge}")
    if answer.text:
        say(_pretty(answer))
    return 0 if answer.is_success else 1


def _pretty(answer: "httpx.Response") -> str:
    try:
        return json.dumps(answer.json(), indent=2, ensure_ascii=False)
    except ValueError:
        return answer.text


def _curl(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> str:
    words = ["curl", "-X", method]
    for name, value in headers.items():
        words += ["-H", f"{name}: {value}"]
    if body is not None:
        words += ["-H", "Content-Type: application/json", "-d", body.decode()]
    return shlex.join([*words, url])
