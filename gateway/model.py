"""The values that travel between rooms: what was proven, and what was decided."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from gateway.spec.model import OperationKey, SchemeName, Scope
from gateway.values import value


class PrincipalKind(StrEnum):
    """What a subject is."""

    USER = "user"
    CLIENT = "client"
    KEY = "key"


@value
class Principal:
    """Who a credential proves: a subject is unique only within its issuer."""

    issuer: str
    subject: str
    kind: PrincipalKind


class TokenFault(StrEnum):
    """Why a credential is not valid: the closed list that `reason` of a 401 is taken from."""

    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    TYPE = "type"
    CRITICAL = "critical"
    UNKNOWN_KEY = "unknown_key"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    ISSUED_IN_FUTURE = "issued_in_future"
    CLAIMS = "claims"
    SCOPE = "scope"
    REVOKED = "revoked"
    #: a key, a name and password, a certificate, a subject: known to nobody
    UNKNOWN_CREDENTIAL = "unknown_credential"


@value
class AccessToken:
    """A verified access token (RFC 9068 s2.2); its text is not kept. Times are Unix seconds."""

    principal: Principal
    client_id: str
    scopes: frozenset[Scope]
    roles: frozenset[str]
    audience: tuple[str, ...]
    jti: str
    issued_at: int
    expires_at: int
    #: what a user granted the client, in the claim `grant_id` of our own tokens
    grant_id: str | None = None


@value
class Proven:
    """A valid credential of one scheme."""

    principal: Principal
    scopes: frozenset[Scope] = frozenset()
    roles: frozenset[str] = frozenset()
    client_id: str | None = None
    #: set for bearer tokens
    token: AccessToken | None = None
    #: the credential travels in a cookie, which a browser sends without being asked
    by_cookie: bool = False
    #: by_cookie only: the request also proved that it comes from our own pages
    csrf_proven: bool = False
    #: a user proven here is a user of this installation
    is_local: bool = False


@value
class Refused:
    """A credential was presented and is not valid."""

    fault: TokenFault


@value
class Uncheckable:
    """A credential was presented and nobody can say now whether it is valid; seconds to wait."""

    retry_after: int


Proof = Proven | Refused | Uncheckable


class RequestFault(StrEnum):
    """Why the credentials of a request cannot even be told apart (RFC 6750 s3.1)."""

    SEVERAL_AUTHORIZATION_HEADERS = "several Authorization headers"
    SEVERAL_TOKENS = "several tokens in one Authorization header"
    TOKEN_IN_QUERY = "a token in the header and another in the query"  # noqa: S105 -- prose
    SEVERAL_KEYS = "one API key sent several times"


@value
class Credentials:
    """What a request proves: scheme -> proof, for schemes the operation names; empty: anonymous."""

    proofs: Mapping[SchemeName, Proof] = field(default_factory=dict)
    fault: RequestFault | None = None


ANONYMOUS = Credentials()


class Effect(StrEnum):
    """What a decision does."""

    PERMIT = "permit"
    DENY = "deny"


class Reason(StrEnum):
    """Why: the closed list that edge/challenge.py turns into answers."""

    # permits
    PUBLIC = "public"
    MATCHED = "matched"
    ANONYMOUS = "anonymous"
    # denies
    UNKNOWN_OPERATION = "unknown_operation"
    UNDECLARED_SECURITY = "undeclared_security"
    INVALID_REQUEST = "invalid_request"
    UNCHECKABLE = "uncheckable"
    INVALID_CREDENTIAL = "invalid_credential"
    NO_CREDENTIAL = "no_credential"
    INSUFFICIENT_SCOPE = "insufficient_scope"
    DIFFERENT_USERS = "different_users"
    CSRF = "csrf"


@value
class Challenge:
    """One challenge of a WWW-Authenticate header, still data (RFC 9110 s11.6.1)."""

    scheme: SchemeName
    #: RFC 6750 s3.1: invalid_request, invalid_token, insufficient_scope; None: nothing was sent
    error: str | None = None
    #: the scopes of the alternative to ask for, in the order written
    scopes: tuple[Scope, ...] = ()


@value
class Outcome:
    """How one alternative fared; `index` counts from 1 in the order written."""

    index: int
    holds: bool
    missing_schemes: tuple[SchemeName, ...] = ()
    missing_scopes: tuple[Scope, ...] = ()
    missing_roles: tuple[str, ...] = ()
    #: why it can never hold, or why it did not though nothing is missing; "" if neither
    note: str = ""


@value
class Decision:
    """The answer of `decide`: total, pure, the same for every door."""

    effect: Effect
    reason: Reason
    operation: OperationKey
    #: digest of the policy that decided
    policy: str
    #: index of the alternative that held, from 1
    matched: int | None = None
    principal: Principal | None = None
    #: what the matched alternative's schemes proved; empty for anonymous callers
    proven: tuple[Proven, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    challenges: tuple[Challenge, ...] = ()
    fault: TokenFault | None = None
    request_fault: RequestFault | None = None
    retry_after: int | None = None
    #: a denial's: the scopes that valid credentials proved, sorted
    held: tuple[Scope, ...] = ()
    #: a denial's: what valid credentials proved, by the scheme, in the order of the document
    shown: tuple[tuple[SchemeName, Proven], ...] = ()

    @property
    def permits(self) -> bool:
        """Whether the request may go on."""
        return self.effect is Effect.PERMIT
