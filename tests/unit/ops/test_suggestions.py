"""What an audit log suggests: less for clients, the narrowest security, and never an opening."""

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import ANONYMOUS
from gateway.ops.audit_reader import MAX_LINE_BYTES, BadLine, OtherLine, SeenDecision, read_log
from gateway.ops.suggestions import client_suggestions, operation_suggestions
from gateway.ops.usage import Usage
from gateway.policy.decide import decide
from gateway.policy.rules import Policy
from gateway.spec.model import OperationKey, SchemeName
from tests.unit.ops.build import by_token
from tests.unit.policy.build import BINDINGS, ISSUER, Security, policy, presenting

SECURITY: Mapping[str, Security] = {
    "GET /songs": [{"oauth": ["read"]}, {"oauth": ["post", "widget"]}],
    "POST /songs": [{"oauth": ["write"]}],
    "GET /undeclared": None,
    "GET /open": [],
}
#: no scheme but one of OAuth, which declares its scopes
BOUND = {SchemeName("oauth"): BINDINGS[SchemeName("oauth")]}
COMPILED = policy(dict(SECURITY), bindings=BOUND)


def _line(**changes: Any) -> dict[str, Any]:
    usual = {
        "event": "decision", "time": "2026-11-28T21:00:00.000Z", "operation": "GET /songs",
        "effect": "permit", "reason": "matched", "matched": 1, "issuer": ISSUER, "client": "shop",
        "scopes": ["read", "write"], "policy": COMPILED.digest,
    }  # fmt: skip
    return {**usual, **changes}


def _read(*lines: object) -> list[Any]:
    octets = b"".join(
        line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines
    )
    return list(read_log(io.BytesIO(octets)))


def _usage(*lines: object, compiled: Policy = COMPILED) -> Usage:
    usage = Usage(compiled)
    for line in _read(*lines):
        if isinstance(line, SeenDecision):
            usage.add(line)
    return usage


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{\n", "is not JSON"),
        (b"\xff\xfe\n", "is not JSON"),
        (b"[]\n", "is no object with an `event`"),
        (b'{"event": 5}\n', "is no object with an `event`"),
        (b'{"event": "decision"}\n', "`time` is no text"),
        (_line(time="yesterday"), "`time` is no time of ours"),
        (_line(effect="maybe"), "`effect` is neither permit nor deny"),
        (_line(scopes="read"), "`scopes` is no list of texts"),
        (_line(scopes=[1]), "`scopes` is no list of texts"),
        (_line(matched=True), "`matched` is no number"),
        (_line(client=7), "`client` is no text"),
        (b"x" * (MAX_LINE_BYTES + 9) + b"\n", "is longer than any line of ours"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_the_others_count(line: object, fault: str) -> None:
    first, bad, last = _read(_line(), line, _line())

    assert isinstance(first, SeenDecision)
    assert bad == BadLine(2, fault)
    assert last == first


@given(st.lists(st.binary(max_size=60)))
def test_no_octets_end_the_reading(pieces: list[bytes]) -> None:
    found = _read(*(piece + b"\n" for piece in pieces), _line())

    assert isinstance(found[-1], SeenDecision | BadLine)


def test_lines_of_the_token_service_tell_of_something_else() -> None:
    assert _read({"event": "token.issued", "time": 1}) == [OtherLine()]


def test_a_client_can_do_without_what_it_never_used() -> None:
    usage = _usage(
        _line(),
        _line(time="2026-11-27T00:00:00.000Z", scopes=["read", "a"]),
        _line(operation="POST /songs", effect="deny", reason="insufficient_scope", matched=None),
        _line(client="other", scopes=["post", "widget"], matched=2),
    )

    other, shop = client_suggestions(usage)

    assert (shop.client, shop.used, shop.unused) == ("shop", ("read",), ("a", "write"))
    assert (shop.permitted, dict(shop.refused)) == (2, {"POST /songs": 1})
    assert (shop.span.first, shop.span.last) == (
        "2026-11-27T00:00:00.000Z", "2026-11-28T21:00:00.000Z",
    )  # fmt: skip
    assert (other.client, other.used, other.unused) == ("other", ("post", "widget"), ())


def test_clients_of_two_issuers_are_two() -> None:
    usage = _usage(_line(), _line(issuer="https://elsewhere.example"))

    assert len(list(client_suggestions(usage))) == 2


def test_what_another_policy_let_in_counts_by_what_would_let_it_in_now() -> None:
    usage = _usage(_line(policy="older", matched=2, scopes=["post", "widget", "a"]))

    [shop] = client_suggestions(usage)

    assert (shop.used, shop.unused, usage.by_others) == (("post", "widget"), ("a",), 1)


def _undeclared(*scopes: str, **changes: Any) -> dict[str, Any]:
    told = {"operation": "GET /undeclared", "effect": "deny", "reason": "undeclared_security"}
    return _line(**{**told, "matched": None, "scopes": list(scopes), **changes})


def test_security_is_suggested_of_what_all_callers_held() -> None:
    usage = _usage(
        _undeclared("read", "write"),
        _undeclared("read", "a", client="batch", time="2026-11-29T00:00:00.000Z"),
        _undeclared(issuer=None, client=None),
    )

    [found] = operation_suggestions(usage)

    assert [(one.scheme, one.scopes) for one in found.security] == [("oauth", ("read",))]
    assert (found.clients, found.let_in, found.span.requests) == (("batch", "shop"), 2, 3)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "nobody called it"),
        ([_undeclared(issuer=None, client=None)], "nobody who called it showed a valid token"),
        ([_undeclared("read"), _undeclared("write")], "no declared scope is common to all"),
        ([_undeclared()], "no declared scope is common to all"),
        ([_undeclared("never-declared")], "no declared scope is common to all"),
        ([_undeclared("read", issuer="https://unknown.example")], "no declared scope is common"),
    ],
)
def test_without_evidence_nothing_is_suggested(lines: list[object], why: str) -> None:
    [found] = operation_suggestions(_usage(*lines))

    assert found.security == ()
    assert found.why.startswith(why)


_SCOPES = st.sets(st.sampled_from(["read", "write", "a", "b", "c"]), max_size=4)


@given(held=st.lists(_SCOPES, min_size=1, max_size=5), other=_SCOPES)
def test_a_suggestion_lets_in_who_was_seen_and_nobody_who_holds_less(
    held: list[set[str]], other: set[str]
) -> None:
    [found] = operation_suggestions(_usage(*(_undeclared(*scopes) for scopes in held)))
    common = set.intersection(*held)
    suggested: Security = [{one.scheme: list(one.scopes)} for one in found.security]

    if not common:
        assert found.security == ()
        return
    applied = policy({"GET /undeclared": suggested})
    key = OperationKey("GET /undeclared")

    assert all(decide(applied, key, presenting(oauth=by_token(*one))).permits for one in held)
    assert decide(applied, key, presenting(oauth=by_token(*other))).permits is (other >= common)
    assert not decide(applied, key, ANONYMOUS).permits


def test_an_openid_connect_scheme_takes_any_scope_that_is_held() -> None:
    compiled = policy(dict(SECURITY), bindings={SchemeName("oidc"): BINDINGS[SchemeName("oidc")]})

    [found] = operation_suggestions(_usage(_undeclared("profile"), compiled=compiled))

    assert [(one.scheme, one.scopes) for one in found.security] == [("oidc", ("profile",))]


def test_nothing_is_said_of_what_declares_its_security_or_is_public() -> None:
    usage = _usage(_line(), _line(operation="GET /open", reason="public", matched=None))

    assert [found.operation for found in operation_suggestions(usage)] == ["GET /undeclared"]
    assert usage.elsewhere == 0
    assert _usage(_line(operation="GET /gone")).elsewhere == 1
