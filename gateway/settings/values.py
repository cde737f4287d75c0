"""The frozen values that settings are read into."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: what can sign our tokens; nothing symmetric, ever
SIGNING_ALGORITHMS = ("RS256", "ES256", "EdDSA")

#: settings whose value must never be shown whole
SECRET_KEYS = frozenset({"database_url"})


@dataclass(frozen=True, slots=True)
class CertificateSettings:
    """Where a trusted proxy writes whose client certificate it has verified."""

    #: the header with the subject, or the whole certificate
    header: str
    #: `subject` (a distinguished name), `xfcc` (Envoy) or `rfc9440` (Client-Cert)
    form: str = "subject"
    #: form `subject` only: the header that must say SUCCESS
    verified_header: str | None = None
    #: subject -> its roles; if there are any, no other subject is accepted
    subjects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SchemeSettings:
    """One `[schemes.NAME]` table: what a security scheme of the document trusts."""

    issuer: str | None = None
    jwks_uri: str | None = None
    introspection_url: str | None = None
    #: what the introspection endpoint knows us by
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    audience: str | None = None
    algorithms: tuple[str, ...] = ()
    #: None: told by the issuer's URL
    profile: str | None = None
    #: what of the profile is overridden
    types: tuple[str, ...] = ()
    client_claim: str | None = None
    scope_claim: str | None = None
    required_claims: tuple[str, ...] | None = None
    #: its subjects are users of this installation; a basic scheme: so are those it names
    users_are_local: bool = False
    #: an apiKey scheme: its keys are those of our store
    keys_are_local: bool = False
    #: an apiKey cookie that is the login session of the token service
    is_session: bool = False
    #: a mutualTLS scheme
    certificate: CertificateSettings | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, frozen; `origins` says where each value came from."""

    spec: str
    home: Path
    database_url: str
    host: str
    port: int
    workers: int
    public_url: str
    issuer: str
    audience: str
    insecure_http: bool
    signing_alg: str
    access_token_seconds: int
    refresh_token_seconds: int
    undeclared_security: str
    denial_detail: str
    revocation_staleness_seconds: int
    #: the backend that answers what no handler does
    upstream: str | None
    #: how long its answer may take to begin, and then to go on, in seconds
    upstream_timeout_seconds: int
    #: what becomes of a request to it that does not match the document: `off`, `warn`, `enforce`
    upstream_validation: str
    #: whether requests to it are only looked at: decided, and refused never
    observe: bool
    #: whether it is sent no Authorization, not even a bearer token
    strip_authorization: bool
    cors_origins: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    admin_bind: str | None
    docs: str
    #: the largest document read, in bytes
    spec_max_bytes: int
    #: the largest request body read, in bytes
    body_max_bytes: int
    #: how long a handler may take, in seconds
    handler_timeout_seconds: int
    #: what becomes of an answer that does not match the document: `off`, `warn` or `enforce`
    response_validation: str
    #: whom every bearer scheme trusts that no table binds to another; None: the built-in service
    trusted_issuer: str | None
    #: what its tokens must be for
    trusted_audience: str | None
    #: which half is served: `gateway`, `tokens` or, as usual, both
    only: str
    #: instead of the path of the document's first server; None: as the document says
    base_path: str | None
    #: whether a document is served whose faults touch neither security nor routing
    tolerate: bool
    schemes: Mapping[str, SchemeSettings]
    origins: Mapping[str, str]

    @property
    def has_token_service(self) -> bool:
        """Whether the endpoints and pages of the built-in token service are served here."""
        return self.trusted_issuer is None and self.only != "gateway"
