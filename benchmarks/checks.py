"""Whether a peer answers right: asked before it is loaded, so no figure is of a wrong answer."""

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.songs.data import ADDED_SONG, NEW_SONG, SONGS


@dataclass(frozen=True, slots=True)
class Ability:
    """What a peer looks at; what it does not is not asked, and is said beside its figures."""

    tokens: bool = True
    #: a token that expired or is forged can be told from a good one
    signatures: bool = True
    bodies: bool = True
    parameters: bool = False
    content_types: bool = False
    revocation: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One request, and the statuses of which one must come."""

    name: str
    method: str
    statuses: Sequence[int]
    token: str | None = None
    body: str = ""
    query: str = ""
    content_type: str = "application/json"
    #: what the answer must be as JSON; None: it is not compared
    answer: Any = field(default=None)


BODY = json.dumps(NEW_SONG, separators=(",", ":"))
_ANY_4XX = (400, 422)


def cases(ability: Ability) -> list[Case]:
    """The questions that fit what a peer can do."""
    asked = [
        Case("good scope", "GET", [200], "read", answer=list(SONGS)),
        Case("good scope to add", "POST", [201], "create", BODY, answer=dict(ADDED_SONG)),
    ]
    if ability.tokens:
        asked += _of_scopes()
    if ability.signatures:
        asked += [
            Case("an expired token", "GET", [401], "expired"),
            Case("a forged token", "GET", [401], "forged"),
        ]
    if ability.revocation:
        asked.append(Case("a revoked token", "GET", [401], "revoked"))
    if ability.bodies:
        asked += _of_bodies()
    if ability.content_types:
        asked.append(
            Case("another content type", "POST", [415], "create", BODY, content_type="text/plain")
        )
    if ability.parameters:
        asked.append(Case("a bad parameter", "GET", _ANY_4XX, "read", query="?limit=0"))
    return asked


def _of_scopes() -> list[Case]:
    return [
        Case("the second alternative", "GET", [200], "read_alternative"),
        Case("the second alternative to add", "POST", [201], "create_alternative", BODY),
        Case("wrong scopes", "GET", [403], "wrong"),
        Case("half an alternative", "GET", [403], "half"),
        Case("the scope of another operation", "POST", [403], "read", BODY),
        Case("half an alternative to add", "POST", [403], "half", BODY),
        Case("no token", "GET", [401]),
        Case("no token to add", "POST", [401], None, BODY),
    ]


def _of_bodies() -> list[Case]:
    return [
        Case("an empty title", "POST", _ANY_4XX, "create", '{"title":"","artist":"a","year":1}'),
        Case(
            "a year in words", "POST", _ANY_4XX, "create", '{"title":"t","artist":"a","year":"y"}'
        ),
        Case("a body with a part missing", "POST", _ANY_4XX, "create", '{"title":"t"}'),
    ]


def faults(port: int, path: str, asked: Sequence[Case], tokens: Mapping[str, str]) -> list[str]:
    """Ask a server each question; a line for each wrong answer."""
    found = []
    for case in asked:
        status, body = ask(port, path, case, tokens.get(case.token) if case.token else None)
        if status not in case.statuses:
            found.append(f"{case.name}: {status} instead of {case.statuses[0]}")
        elif case.answer is not None and _parsed(body) != case.answer:
            found.append(f"{case.name}: another body than expected")
    return found


def ask(port: int, path: str, case: Case, token: str | None) -> tuple[int, bytes]:
    """Send one request to 127.0.0.1; status and body of the answer."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if case.body:
        headers["Content-Type"] = case.content_type
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(case.method, path + case.query, case.body or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
