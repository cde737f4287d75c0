"""The digest: equal for equal access, different for different access."""

import pytest

from gateway.policy.codec import canonical_policy
from gateway.policy.compile import compile_policy
from gateway.policy.rules import Undeclared
from gateway.spec.model import KeyPlace, OperationKey
from tests.unit.policy.build import (
    BINDINGS,
    SCHEMES,
    Security,
    api_key,
    description,
    policy,
)

OPERATIONS: dict[str, Security] = {
    "GET /songs": [{"oauth": ["read"]}, {}],
    "POST /songs": [{"oauth": ["create"]}, {"oauth": ["post", "widget"], "key": ["admin"]}],
    "GET /ping": [],
    "GET /forgotten": None,
}


def _digest(operations: dict[str, Security]) -> str:
    return policy(operations).digest


def _changed(key: str, security: Security) -> dict[str, Security]:
    return {**OPERATIONS, key: security}


@pytest.mark.parametrize(
    "operations",
    [
        dict(reversed(OPERATIONS.items())),
        _changed("GET /songs", [{}, {"oauth": ["read"]}]),
        _changed("GET /songs", [{"oauth": ["read", "read"]}, {}, {"oauth": ["read"]}]),
        _changed(
            "POST /songs",
            [{"key": ["admin"], "oauth": ["widget", "post"]}, {"oauth": ["create"]}],
        ),
    ],
    ids=["operations turned round", "`{}` moved", "repetitions", "schemes and scopes moved"],
)
def test_order_and_repetition_do_not_show(operations: dict[str, Security]) -> None:
    assert _digest(operations) == _digest(OPERATIONS)


def test_texts_do_not_show() -> None:
    edited = compile_policy(description(OPERATIONS, summary="other words"), BINDINGS)

    assert edited.digest == _digest(OPERATIONS)


@pytest.mark.parametrize(
    "operations",
    [
        _changed("GET /songs", [{"oauth": ["read"]}]),
        _changed("GET /songs", [{"oauth": ["reads"]}, {}]),
        _changed("GET /songs", [{"oauth": ["Read"]}, {}]),
        _changed("GET /songs", [{"other": ["read"]}, {}]),
        _changed("GET /songs", [{"oauth": ["read"], "key": []}, {}]),
        _changed("GET /songs", []),
        _changed("GET /songs", [{}]),
        _changed("GET /songs", None),
        _changed("GET /ping", None),
        _changed("GET /forgotten", []),
        _changed("GET /new", [{"oauth": ["read"]}]),
        {key: value for key, value in OPERATIONS.items() if key != "GET /ping"},
        _changed("POST /songs", [{"oauth": ["create"]}, {"oauth": ["post", "widget"], "key": []}]),
        _changed("POST /songs", [{"oauth": ["create", "post", "widget"], "key": ["admin"]}]),
        _changed(
            "POST /songs", [{"oauth": ["create"]}, {"oauth": ["post widget"], "key": ["admin"]}]
        ),
    ],
)
def test_every_change_of_access_shows(operations: dict[str, Security]) -> None:
    assert _digest(operations) != _digest(OPERATIONS)


def test_the_base_path_the_schemes_used_and_the_undeclared_setting_show() -> None:
    moved = description(OPERATIONS, base_path="/v2")
    elsewhere = [s for s in SCHEMES if s.name != "key"] + [api_key("key", KeyPlace.QUERY)]
    rekeyed = description(OPERATIONS, schemes=elsewhere)
    opened = compile_policy(description(OPERATIONS), BINDINGS, undeclared=Undeclared.PUBLIC)
    digests = {compile_policy(document, BINDINGS).digest for document in (moved, rekeyed)}

    assert len({_digest(OPERATIONS), opened.digest, *digests}) == 4


def test_a_scheme_nothing_names_does_not_show() -> None:
    fewer = [s for s in SCHEMES if s.name in ("oauth", "key")]

    assert compile_policy(description(OPERATIONS, schemes=fewer), BINDINGS).digest == _digest(
        OPERATIONS
    )


def test_the_canonical_form_tells_public_from_denied_from_required() -> None:
    form = canonical_policy(policy(OPERATIONS).rules, description(OPERATIONS))

    assert form["operations"]["GET /ping"] == "public"
    assert form["operations"]["GET /forgotten"] == "denied"
    assert form["operations"]["GET /songs"] == [
        {"oauth": {"scopes": ["read"], "roles": []}},
        {},
    ]
    assert list(form["operations"]) == sorted(form["operations"])
    assert list(form["schemes"]) == ["key", "oauth"]


def test_a_digest_is_sha_256_in_hex() -> None:
    digest = _digest({OperationKey("GET /x"): []})

    assert len(digest) == 64
    assert set(digest) <= set("0123456789abcdef")
