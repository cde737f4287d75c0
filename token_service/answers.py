"""What the token endpoint answers: status, JSON and headers of a token or of a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from token_service.errors import (
    RequestRefusedError,
    StoreUnavailableError,
    TooManyFailuresError,
)

#: RFC 9110 s15.5.2: a 401 says how to do better, here with Basic credentials (RFC 7617)
CHALLENGE = {"WWW-Authenticate": 'Basic realm="scopegate", charset="UTF-8"'}

#: RFC 6749 s5.1: tokens are kept by nobody on the way
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}

#: what is said where nothing better is known; ASCII without quotes and backslashes (s5.2)
_DESCRIPTIONS = {
    "invalid_client": "the client is unknown or its secret is wrong",
    "invalid_grant": "the credentials are wrong, expired, used, revoked or of another client",
    "invalid_scope": "the scope is malformed, not declared or not within what can be granted",
    "unauthorized_client": "the client may not use this grant",
    "unsupported_grant_type": "this grant_type is not supported",
}


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """An answer that is still data; the body of a token answer is a secret."""

    status: int
    body: Mapping[str, str | int] = field(repr=False)
    headers: Mapping[str, str]

    @property
    def error(self) -> str | None:
        """The code of a refusal."""
        error = self.body.get("error")
        return None if error is None else str(error)


def token_answer(body: Mapping[str, str | int]) -> TokenAnswer:
    """A token (RFC 6749 s5.1)."""
    return TokenAnswer(status=200, body=body, headers=NO_STORE)


def protocol_error(code: str, description: str = "") -> TokenAnswer:
    """A refusal of the protocol (RFC 6749 s5.2); some codes have one description for all cases."""
    text = _DESCRIPTIONS.get(code) or description or code
    return _error(code, text, status=401 if code == "invalid_client" else 400)


def answer_error(
    error: RequestRefusedError | TooManyFailuresError | StoreUnavailableError,
) -> TokenAnswer:
    """A refusal outside the protocol: by the guard, the throttle or the store."""
    if isinstance(error, RequestRefusedError):
        return _error(error.code, str(error), status=error.status, headers=error.headers)
    status = 429 if isinstance(error, TooManyFailuresError) else 503
    headers = {"Retry-After": str(error.retry_after)}
    return _error("temporarily_unavailable", str(error), status=status, headers=headers)


def _error(
    code: str, description: str, *, status: int, headers: Mapping[str, str] | None = None
) -> TokenAnswer:
    body = {"error": code, "error_description": description}
    challenge = CHALLENGE if status == 401 else {}
    return TokenAnswer(
        status=status, body=body, headers={**NO_STORE, **challenge, **(headers or {})}
    )
