"""Every bad JWT of these tables over HTTP: 401 `invalid_token`, never 5xx, and nothing is fetched.

`test_jwt_claims`, `test_jwt_shapes` and `test_jwt_signatures` say why each is refused.
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from tests.advisories.resource import CHALLENGE, Resource, served_resource
from tests.advisories.test_jwt_claims import CLAIM_FORMS, REQUIRED, SCOPES, id_token
from tests.advisories.test_jwt_shapes import CRITICAL, HEADERS, SHAPES
from tests.advisories.test_jwt_signatures import (
    BROUGHT,
    NO_KIDS,
    NONE_SPELLINGS,
    SIGNATURES,
    brought_along,
    hmacked,
    public_key_spellings,
    unsigned,
    with_kid,
)
from tests.unit.tokens.minting import (
    ALGORITHMS,
    AUDIENCE,
    CLAIMS,
    header_of,
    mint,
    sign,
    with_header,
    without,
)

Maker = Callable[[], str]


def _hmacked(name: str, alg: str) -> str:
    return hmacked(public_key_spellings()[name], f"sha{alg[2:]}", alg)


def _lacking(name: str) -> str:
    return sign(header_of(), without(CLAIMS, name), alg="EdDSA")


#: shapes that a header cannot hold as one token, or that are none; each has a test of its own
ELSEWHERE = {
    "empty", "bearer-inside", "white-space", "newline", "nul", "lone-surrogate", "full-width-dot",
    "one-megabyte",
}  # fmt: skip
BAD: dict[str, Maker] = {
    **{f"{n}-{v!r}"[:60]: partial(mint, **{n: v}) for n, v, _ in CLAIM_FORMS},
    **{f"without-{name}": partial(_lacking, name) for name in REQUIRED},
    **{f"crit-{name}": make for name, make in CRITICAL.items()},
    **{f"header-{name}": make for name, (make, _) in HEADERS.items()},
    **{f"shape-{name}": make for name, make in SHAPES.items() if name not in ELSEWHERE},
    **{f"signature-{name}": make for name, make in SIGNATURES.items()},
    **{f"alg-{alg!r}-junk": partial(unsigned, alg, "AA") for alg in NONE_SPELLINGS},
    **{f"alg-{alg!r}-none": partial(unsigned, alg, "") for alg in NONE_SPELLINGS},
    **{
        f"{alg}-with-{name}": partial(_hmacked, name, alg)
        for name in public_key_spellings()
        for alg in ("HS256", "HS384", "HS512")
    },
    **{f"their-{alg}-key": partial(mint, alg, which="theirs") for alg in ALGORITHMS},
    **{f"brought-{name}": partial(brought_along, name) for name in BROUGHT},
    **{f"kid-{kid!r}"[:40]: partial(with_kid, kid) for kid in NO_KIDS},
    "kid-20-kB": partial(with_kid, "x" * 20_000),
    "id-token": id_token,
    "refresh-token-shape": lambda: "Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyMTI",
    "junk": lambda: "junk",
    "octets-outside-ascii": lambda: mint() + "\xff",
    "full-width-dot-in-utf-8": lambda: (
        mint().replace(".", "\uff0e").encode("utf-8").decode("latin-1")
    ),
    "percent-encoded-dot": lambda: mint().replace(".", "%2e"),
    "quoted": lambda: f'"{mint()}"',
    "auth-param": lambda: f"token={mint()}",
}


@pytest.fixture(scope="module")
def resource(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resource]:
    with served_resource(tmp_path_factory.mktemp("resource")) as resource:
        yield resource


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_a_bad_token_is_401_invalid_token(resource: Resource, make: Maker) -> None:
    refused, served = resource.get(make()), resource.get(mint())

    assert (refused.status, refused.all("www-authenticate")) == (401, [CHALLENGE])
    assert refused.all("content-type") == ["application/problem+json"]
    assert refused.all("cache-control") == ["no-store"]
    assert served.status == 200


def test_a_token_that_no_head_can_hold_is_431_before_it_ends(resource: Resource) -> None:
    token = SHAPES["one-megabyte"]()[:40_000]
    head = f"GET /songs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}"
    with socket.create_connection(("127.0.0.1", resource.server.port), timeout=10) as connection:
        connection.sendall(head.encode())

        assert connection.recv(1024).startswith(b"HTTP/1.1 431 ")
    assert resource.get(mint()).status == 200


@pytest.mark.parametrize("name", ["newline", "nul"])
def test_a_token_that_breaks_the_header_is_400(resource: Resource, name: str) -> None:
    assert resource.get(SHAPES[name]()).status == 400


@pytest.mark.parametrize("name", ["bearer-inside", "white-space"])
def test_what_reads_as_several_tokens_is_400(resource: Resource, name: str) -> None:
    answer = resource.get(SHAPES[name]())

    assert answer.status == 400
    assert 'error="invalid_request"' in answer.all("www-authenticate")[0]


def test_no_token_at_all_is_401_without_an_error(resource: Resource) -> None:
    answer = resource.get(SHAPES["empty"]())

    assert answer.status == 401
    assert "error" not in answer.all("www-authenticate")[0]


GOOD: Mapping[str, Maker] = {
    **{alg: partial(mint, alg) for alg in ALGORITHMS},
    "typ-in-upper-case": partial(with_header, typ="AT+JWT"),
    "typ-in-full": partial(with_header, typ="application/at+jwt"),
    "audience-among-others": partial(mint, aud=["https://other.example", AUDIENCE]),
    "unknown-header": partial(with_header, x=1, cty="JWT", jku="https://evil.example/"),
    "unknown-claim": partial(mint, x={"y": [1, None]}),
}


@pytest.mark.parametrize("make", GOOD.values(), ids=GOOD)
def test_a_good_token_of_any_allowed_form_is_served(resource: Resource, make: Maker) -> None:
    assert resource.get(make()).status == 200


@pytest.mark.parametrize(
    ("scope", "holds_read"),
    [pytest.param(text, "read" in names, id=name) for name, (text, names) in SCOPES.items()],
)
def test_a_scope_that_is_not_exactly_the_one_needed_is_403(
    resource: Resource, scope: str, holds_read: bool
) -> None:
    answer = resource.get(mint(scope=scope))

    if holds_read:
        assert answer.status == 200
        return
    assert answer.status == 403
    challenge = 'Bearer realm="song_auth", error="insufficient_scope", scope="read"'
    assert answer.all("www-authenticate") == [challenge]


@pytest.mark.parametrize("name", ["scopes", "scp", "permissions", "roles", "authorities"])
@pytest.mark.parametrize("value", ["read", ["read"]], ids=["text", "list"])
def test_scopes_of_another_claim_open_nothing(resource: Resource, name: str, value: Any) -> None:
    claims = without({**CLAIMS, name: value}, "scope")

    assert resource.get(sign(header_of(), claims, alg="EdDSA")).status == 403
    assert resource.get(mint(**{name: value})).status == 200


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


@pytest.mark.parametrize("which", ["ours", "theirs"])
@pytest.mark.parametrize("place", ["jku", "x5u", "kid", "iss", "aud"])
def test_no_url_in_a_token_is_ever_fetched(
    resource: Resource, listener: socket.socket, place: str, which: str
) -> None:
    address = listener.getsockname()
    url = f"http://127.0.0.1:{address[1]}/jwks.json"
    header = header_of(**{place: url}) if place not in CLAIMS else header_of()
    claims = {**CLAIMS, place: url} if place in CLAIMS else CLAIMS
    fetched = list(resource.issuer.requests)

    answer = resource.get(sign(header, claims, alg="EdDSA", which=which))

    is_good = which == "ours" and place in {"jku", "x5u"}
    assert answer.status == (200 if is_good else 401)
    with pytest.raises(BlockingIOError):
        listener.accept()
    with socket.create_connection(address):
        listener.accept()[0].close()
    assert resource.issuer.requests in (fetched, ["/jwks"])
