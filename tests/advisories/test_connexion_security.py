"""The measured table of what stock Connexion decides, put right.

The id of a case, or the name of a test, is the row that it answers.
"""

import asyncio
from typing import Any

import pytest

from gateway.handler import operation as handles
from gateway.lint.rules import lint
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import OAUTH, bearer, document, gateway, loaded, operation
from tests.unit.spec.writing import HEAD, load, loads
from tests.unit.tokens.minting import FixedKeys, mint

SCOPES = ("read", "create", "post", "widget", "put")
FLOWS = {"clientCredentials": {"tokenUrl": "/o/token/", "scopes": dict.fromkeys(SCOPES, "a scope")}}
SCHEMES = {
    "oauth": {"type": "oauth2", "flows": FLOWS},
    "other": {"type": "oauth2", "flows": FLOWS},
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://issuer.example/x"},
    "basic": {"type": "http", "scheme": "basic"},
}


def oauth(*scopes: str) -> dict[str, list[str]]:
    """An alternative of one oauth2 scheme."""
    return {"oauth": list(scopes)}


OR2 = [oauth("create"), oauth("post", "widget")]
OR3 = [*OR2, oauth("read")]
AND = [{"oauth": ["read"], "other": ["create"]}]
OPTIONAL_LAST, OPTIONAL_FIRST = [oauth("create"), {}], [{}, oauth("create")]
NOTHING: dict[str, str] = {}
JUNK, BASIC = {"authorization": "Bearer junk"}, {"authorization": "Basic YTpi"}
ALONE = {"authorization": "Bearer"}
CHALLENGE = 'Bearer realm="oauth"'
LACKING = f'{CHALLENGE}, error="insufficient_scope", scope='
INVALID = f'{CHALLENGE}, error="invalid_token"'


def token(**claims: Any) -> dict[str, str]:
    """The header of a caller whose token has these claims, whatever their type."""
    return {"authorization": f"Bearer {mint(**claims)}"}


def ask(security: list[Any], headers: dict[str, str], keys: FixedKeys | None = None) -> Reply:
    """The answer of an operation with this security; its handler tells who called."""

    def handler(caller: Any) -> dict[str, Any]:
        return {"subject": caller.subject, "matched": caller.matched}

    text = document({"/a": {"get": operation(security)}}, schemes=SCHEMES)
    world = gateway(text, handles("GET /a")(handler), keys=keys)
    return asyncio.run(call(world.app, "GET", "/a", headers))


#: row -> security, headers, status, the first challenge, keys looked up
ROWS: dict[str, tuple[list[Any], dict[str, str], int, str | None, int]] = {
    "OR2, token create": (OR2, bearer("create"), 200, None, 1),
    "OR2, token post widget": (OR2, bearer("post widget"), 200, None, 1),
    "OR2, token post": (OR2, bearer("post"), 403, f'{LACKING}"create"', 1),
    "OR2, junk token": (OR2, JUNK, 401, INVALID, 0),
    "OR3, token of the third": (OR3, bearer("read"), 200, None, 1),
    "OR2, no token": (OR2, NOTHING, 401, f'{CHALLENGE}, scope="create"', 0),
    "OR2, Basic x": (OR2, BASIC, 401, f'{CHALLENGE}, scope="create"', 0),
    "OR2, Bearer alone": (OR2, ALONE, 401, f'{CHALLENGE}, scope="create"', 0),
    "AND of two oauth2, both scopes": (AND, bearer("read create"), 200, None, 1),
    "AND of two oauth2, one scope": (
        AND,
        bearer("read"),
        403,
        'Bearer realm="other", error="insufficient_scope", scope="read create"',
        1,
    ),
    "AND or [read], token create": (
        [*AND, oauth("read")],
        bearer("create"),
        403,
        f'{LACKING}"read create"',
        1,
    ),
    "AND or [read], token read create": (
        [*AND, oauth("read")],
        bearer("read create"),
        200,
        None,
        1,
    ),
    "oauth2 AND basic": ([{"oauth": ["read"], "basic": []}], bearer("read"), 401, None, 1),
    "oauth2 AND basic, or [create]": (
        [{"oauth": ["read"], "basic": []}, oauth("create")],
        bearer("create"),
        200,
        None,
        1,
    ),
    "[create] or {}, no token": (OPTIONAL_LAST, NOTHING, 200, None, 0),
    "[create] or {}, wrong scope": (OPTIONAL_LAST, bearer("read"), 200, None, 1),
    "[create] or {}, junk token": (OPTIONAL_LAST, JUNK, 401, INVALID, 0),
    "{} or [create], valid token": (OPTIONAL_FIRST, bearer("create"), 200, None, 1),
    "{} or [create], junk token": (OPTIONAL_FIRST, JUNK, 401, INVALID, 0),
    "security: []": ([], JUNK, 200, None, 0),
    "oauth2 without x-tokenInfoFunc": ([oauth("read")], bearer("read"), 200, None, 1),
    "openIdConnect": ([{"oidc": ["read"]}], bearer("read"), 200, None, 1),
    "openIdConnect, no token": (
        [{"oidc": ["read"]}],
        NOTHING,
        401,
        'Bearer realm="oidc", scope="read"',
        0,
    ),
    "claim scope null": (OR2, token(scope=None), 401, INVALID, 1),
    "claim scope {..}": (OR2, token(scope={"create": True}), 401, INVALID, 1),
    "claim scope 5": (OR2, token(scope=5), 401, INVALID, 1),
    "claim scope [..]": (OR2, token(scope=["create"]), 401, INVALID, 1),
    "claim scopes:[..]": (OR2, bearer("read", scopes=["create"]), 403, f'{LACKING}"create"', 1),
    "claim scp": (OR2, bearer("read", scp="create"), 403, f'{LACKING}"create"', 1),
}


@pytest.mark.parametrize(
    ("security", "headers", "status", "challenge", "asked"), ROWS.values(), ids=ROWS
)
def test_a_row_of_the_report_is_decided_right_and_its_token_verified_once(
    security: list[Any], headers: dict[str, str], status: int, challenge: str | None, asked: int
) -> None:
    keys = FixedKeys()

    reply = ask(security, headers, keys)

    assert reply.status == status
    assert len(keys.asked) == asked
    assert bool(reply.all("www-authenticate")) is (status in {401, 403})
    if challenge is not None:
        assert reply.all("www-authenticate")[0] == challenge


@pytest.mark.parametrize(
    ("security", "headers", "told"),
    [
        pytest.param(OPTIONAL_FIRST, bearer("create"), ("user:0b0e", 2), id="{} first, token"),
        pytest.param(OPTIONAL_FIRST, bearer("read"), (None, 1), id="{} first, wrong scope"),
        pytest.param(OPTIONAL_LAST, NOTHING, (None, 2), id="{} last, nothing"),
        pytest.param(OR3, bearer("read"), ("user:0b0e", 3), id="OR3, matched is told"),
        pytest.param(AND, bearer("read create"), ("user:0b0e", 1), id="AND has a user"),
        pytest.param([], bearer("create"), (None, None), id="security: [] has no caller"),
    ],
)
def test_the_handler_is_told_the_matched_alternative_and_its_user(
    security: list[Any], headers: dict[str, str], told: tuple[str | None, int | None]
) -> None:
    caller = ask(security, headers).json()

    assert (caller["subject"], caller["matched"]) == told


@pytest.mark.parametrize("order", [("good", "junk"), ("junk", "good"), ("good", "good")])
def test_two_authorization_headers_are_refused_and_the_first_does_not_win(
    order: tuple[str, str],
) -> None:
    values = {"good": f"Bearer {mint(scope='create')}", "junk": "Bearer junk"}
    world = gateway(document({"/a": {"get": operation([{"oauth": ["read"]}])}}))

    headers = [("authorization", values[which]) for which in order]
    reply = asyncio.run(call(world.app, "GET", "/a", headers))

    assert reply.problem() == (400, "ambiguous-credentials")


@pytest.mark.parametrize(
    ("own", "status"),
    [({}, 401), ({"security": []}, 501), ({"security": [{"oauth": ["read"]}]}, 401)],
    ids=["global security rules", "an operation's empty list overrides it", "its own rules"],
)
def test_global_security_is_overridden_and_never_added(own: dict[str, Any], status: int) -> None:
    text = document(
        {"/a": {"get": {"responses": {"200": {"description": "ok"}}, **own}}},
        security=[{"oauth": ["write"]}],
    )

    app = gateway(text).app
    alone = asyncio.run(call(app, "GET", "/a"))
    reader = asyncio.run(call(app, "GET", "/a", bearer("read")))

    assert alone.status == status
    assert reader.status == (403 if not own else 501)


def test_a_fault_of_ours_is_a_500_and_no_permit() -> None:
    class Broken(FixedKeys):
        def cached(self, kid: Any, alg: str) -> Any:
            raise KeyError(kid, alg)

    reply = ask(OR2, bearer("create"), Broken())

    assert reply.problem() == (500, "internal-error")


def test_an_undeclared_scope_and_roles_of_basic_load_with_a_finding() -> None:
    text = document(
        {"/a": {"get": operation([{"oauth": ["nope"]}, {"basic": ["role"]}])}},
        schemes={"oauth": OAUTH, "basic": SCHEMES["basic"]},
    )

    assert len(lint(loaded(text))) >= 2


OPERATION = "{responses: {default: {description: d}}"
REJECTED = {
    "security: null": f"  /a: {{get: {OPERATION}, security: null}}}}\n",
    "securty": f"  /a: {{get: {OPERATION}, securty: []}}}}\n",
    "security on a path item": f"  /a: {{security: [], get: {OPERATION}}}}}\n",
    "GET in capitals": f"  /a: {{GET: {OPERATION}}}}}\n",
    "scopes as a string": f"  /a: {{get: {OPERATION}, security: [{{s: read}}]}}}}\n",
    "security as a map": f"  /a: {{get: {OPERATION}, security: {{s: []}}}}}}\n",
    "a scope that is null": f"  /a: {{get: {OPERATION}, security: [{{s: [null]}}]}}}}\n",
    "security: [null]": f"  /a: {{get: {OPERATION}, security: [null]}}}}\n",
}
SCHEME = "components: {securitySchemes: {s: {type: http, scheme: bearer}}}\n"


@pytest.mark.parametrize("paths", REJECTED.values(), ids=REJECTED)
def test_a_slip_in_security_does_not_load(paths: str) -> None:
    assert not loads(f"{HEAD}{SCHEME}paths:\n{paths}")


def test_security_without_a_slip_loads() -> None:
    paths = f"  /a: {{get: {OPERATION}, security: [{{s: []}}]}}}}\n"

    assert len(load(f"{HEAD}{SCHEME}paths:\n{paths}").operations) == 1


def test_mutual_tls_in_a_document_of_oas_3_0_loads_and_cannot_be_met_unbound() -> None:
    told = document(
        {"/a": {"get": operation([{"mutual": []}])}}, schemes={"mutual": {"type": "mutualTLS"}}
    )

    findings = lint(loaded({**told, "openapi": "3.0.3"}))

    assert "unsupported-scheme" in {finding.rule for finding in findings}


def test_a_type_of_scheme_that_is_a_slip_does_not_load() -> None:
    scheme = SCHEME.replace("type: http, scheme: bearer", "type: apikey, in: header, name: k")

    assert not loads(f"{HEAD}{scheme}paths: {{}}\n")
