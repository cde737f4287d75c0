"""What a second reading found where tokens are proven and denials and permits are worded."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from starlette.types import Message

from gateway.handler import operation as handles
from gateway.lint.rules import lint
from gateway.spec.model import SchemeName
from gateway.tokens.keys import KeySet
from gateway.tokens.prove import BearerBinding, prove_bearer
from tests.edge.gateway.wire import Reply, call, scope_of
from tests.edge.gateway.world import bearer, document, gateway, loaded, operation, ruleset_of
from tests.unit.guard.build import proofs_of
from tests.unit.tokens.minting import NOW, TRUST, FixedKeys, mint

PUBLIC = document({"/a": {"get": operation()}})
READ = document({"/a": {"get": operation([{"oauth": ["read"]}])}})
ONE, OTHER = SchemeName("one"), SchemeName("other")


def proofs(token: str, bindings: Mapping[SchemeName, BearerBinding]) -> Mapping[str, str]:
    """What a token proves, scheme by scheme."""
    return proofs_of(asyncio.run(prove_bearer(token, bindings, now=NOW)))


def denial(http_scheme: str) -> Reply:
    """The answer to a request without credentials, where a scheme of this name is required."""
    schemes = {"w": {"type": "http", "scheme": http_scheme}}
    text = document({"/a": {"get": operation([{"w": []}])}}, schemes=schemes)
    return asyncio.run(call(gateway(text).app, "GET", "/a"))


def test_keys_of_one_scheme_prove_nothing_for_another_of_the_same_issuer() -> None:
    bindings = {
        ONE: BearerBinding(TRUST, FixedKeys()),
        OTHER: BearerBinding(TRUST, FixedKeys(KeySet({}))),
    }

    found = proofs(mint(), bindings)

    assert found[ONE] == "proven"
    assert found.get(OTHER) != "proven"


def test_algorithms_of_one_scheme_refuse_no_token_of_another() -> None:
    bindings = {
        ONE: BearerBinding(replace(TRUST, algorithms=("RS256",)), FixedKeys()),
        OTHER: BearerBinding(replace(TRUST, algorithms=("EdDSA",)), FixedKeys()),
    }

    found = proofs(mint("EdDSA"), bindings)

    assert found[OTHER] == "proven"
    assert found.get(ONE) != "proven"


def test_an_answer_is_as_private_as_the_ruleset_that_permitted_it() -> None:
    world = gateway(PUBLIC, handles("GET /a")(lambda: {}))
    before = asyncio.run(call(world.app, "GET", "/a"))

    world.swap(ruleset_of(loaded(READ)))
    after = asyncio.run(call(world.app, "GET", "/a", bearer("read")))

    assert (before.header("cache-control"), before.header("vary")) == (None, None)
    assert after.header("cache-control") == "private, no-cache"
    assert after.header("vary") == "Authorization"


def test_requests_that_share_extensions_keep_their_state_apart() -> None:
    shared: dict[str, Any] = {}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(gateway(PUBLIC).app(scope_of("GET", "/a", extensions=shared), receive, send))

    assert sent[0]["status"] == 501
    assert shared == {}


def test_a_scheme_beyond_ascii_is_a_denial_and_no_fault() -> None:
    reply = denial("\u00e9")

    assert reply.status == 401
    assert reply.all("www-authenticate")


@pytest.mark.parametrize("name", ["SCRAM-SHA-256", "Mutual", "HOBA"])
def test_a_scheme_that_is_not_supported_is_challenged_by_its_name(name: str) -> None:
    (challenge,) = denial(name).all("www-authenticate")

    assert challenge.lower().startswith(f"{name.lower()} ")


def test_findings_of_one_place_are_sorted_to_the_last_word() -> None:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in "xy"
    ]
    text = document({"/{x}/{y}": {"get": operation(parameters=parameters)}})

    found = [str(f) for f in lint(loaded(text)) if f.rule == "reserved-path"]

    assert len(found) > 1
    assert found == sorted(found)


LONG = document({"/a": {"get": operation(summary="x" * 2000)}})


def page(headers: Mapping[str, str]) -> Reply:
    """The document as it is shown."""
    return asyncio.run(call(gateway(LONG).app, "GET", "/openapi.json", headers))


def test_two_codings_of_a_page_have_two_tags() -> None:
    plain, zipped = page({}), page({"accept-encoding": "gzip"})

    assert zipped.header("content-encoding") == "gzip"
    assert plain.header("etag") != zipped.header("etag")


@pytest.mark.parametrize(
    ("known", "status"),
    [pytest.param("*", 304, id="any"), pytest.param('"*"', 200, id="a tag that looks like any")],
)
def test_who_has_any_form_of_a_page_is_not_sent_it_again(known: str, status: int) -> None:
    assert page({"if-none-match": known}).status == status
