"""The fuzzer sees what it is made to see: wrong decisions, faults, hangs, tokens not due."""

import asyncio
import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.doors import Application, InProcess, Message
from tests.fuzz.drawing import Drawn
from tests.fuzz.ledger import Kind, Ledger
from tests.fuzz.messages import Answer, Request
from tests.fuzz.presentations import Flaw, Presentation, presentations
from tests.fuzz.test_gateway import OPERATIONS, RAW, try_operation
from tests.fuzz.token_judge import judge_token, judge_within
from tests.fuzz.token_oracle import Scopes
from tests.fuzz.trial import Trial
from tests.fuzz.world import DOCUMENT, open_world

LIST_SONGS = next(operation for operation in OPERATIONS if operation.label == "GET /songs")
ANYTHING = Presentation('a token with exactly "read"', scopes=frozenset({"read"}))
NOTHING = Presentation("nothing")
INVALID = Presentation("junk", flaw=Flaw.INVALID)
TWO = Presentation("two", flaw=Flaw.AMBIGUOUS)
READ = frozenset({"read"})


def test_a_server_with_another_document_makes_wrong_decisions(tmp_path: Path) -> None:
    text = DOCUMENT.read_text("utf-8")
    changed = tmp_path / "openapi.yaml"
    changed.write_text(text.replace("- oauth: [read]", "- oauth: [groups]", 1), "utf-8")

    with open_world(tmp_path / "home", changed) as world:
        presented = presentations(
            RAW, "GET", "/songs", sign=world.sign, bad_tokens=world.bad_tokens
        )
        trial = Trial(RAW, DOCUMENT.name, world.doors)
        try_operation(LIST_SONGS, presented, trial, share=0)

    wrong = [finding for finding in trial.ledger.findings if finding.kind is Kind.WRONG]
    assert {finding.door for finding in wrong} == {"in process", "HTTP"}
    shut = {f.presented for f in wrong if f.answered.startswith("403")}
    opened = {f.due for f in wrong if not f.answered.startswith(("401", "403"))}
    assert 'a token with exactly "read"' in shut
    assert opened == {"403 insufficient_scope"}
    assert not any("eyJ" in str(finding) for finding in wrong)


def answering(status: int, *challenges: str, **more: str) -> Application:
    """An application that answers everything alike."""
    told = {"cache-control": "no-store", "content-type": "application/problem+json", **more}
    headers = [(name.encode(), value.encode()) for name, value in told.items()]
    headers += [(b"www-authenticate", challenge.encode()) for challenge in challenges]

    async def application(_scope: Message, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    return application


async def hanging(_scope: Message, _receive: Any, _send: Any) -> None:
    await asyncio.Event().wait()


async def raising(_scope: Message, _receive: Any, _send: Any) -> None:
    raise ValueError("a fault")


async def mute(_scope: Message, _receive: Any, _send: Any) -> None:
    pass


BARE, INVALID_TOKEN = 'Bearer realm="oauth"', 'Bearer realm="oauth", error="invalid_token"'
INSUFFICIENT = 'Bearer realm="oauth", error="insufficient_scope", scope="read"'
NO_SCOPE = frozenset[str]()


@pytest.mark.parametrize(
    ("application", "presented", "kind"),
    [
        pytest.param(answering(500), NOTHING, Kind.FAULT, id="500"),
        pytest.param(answering(501), ANYTHING, Kind.FAULT, id="501"),
        pytest.param(raising, NOTHING, Kind.FAULT, id="raises"),
        pytest.param(hanging, NOTHING, Kind.HANG, id="hangs"),
        pytest.param(mute, NOTHING, Kind.HANG, id="says nothing"),
        pytest.param(answering(200), NOTHING, Kind.WRONG, id="lets nobody in"),
        pytest.param(answering(400), NOTHING, Kind.WRONG, id="400 for 401"),
        pytest.param(answering(401, BARE), NOTHING, None, id="401"),
        pytest.param(answering(401), NOTHING, Kind.WRONG, id="401 without a challenge"),
        pytest.param(answering(401, INVALID_TOKEN), NOTHING, Kind.WRONG, id="error with nothing"),
        pytest.param(
            answering(401, BARE, **{"cache-control": "private"}), NOTHING, Kind.WRONG, id="kept"
        ),
        pytest.param(
            answering(401, BARE, **{"content-type": "text/html"}), NOTHING, Kind.WRONG, id="page"
        ),
        pytest.param(answering(401, INVALID_TOKEN), INVALID, None, id="invalid token"),
        pytest.param(answering(401, BARE), INVALID, Kind.WRONG, id="no error for junk"),
        pytest.param(answering(403, INSUFFICIENT), INVALID, Kind.WRONG, id="403 for junk"),
        pytest.param(answering(401, INVALID_TOKEN), TWO, Kind.WRONG, id="401 for two tokens"),
        pytest.param(answering(403, INSUFFICIENT), ANYTHING, Kind.WRONG, id="denies the minimum"),
        pytest.param(answering(401, BARE), ANYTHING, Kind.WRONG, id="401 for the minimum"),
        pytest.param(answering(418), ANYTHING, Kind.UNDOCUMENTED, id="not in the document"),
        pytest.param(
            answering(403, INSUFFICIENT), Presentation("none", scopes=NO_SCOPE), None, id="403"
        ),
        pytest.param(
            answering(403, INSUFFICIENT.replace('"read"', '"write"')),
            Presentation("none", scopes=NO_SCOPE),
            Kind.WRONG,
            id="asks for a scope that does not pass",
        ),
    ],
)
def test_a_fault_is_seen(
    application: Application, presented: Presentation, kind: Kind | None
) -> None:
    with InProcess(application, seconds=0.05) as door:
        trial = Trial(RAW, DOCUMENT.name, [door])
        trial.send(Drawn(Request("GET", "/songs"), LIST_SONGS.Case()), presented)

    assert trial.ledger.requests == 1
    assert [finding.kind for finding in trial.ledger.findings] == ([kind] if kind else [])


def token_answer(scope: str, *, claimed: str | None = None, cache: str = "no-store") -> Answer:
    """An answer with a token that nobody signed."""
    claims = base64.urlsafe_b64encode(json.dumps({"scope": claimed or scope}).encode()).decode()
    body = {"access_token": f"x.{claims.rstrip('=')}.x", "token_type": "Bearer", "scope": scope}
    return Answer(200, (("cache-control", cache),), json.dumps(body).encode())


def refusal(status: int, error: str, *challenges: str) -> Answer:
    """A refusal of the token endpoint."""
    headers = (("cache-control", "no-store"), *(("www-authenticate", c) for c in challenges))
    return Answer(status, headers, json.dumps({"error": error}).encode())


@pytest.mark.parametrize(
    ("answer", "due", "is_right"),
    [
        pytest.param(token_answer("read"), READ, True, id="what is due"),
        pytest.param(token_answer("read write"), READ, False, id="more than is due"),
        pytest.param(token_answer("read", claimed="read write"), READ, False, id="claims more"),
        pytest.param(token_answer("read"), READ | {"write"}, False, id="less than is due"),
        pytest.param(token_answer("read"), None, False, id="none is due"),
        pytest.param(token_answer("read", cache="private"), READ, False, id="kept"),
        pytest.param(refusal(400, "invalid_scope"), None, True, id="refused"),
        pytest.param(refusal(400, "invalid_scope"), READ, False, id="refused what is due"),
        pytest.param(refusal(400, "no_such_error"), None, False, id="unknown error"),
        pytest.param(refusal(401, "invalid_client"), None, False, id="401 without challenge"),
        pytest.param(refusal(401, "invalid_client", 'Basic realm="x"'), None, True, id="401"),
        pytest.param(refusal(500, "invalid_request"), None, False, id="fault"),
        pytest.param(refusal(302, "invalid_request"), None, False, id="redirect"),
    ],
)
def test_a_token_that_is_not_due_is_seen(
    answer: Answer, due: Scopes | None, is_right: bool
) -> None:
    verdict = judge_token(answer, due)

    assert (verdict is None) is is_right


@pytest.mark.parametrize(
    ("scope", "is_right"), [("read", True), ("read groups", True), ("read write", False)]
)
def test_a_token_beyond_the_ceiling_is_seen(scope: str, is_right: bool) -> None:
    verdict = judge_within(token_answer(scope), READ | {"groups"})

    assert (verdict is None) is is_right


def test_ledgers_of_several_workers_add_up() -> None:
    ledgers: Sequence[Ledger] = (Ledger(), Ledger())
    counted: Mapping[str, int] = {"HTTP": 3, "in process": 2}
    for ledger in ledgers:
        for door, count in counted.items():
            for _ in range(count):
                ledger.count(Answer(200, (), b""), door=door, document="d")

    total = Ledger().add(Ledger.from_text(ledger.to_text()) for ledger in ledgers)

    assert total.requests == 10
    assert total.answers == {("HTTP", "d", "2xx"): 6, ("in process", "d", "2xx"): 4}
