"""What a request can present: tokens for exact scope sets, and everything that is wrong."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.fuzz.messages import Request
from tests.fuzz.oracle import decide
from tests.fuzz.scope_sets import Scopes, minimal_sets, scope_sets


class Flaw(StrEnum):
    """What is wrong with what is presented."""

    #: credentials that cannot be told apart
    AMBIGUOUS = "invalid_request"
    #: a bearer token that is not valid
    INVALID = "invalid_token"


@dataclass(frozen=True, slots=True)
class Presentation:
    """What is presented, and what a reader of the document must make of it."""

    name: str
    headers: tuple[tuple[str, str], ...] = ()
    query: str = ""
    #: of the valid token; None: there is none, or nobody looks where it is
    scopes: Scopes | None = None
    flaw: Flaw | None = None

    def put_on(self, request: Request) -> Request:
        """The request with this and no other credential; junk cookies of its own may stay."""
        replaced = {"authorization", *(name.lower() for name, _ in self.headers)}
        kept = tuple(header for header in request.headers if header[0].lower() not in replaced)
        separator = "&" if "?" in request.target else "?"
        target = f"{request.target}{separator}{self.query}" if self.query else request.target
        return Request(request.method, target, kept + self.headers, request.body)


@dataclass(frozen=True, slots=True)
class Due:
    """What is due: 401, 403, 400, or 200 for neither; and the `error` of the challenge."""

    status: int
    error: str | None = None


def due(document: dict[str, Any], method: str, template: str, presented: Presentation) -> Due:
    """What is due for what is presented."""
    scopes = None if presented.scopes is None else set(presented.scopes)
    status = decide(document, method, template, scopes)
    if not _looks_for_tokens(document, method, template):
        return Due(status)
    if presented.flaw is not None:
        return Due(400 if presented.flaw is Flaw.AMBIGUOUS else 401, presented.flaw)
    return Due(status, "insufficient_scope" if status == 403 else None)


def _looks_for_tokens(document: dict[str, Any], method: str, template: str) -> bool:
    item = document["paths"][template]
    operation = item.get(method.lower(), item.get("get"))
    security = operation.get("security", document.get("security")) or []
    schemes = document["components"]["securitySchemes"]
    named = [schemes[name] for requirement in security for name in requirement]
    return any(
        scheme["type"] in {"oauth2", "openIdConnect"}
        or (scheme["type"], str(scheme.get("scheme")).lower()) == ("http", "bearer")
        for scheme in named
    )


def presentations(
    document: dict[str, Any],
    method: str,
    template: str,
    *,
    sign: Callable[[Scopes], str],
    bad_tokens: Mapping[str, str],
) -> list[Presentation]:
    """Everything that an operation is tried with; `bad_tokens` have every scope and one fault."""
    sets = scope_sets(document, method, template)
    smallest = minimal_sets(document, method, template)
    passing = smallest[-1] if smallest else sets[-1]
    good = sign(passing)
    return [
        *(_with_token(scopes, sign(scopes)) for scopes in sets),
        *(_invalid(name, text) for name, text in bad_tokens.items()),
        *_absent(good),
        *_ambiguous(good, sign(sets[-1])),
        *_valid_all_the_same(good, passing),
    ]


def exactly(scopes: Scopes) -> str:
    """The name of the presentation of a valid token with exactly these scopes."""
    return f'a token with exactly "{" ".join(sorted(scopes))}"'


def _with_token(scopes: Scopes, token: str) -> Presentation:
    return Presentation(exactly(scopes), _bearer(token), scopes=scopes)


def _invalid(name: str, token: str) -> Presentation:
    return Presentation(f"a token that is {name}", _bearer(token), flaw=Flaw.INVALID)


def _absent(good: str) -> Sequence[Presentation]:
    """What no scheme of the document looks at is as if absent."""
    pair = base64.b64encode(f"alice:{good}".encode()).decode()
    return (
        Presentation("nothing"),
        Presentation("a token in the query", query=f"access_token={good}"),
        Presentation("a Basic header", (("Authorization", f"Basic {pair}"),)),
        Presentation("Basic with the token itself", (("Authorization", f"Basic {good}"),)),
        Presentation("the token without Bearer", (("Authorization", good),)),
        Presentation("Bearer without a token", (("Authorization", "Bearer "),)),
        Presentation("a tab after Bearer", (("Authorization", f"Bearer\t{good}"),)),
        Presentation("junk as a session", (("Cookie", "scopegate_session=junk; a=b"),)),
        Presentation("the token as a session", (("Cookie", f"scopegate_session={good}"),)),
        Presentation("the token in another header", (("X-Authorization", f"Bearer {good}"),)),
        Presentation("a proxy's token", (("Proxy-Authorization", f"Bearer {good}"),)),
    )


def _ambiguous(good: str, other: str) -> Sequence[Presentation]:
    headers = {
        "the same token in two headers": _bearer(good) + _bearer(good),
        "two tokens in two headers": _bearer(good) + _bearer(other),
        "a Basic header beside the token": (*_bearer(good), ("Authorization", "Basic YTpi")),
        "two tokens in one header": _bearer(f"{good} {other}"),
        "two tokens with a comma": _bearer(f"{good}, {other}"),
    }
    return (
        *(Presentation(name, sent, flaw=Flaw.AMBIGUOUS) for name, sent in headers.items()),
        Presentation(
            "tokens in header and query",
            _bearer(good),
            query=f"access_token={other}",
            flaw=Flaw.AMBIGUOUS,
        ),
    )


def _valid_all_the_same(good: str, scopes: Scopes) -> Sequence[Presentation]:
    junk = ("Cookie", "scopegate_session=junk")
    return (
        Presentation("bearer in small letters", (("authorization", f"bearer {good}"),), "", scopes),
        Presentation("the token beside a junk session", (*_bearer(good), junk), "", scopes),
        Presentation("many spaces", (("Authorization", f"BEARER   {good} "),), "", scopes),
    )


def _bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("Authorization", f"Bearer {token}"),)
