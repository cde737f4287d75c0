"""Whether an answer of the token endpoint is what is due (RFC 6749 s5.1, s5.2)."""

import base64
import json
from typing import Any

from tests.fuzz.judge import Verdict, judge_life
from tests.fuzz.ledger import Kind
from tests.fuzz.messages import Answer, Silence
from tests.fuzz.token_oracle import Scopes

#: RFC 6749 s5.2; too many failures have a code of their own, s4.1.2.1's
_ERRORS = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    }
)


def judge_token(answer: Answer | Silence, due: Scopes | None, *, method: str = "POST") -> Verdict:
    """Exactly the scopes that are due, or, where no token is, a refusal."""
    verdict = judge_life(answer)
    if verdict is not None or isinstance(answer, Silence):
        return verdict
    if due is None or answer.status != 200:
        wrong = _refusal_is_wrong(answer, method=method) if due is None else "no token"
    else:
        issued, wrong = issued_scopes(answer), None
        if issued != due:
            wrong = f'a token with "{" ".join(sorted(issued or {"?"}))}"'
    return _verdict(answer, wrong or _keeping_is_wrong(answer))


def judge_within(answer: Answer | Silence, ceiling: Scopes, *, method: str = "POST") -> Verdict:
    """A refusal, or a token with nothing that is not within the ceiling."""
    if isinstance(answer, Silence) or answer.status != 200:
        return judge_token(answer, None, method=method)
    issued = issued_scopes(answer)
    wrong = None if issued and issued <= ceiling else "a token beyond the ceiling"
    return _verdict(answer, wrong or _keeping_is_wrong(answer))


def issued_scopes(answer: Answer) -> Scopes | None:
    """The scopes of an issued token, if answer and token tell the same."""
    told = answer.json()
    if not isinstance(told, dict) or told.get("token_type") != "Bearer":
        return None
    claimed = _claims(str(told.get("access_token"))).get("scope")
    return frozenset(str(claimed).split(" ")) if claimed and claimed == told.get("scope") else None


def _refusal_is_wrong(answer: Answer, *, method: str) -> str | None:
    if b"access_token" in answer.body or not 400 <= answer.status < 500:
        return "a token that is not due"
    told = answer.json()
    error = told.get("error") if isinstance(told, dict) else None
    known = _ERRORS | ({"temporarily_unavailable"} if answer.status == 429 else frozenset())
    if error not in known and method != "HEAD":
        return "no error of RFC 6749"
    if (answer.status == 401) != any(
        value.startswith("Basic ") for value in answer.all("www-authenticate")
    ):
        return "a challenge without 401, or 401 without one"
    return None


def _keeping_is_wrong(answer: Answer) -> str | None:
    return None if answer.all("cache-control") == ["no-store"] else "not no-store"


def _verdict(answer: Answer, wrong: str | None) -> Verdict:
    if wrong is None:
        return None
    told = answer.json()
    error = told.get("error") if isinstance(told, dict) else ""
    return Kind.WRONG, f"{answer.status} {error or ''}: {wrong}"


def _claims(token: str) -> dict[str, Any]:
    """What the token claims; who signed it is tested elsewhere."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
    return claims
