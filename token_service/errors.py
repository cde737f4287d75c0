"""Every error the token service raises on purpose.

TokenServiceError
+-- ConfigurationError      a setting or database URL cannot be used; the service does not start
+-- KeyringError            a key file cannot be used; the message names the file
+-- StoreUnavailableError   the database is locked or away; nothing was changed; `retry_after`
+-- TooManyFailuresError    too many failed attempts; nothing was looked at; `retry_after`
+-- RequestRefusedError     a request that is not looked at any further; `status`, `code`
+-- UnusableRequestError    an authorization request that nobody can be answered about
+-- AuthorizationRefusedError  an authorization request refused to the client; `code`
+-- ScopeError              a scope is malformed, or cannot be granted
+-- AdministrationError
    +-- InvalidValueError   a value cannot be stored; `field` names it
    +-- NameTakenError      the name is in use; `name`
    +-- UnknownNameError    nothing has this name or id; `name`
"""


class TokenServiceError(Exception):
    """The root: whoever catches it has a message fit for a person, without secrets."""


class ConfigurationError(TokenServiceError):
    """A setting or database URL cannot be used; the service does not start."""


class KeyringError(TokenServiceError):
    """A key file cannot be used; the message names the file."""


class StoreUnavailableError(TokenServiceError):
    """The database is locked or away and nothing was changed; `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooManyFailuresError(TokenServiceError):
    """Too many failed attempts, this one was not looked at; `retry_after` is in seconds."""

    def __init__(self, *, retry_after: int) -> None:
        super().__init__("too many failed attempts, wait before the next one")
        self.retry_after = retry_after


class RequestRefusedError(TokenServiceError):
    """A request that is not looked at any further; `code` is one of RFC 6749 s5.2."""

    def __init__(
        self, code: str, message: str, *, status: int = 400, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.headers = dict(headers or {})


class UnusableRequestError(TokenServiceError):
    """An authorization request without a known client and redirect URI (RFC 6749 s4.1.2.1).

    Nothing may be sent anywhere; the person in front of the browser is told.
    """


class AuthorizationRefusedError(TokenServiceError):
    """An authorization request that its client is answered about; `code` of RFC 6749 s4.1.2.1."""

    def __init__(self, code: str, message: str, *, redirect_uri: str, state: str | None) -> None:
        super().__init__(message)
        self.code = code
        self.redirect_uri = redirect_uri
        self.state = state


class ScopeError(TokenServiceError):
    """A scope is malformed (RFC 6749 s3.3), or cannot be granted to who asks for it."""


class AdministrationError(TokenServiceError):
    """A user, group or client cannot be made, found or removed as asked."""


class InvalidValueError(AdministrationError):
    """A value cannot be stored; `field` names it, the message never quotes a secret."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NameTakenError(AdministrationError):
    """The name is in use by another one of its kind."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"there is already a {kind} `{name}`, choose another name")
        self.kind = kind
        self.name = name


class UnknownNameError(AdministrationError):
    """Nothing of this kind has the name or id."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"there is no {kind} `{name}`")
        self.kind = kind
        self.name = name
