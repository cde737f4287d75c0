"""Prints what the steps of a request cost, one by one: `python -m benchmarks.micro`.

Microseconds of processor time, the least of many blocks: whatever else the machine does only adds.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from starlette.types import Message

from benchmarks.checks import BODY
from benchmarks.inprocess import Request, scope_of
from benchmarks.songs.data import DOCUMENT
from gateway.cli.document import load_spec, settings_here
from gateway.edge.challenge import answer_denial
from gateway.edge.problem import problem_body
from gateway.edge.request.reader import Arguments, RequestReader
from gateway.edge.request.resources import with_local_references
from gateway.load import LoadedDocument
from gateway.model import AccessToken, Credentials, Principal, PrincipalKind, Proven
from gateway.policy.decide import decide
from gateway.routing.path import split_path
from gateway.routing.tree import Routed
from gateway.spec.model import OperationKey, SchemeName, Scope
from gateway.tokens.binding import TokenTrust
from gateway.tokens.key_cache import embedded_keys
from gateway.tokens.verify import verify

_BLOCKS, _BLOCK_SECONDS = 30, 0.005
_ISSUER, _AUDIENCE = "http://localhost:8000/o", "http://localhost:8000"
_LIST, _ADD = OperationKey("GET /songs"), OperationKey("POST /songs")
_SCHEME = SchemeName("oauth2")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and what shows that it did what it is for."""

    name: str
    run: Callable[[], object]
    is_right: Callable[[object], bool]


def main() -> None:
    """Measure each step and print a line for it."""
    for step in steps():
        if not step.is_right(step.run()):
            raise RuntimeError(f"{step.name}: not what it should be: {step.run()!r}")
        print(f"{step.name:44}{microseconds(step.run):8.2f} us", flush=True)


def microseconds(run: Callable[[], object]) -> float:
    """The least of many blocks, a call."""
    calls = _calls(run)
    return min(_seconds(run, calls) for _ in range(_BLOCKS)) / calls * 1e6


def _calls(run: Callable[[], object]) -> int:
    """How many calls make a block."""
    calls = 1
    while _seconds(run, calls) < _BLOCK_SECONDS:
        calls *= 2
    return calls


def _seconds(run: Callable[[], object], calls: int) -> float:
    begun = time.process_time()
    for _ in range(calls):
        run()
    return time.process_time() - begun


def steps() -> Iterator[Step]:
    """Every step, ready to run."""
    loaded = load_spec(settings_here({"spec": str(DOCUMENT)}))
    yield Step("route", lambda: _route(loaded, b"/songs"), lambda got: isinstance(got, Routed))
    for algorithm in ("RS256", "ES256", "EdDSA"):
        yield _verification(algorithm)
    yield from _decisions(loaded)
    yield from _readings(loaded)


def _route(loaded: LoadedDocument, path: bytes) -> object:
    segments = split_path(path)
    return loaded.table.route_segments("GET", segments) if segments else None


def _verification(algorithm: str) -> Step:
    """A token never seen before, from its text to the claims that are believed."""
    key = _key(algorithm)
    now = int(time.time())
    claims = {"sub": "client:bench", "client_id": "bench", "scope": "read", "jti": "j" * 22}
    whole = {"iss": _ISSUER, "aud": _AUDIENCE, "iat": now, "exp": now + 3600, **claims}
    token = jwt.encode(whole, key, algorithm, headers={"kid": "k1", "typ": "at+jwt"})
    public = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    jwks = {"keys": [{**public, "kid": "k1", "alg": algorithm, "use": "sig"}]}
    keys = embedded_keys(lambda: jwks, [algorithm], clock=lambda: 0.0)
    trust = TokenTrust(_ISSUER, _AUDIENCE, algorithms=(algorithm,))
    asyncio.run(verify(token, trust, keys=keys, now=now))  # reads the key set
    return Step(
        f"verify {algorithm}",
        lambda: _finish(verify(token, trust, keys=keys, now=now)),
        lambda got: isinstance(got, AccessToken),
    )


def _key(
    algorithm: str,
) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey:
    match algorithm:
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "EdDSA":
            return ed25519.Ed25519PrivateKey.generate()
        case _:
            return rsa.generate_private_key(65537, 2048)


def _decisions(loaded: LoadedDocument) -> Iterator[Step]:
    policy = loaded.policy
    good, second, wrong = (_credentials(scope) for scope in ("read", "admin songs", "write"))
    denied = decide(policy, _LIST, wrong)
    problem = answer_denial(denied, policy, shows_detail=True)
    yield Step("decide: permit", lambda: decide(policy, _LIST, good), _permits)
    yield Step(
        "decide: permit, second alternative", lambda: decide(policy, _LIST, second), _permits
    )
    yield Step("decide: deny", lambda: decide(policy, _LIST, wrong), lambda got: not _permits(got))
    yield Step(
        "denial as a problem",
        lambda: problem_body(answer_denial(denied, policy, shows_detail=True), "urn:bench"),
        lambda got: isinstance(got, bytes) and b'"status":403' in got,
    )
    yield Step("problem as JSON", lambda: problem_body(problem, "urn:bench"), lambda got: bool(got))


def _credentials(scope: str) -> Credentials:
    principal = Principal(_ISSUER, "client:bench", PrincipalKind.CLIENT)
    scopes = frozenset(Scope(one) for one in scope.split())
    return Credentials({_SCHEME: Proven(principal, scopes=scopes, client_id="bench")})


def _permits(decision: object) -> bool:
    return bool(getattr(decision, "permits", False))


def _readings(loaded: LoadedDocument) -> Iterator[Step]:
    """Parameters and bodies, from the bytes to what a handler gets."""
    requests = {
        "parameters: a default": (_LIST, Request("GET", "/songs", 200)),
        "parameters: an integer": (_LIST, Request("GET", "/songs?limit=7", 200)),
        "body: JSON, parsed and validated": (
            _ADD,
            Request("POST", "/songs", 201, None, BODY.encode()),
        ),
    }
    described = with_local_references(loaded.description)
    operations = {operation.key: operation for operation in described.operations}
    for name, (key, request) in requests.items():
        reader = RequestReader(operations[key], described.document, max_body_bytes=1_000_000)
        yield Step(name, _reading(reader, request), lambda got: isinstance(got, Arguments))


def _reading(reader: RequestReader, request: Request) -> Callable[[], object]:
    scope: Mapping[str, Any] = scope_of(request, {})

    async def receive() -> Message:
        return {"type": "http.request", "body": request.body, "more_body": False}

    return lambda: _finish(reader.read(dict(scope), receive, {}))


def _finish(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """The result of what never has to wait."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: Result = done.value
        return result
    raise RuntimeError("a step waited for something")


if __name__ == "__main__":
    main()
