"""Reads the corpus of decisions: files of cases, typed, with nothing misspelt.

A case says what is sent and what comes of it; every door runs the same cases. `present`:

- nothing: no credential at all;
- `scope`: a valid token of every bearer scheme, with these scopes, parted by spaces;
- `token`: a token of every bearer scheme that is not valid, and how (BadToken);
- `schemes`: these schemes proven, each with these roles; roles of a bearer scheme are the roles of
  the one token, which is then there even without `scope`;
- `invalid`, `uncheckable`: a credential of these schemes that is unknown, or cannot be checked now;
- `csrf`: the cookies come with their CSRF token;
- `users`: whom a scheme proves; else it is one and the same user, and for an apiKey outside cookies
  the key;
- `headers`: these and no other, over HTTP only; `$TOKEN`, there and in the target, is the token of
  `scope`.

`expect`: `status` 200 is a permit, whatever the handler makes of it; other words may be left out,
and are then not looked at. `lacks` is what each alternative lacks in the order written: scopes,
then roles. `challenges` are the schemes asked for, in any order. `challenge_scope` is that of the
first challenge that names one, "" if none does.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

HERE = Path(__file__).parent
DECISIONS = HERE / "decisions"


class Door(StrEnum):
    """What runs a case."""

    LIBRARY = "library"
    CLI = "cli"
    HTTP = "http"


class BadToken(StrEnum):
    """How a token is not valid."""

    JUNK = "junk"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    ISSUED_IN_FUTURE = "issued-in-future"
    WRONG_AUDIENCE = "wrong-audience"
    WRONG_ISSUER = "wrong-issuer"
    #: an ID token, say: `typ` is not at+jwt
    WRONG_TYPE = "wrong-type"
    #: signed by another key under the kid of ours
    FORGED = "forged"
    #: `alg` none
    NO_ALGORITHM = "no-algorithm"
    UNKNOWN_KEY = "unknown-key"
    #: without `sub`
    MISSING_CLAIM = "missing-claim"
    #: `scope` is a list
    MALFORMED_SCOPE = "malformed-scope"
    CRITICAL = "critical"
    REVOKED = "revoked"


class _Unsaid(StrEnum):
    """Tells what a case does not speak of from what it expects to be null."""

    UNSAID = "unsaid"


UNSAID = _Unsaid.UNSAID


@dataclass(frozen=True, slots=True)
class Present:
    """What a request presents."""

    scopes: frozenset[str] | None = None
    token: BadToken | None = None
    #: scheme -> roles
    schemes: Mapping[str, Sequence[str]] | None = None
    #: scheme -> the user it proves
    users: Mapping[str, str] | None = None
    csrf: bool = False
    invalid: Sequence[str] = ()
    uncheckable: Sequence[str] = ()
    headers: Sequence[tuple[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """What comes of it; None, and for `nearest` UNSAID, is not looked at."""

    status: int
    operation: str | None = None
    parameters: Mapping[str, str] | None = None
    matched: int | None = None
    #: the handler sees no principal
    anonymous: bool = False
    reason: str | None = None
    fault: str | None = None
    error: str | None = None
    challenges: frozenset[str] | None = None
    challenge_scope: str | None = None
    lacks: Sequence[Sequence[str]] | None = None
    allow: Sequence[str] | None = None
    nearest: str | _Unsaid | None = UNSAID


@dataclass(frozen=True, slots=True)
class Setup:
    """What the cases of a file have in common; hashable, so that doors can keep what they build."""

    document: Path
    #: `--undeclared-security`
    undeclared: str
    #: schemes other than bearer ones that are bound; bearer schemes always are
    bound: frozenset[str]


@dataclass(frozen=True, slots=True)
class Case:
    """One request and its answer."""

    #: file and name: unique, and what pytest shows
    identity: str
    setup: Setup
    method: str
    #: the raw target as sent, with the query
    target: str
    present: Present
    expect: Expect
    rows: Sequence[str]
    doors: frozenset[Door]

    @property
    def path(self) -> str:
        """The target before its query."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class RefusedDocument:
    """A document that does not load, with the rule it breaks and `line:column` of the place."""

    document: Path
    rule: str
    at: str
    rows: Sequence[str]


def read_cases() -> tuple[Case, ...]:
    """All cases, in the order of files and lines."""
    return tuple(
        _case(item, file=file, setup=_setup(content), rows=content["rows"])
        for file, content in _contents()
        if isinstance(content, dict)
        for item in content["cases"]
    )


def read_refused() -> tuple[RefusedDocument, ...]:
    """All documents that must not load."""
    return tuple(
        RefusedDocument(
            document=HERE / item["document"],
            rule=item["refused"]["rule"],
            at=item["refused"]["at"],
            rows=item["rows"],
        )
        for _, content in _contents()
        if isinstance(content, list)
        for item in content
    )


def cases_for(door: Door) -> list[Any]:
    """The cases a door runs, as pytest parameters with ids that read."""
    return [pytest.param(case, id=case.identity) for case in read_cases() if door in case.doors]


def refused_documents() -> list[Any]:
    """The documents that must not load, as pytest parameters."""
    return [pytest.param(refused, id=refused.document.name) for refused in read_refused()]


def check(content: Any) -> None:
    """Raise ValueError, with the place, if the content of a file is not what the schema says."""
    schema = json.loads((HERE / "schema.json").read_text("utf-8"))
    jsonschema_rs.validate(schema, content)


def _contents() -> Iterator[tuple[str, Any]]:
    for path in sorted(DECISIONS.glob("*.json")):
        content = json.loads(path.read_text("utf-8"))
        try:
            check(content)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
        yield path.stem, content


def _setup(content: Mapping[str, Any]) -> Setup:
    return Setup(
        document=HERE / content["document"],
        undeclared=content.get("undeclared", "deny"),
        bound=frozenset(content.get("bound", ())),
    )


def _case(item: Mapping[str, Any], *, file: str, setup: Setup, rows: Sequence[str]) -> Case:
    method, target = item["request"].split(" ", 1)
    return Case(
        identity=f"{file}: {item['name']}",
        setup=setup,
        method=method,
        target=target,
        present=_present(item.get("present", {})),
        expect=_expect(item["expect"]),
        rows=item.get("rows", rows),
        doors=frozenset(Door(door) for door in item.get("doors", Door)),
    )


def _present(item: Mapping[str, Any]) -> Present:
    headers = item.get("headers")
    return Present(
        scopes=_scopes(item.get("scope")),
        token=BadToken(item["token"]) if "token" in item else None,
        schemes=item.get("schemes"),
        users=item.get("users"),
        csrf=item.get("csrf", False),
        invalid=item.get("invalid", ()),
        uncheckable=item.get("uncheckable", ()),
        headers=None if headers is None else [(name, value) for name, value in headers],
    )


def _scopes(text: str | None) -> frozenset[str] | None:
    return None if text is None else frozenset(text.split(" ")) - {""}


def _expect(item: Mapping[str, Any]) -> Expect:
    challenges = item.get("challenges")
    return Expect(
        **{
            **item,
            "challenges": None if challenges is None else frozenset(challenges),
        }
    )
