"""What an upstream is told of a caller, written so that nothing in it can be taken for more."""

import pytest

from gateway.edge.proxy.identity import identity_fields, refused_fields
from gateway.model import Decision, Effect, Principal, PrincipalKind, Proven, Reason
from gateway.spec.model import OperationKey, Scope


def _decision(
    subject: str = "user:1", *, scopes: frozenset[str] = frozenset(), client: str | None = None
) -> Decision:
    principal = Principal("https://issuer.example/a", subject, PrincipalKind.USER)
    proven = Proven(principal, frozenset(map(Scope, scopes)), client_id=client)
    return Decision(
        Effect.PERMIT,
        Reason.MATCHED,
        OperationKey("GET /songs"),
        "digest",
        matched=1,
        principal=principal,
        proven=(proven,),
    )


def test_all_that_is_known_of_a_caller_is_told() -> None:
    decision = _decision(scopes=frozenset({"read", "a:b"}), client="radio")

    assert identity_fields(decision, "listSongs") == (
        (b"x-auth-issuer", b"https://issuer.example/a"),
        (b"x-auth-subject", b"user:1"),
        (b"x-auth-kind", b"user"),
        (b"x-auth-client", b"radio"),
        (b"x-auth-scope", b"a:b read"),
        (b"x-auth-operation", b"listSongs"),
    )


def test_what_was_not_proven_is_left_out() -> None:
    names = [name for name, _ in identity_fields(_decision(), "x")]

    assert names == [b"x-auth-issuer", b"x-auth-subject", b"x-auth-kind", b"x-auth-operation"]


@pytest.mark.parametrize(
    ("subject", "written"),
    [
        ("auth0|12", b"auth0|12"),
        ("a b", b"a%20b"),
        ("a%20b", b"a%2520b"),
        ("a\r\nX-Auth-Kind: client", b"a%0D%0AX-Auth-Kind:%20client"),
        ("bj\u00f6rn", b"bj%C3%B6rn"),
        ("\u2028\x00\x7f", b"%E2%80%A8%00%7F"),
        (" x\t", b"%20x%09"),
    ],
)
def test_a_subject_is_written_in_visible_ascii_and_can_be_read_back(
    subject: str, written: bytes
) -> None:
    fields = dict(identity_fields(_decision(subject), "x"))

    assert fields[b"x-auth-subject"] == written


@pytest.mark.parametrize(
    ("operation", "written"),
    [
        ("GET /songs/{id}", b"GET /songs/{id}"),
        ("add\nSong", b"add%0ASong"),
        (" x ", b"x"),
    ],
)
def test_an_operation_keeps_the_one_blank_it_needs(operation: str, written: bytes) -> None:
    assert dict(identity_fields(_decision(), operation))[b"x-auth-operation"] == written


def test_of_a_refused_caller_nothing_is_told_but_the_reason() -> None:
    decision = Decision(Effect.DENY, Reason.INSUFFICIENT_SCOPE, OperationKey("GET /songs"), "d")

    assert refused_fields(decision) == ((b"x-auth-would-deny", b"insufficient_scope"),)
