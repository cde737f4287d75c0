"""The line a decision: one of JSON, whatever the names in it hold."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.model import (
    ANONYMOUS,
    Credentials,
    Decision,
    Refused,
    RequestFault,
    TokenFault,
)
from gateway.ops.audit_log import AuditLog
from gateway.ops.audit_sink import AuditSink
from gateway.policy.decide import decide
from gateway.spec.model import OperationKey
from tests.unit.ops.build import PAIR, Request, by_token
from tests.unit.policy.build import CLIENT, ISSUER, KEY, Security, policy, presenting, proven

NOW = 1_764_366_138.9871


def lines_of(
    security: Security,
    *credentials: Credentials,
    folder: Path,
    key: str = "GET /songs",
    request: Request | None = None,
) -> list[Mapping[str, Any]]:
    """What the file has after decisions with these credentials."""
    compiled = policy({key: security})
    log = AuditLog(folder / "audit.log")
    sink = AuditSink(log, lambda: compiled, clock=lambda: NOW)
    for held in credentials:
        watch = sink.watch(decide(compiled, OperationKey(key), held))
        watch.decided(request or Request())
        watch.answered(request or Request(), 200, 0.1)
    log.close()
    text = (folder / "audit.log").read_text(encoding="ascii")
    assert text.count("\n") == len(credentials)
    return [json.loads(line) for line in text.splitlines()]


def test_a_permit_says_who_and_by_which_alternative(tmp_path: Path) -> None:
    [line] = lines_of(PAIR, presenting(oauth=by_token("post", "widget")), folder=tmp_path)

    assert line == {
        "event": "decision",
        "time": "2025-11-28T21:42:18.987Z",
        "request": "urn:uuid:2f1c9d1e-0000-4000-8000-000000000001",
        "address": "192.0.2.7",
        "operation": "GET /songs",
        "effect": "permit",
        "reason": "matched",
        "fault": None,
        "matched": 2,
        "lacked": [],
        "issuer": ISSUER,
        "subject": "user:alice",
        "kind": "user",
        "client": "shop",
        "scopes": ["post", "widget"],
        "jti": "jti of user:alice",
        "policy": policy({"GET /songs": PAIR}).digest,
        "schemes": ["oauth2"],
        "observed": False,
    }


def test_a_denial_says_who_and_what_each_alternative_lacked(tmp_path: Path) -> None:
    [line] = lines_of(PAIR, presenting(oauth=by_token("post")), folder=tmp_path)

    told = ("effect", "reason", "matched", "lacked", "subject", "client", "scopes", "schemes")
    assert [line[name] for name in told] == [
        "deny", "insufficient_scope", None, [["create"], ["widget"]], "user:alice", "shop",
        ["post"], ["oauth2"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("security", "credentials", "told"),
    [
        pytest.param([], ANONYMOUS, ("public", None, [], None, []), id="public"),
        pytest.param(
            PAIR, ANONYMOUS, ("no_credential", None, [["oauth"], ["oauth"]], None, []), id="nothing"
        ),
        pytest.param(
            PAIR,
            presenting(oauth=Refused(TokenFault.EXPIRED)),
            ("invalid_credential", "expired", [], None, ["oauth2"]),
            id="expired",
        ),
        pytest.param(
            PAIR,
            Credentials(fault=RequestFault.SEVERAL_TOKENS),
            ("invalid_request", "several tokens in one Authorization header", [], None, []),
            id="ambiguous",
        ),
        pytest.param(
            [{"key": ["staff"]}],
            presenting(key=proven(principal=KEY)),
            ("insufficient_scope", None, [["staff"]], "key:1", ["apiKey"]),
            id="role",
        ),
        pytest.param(
            [{"oauth": ["read"], "key": []}],
            presenting(oauth=proven("read", principal=CLIENT), key=proven(principal=KEY)),
            ("matched", None, [], "client:job", ["oauth2", "apiKey"]),
            id="two schemes",
        ),
        pytest.param(None, ANONYMOUS, ("undeclared_security", None, [], None, []), id="undeclared"),
    ],
)
def test_a_line_says_in_closed_words_why(
    security: Security, credentials: Credentials, told: tuple[object, ...], tmp_path: Path
) -> None:
    [line] = lines_of(security, credentials, folder=tmp_path)

    names = ("reason", "fault", "lacked", "subject", "schemes")
    assert tuple(line[name] for name in names) == told


@pytest.mark.parametrize(
    "name",
    [
        pytest.param('a"b\\c', id="quotes"),
        pytest.param("a\nb\r\x00\x1b[2J\x7f", id="controls"),
        pytest.param("a\x85\u2028\u202e\ufeff", id="other line ends and directions"),
        pytest.param("a\udcff\ud800", id="no text"),
        pytest.param('"}\n{"event":"decision","effect":"permit', id="a line of its own"),
    ],
)
def test_names_that_hold_anything_stay_within_one_line_of_ascii(name: str, tmp_path: Path) -> None:
    held = presenting(oauth=by_token("create", subject=name, client=name))

    [line] = lines_of(
        PAIR, held, folder=tmp_path, key=f"GET /{name}", request=Request(address=name)
    )

    for member in ("subject", "client", "address"):
        assert line[member] == name
    assert line["operation"] == f"GET /{name}"
    octets = (tmp_path / "audit.log").read_bytes()
    assert all(0x20 <= octet < 0x7F for octet in octets[:-1])


def test_the_time_goes_on_within_a_second_and_beyond(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.log")
    times = iter([0.0, 0.25, 0.9999, 1.0, 86400.5])
    sink = AuditSink(log, lambda: policy({"GET /songs": []}), clock=lambda: next(times))
    watch = sink.watch(decide(policy({"GET /songs": []}), OperationKey("GET /songs"), ANONYMOUS))

    for _ in range(5):
        watch.decided(Request())
    log.close()

    text = (tmp_path / "audit.log").read_text()
    assert [json.loads(line)["time"] for line in text.splitlines()] == [
        "1970-01-01T00:00:00.000Z",
        "1970-01-01T00:00:00.250Z",
        "1970-01-01T00:00:00.999Z",
        "1970-01-01T00:00:01.000Z",
        "1970-01-02T00:00:00.500Z",
    ]


def test_a_decision_of_another_policy_is_told_without_guessing_its_schemes(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.log")
    old, new = policy({"GET /songs": PAIR}), policy({"GET /other": PAIR})
    decision: Decision = decide(
        old, OperationKey("GET /songs"), presenting(oauth=by_token("create"))
    )

    AuditSink(log, lambda: new).watch(decision).decided(Request())
    log.close()

    line = json.loads((tmp_path / "audit.log").read_text())
    assert (line["policy"], line["schemes"], line["matched"]) == (old.digest, [], 1)


def test_what_has_no_operation_has_no_line(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.log")

    AuditSink(log, lambda: policy({})).unrouted(Request(), 404)
    log.close()

    assert (tmp_path / "audit.log").read_bytes() == b""


def test_a_line_of_one_who_only_looks_on_says_so(tmp_path: Path) -> None:
    compiled = policy({"GET /songs": PAIR})
    log = AuditLog(tmp_path / "audit.log")
    sink = AuditSink(log, lambda: compiled, clock=lambda: NOW, observes=True)

    sink.watch(decide(compiled, OperationKey("GET /songs"), ANONYMOUS)).decided(Request())
    log.close()

    line = json.loads((tmp_path / "audit.log").read_text(encoding="ascii"))
    assert (line["effect"], line["observed"]) == ("deny", True)
