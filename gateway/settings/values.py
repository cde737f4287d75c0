"""The frozen values that settings are read into."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

#: what can sign our tokens; nothing symmetric, ever
SIGNING_ALGORITHMS = ("RS256", "ES256", "EdDSA")

#: settings whose value must never be shown whole
SECRET_KEYS = frozenset({"database_url"})


@dataclass(frozen=True, slots=True)
class SchemeSettings:
    """One `[schemes.NAME]` table: what a security scheme of the document trusts."""

    issuer: str | None = None
    jwks_uri: str | None = None
    audience: str | None = None
    algorithms: tuple[str, ...] = ()
    profile: str = "rfc9068"
    #: its subjects are users of this installation
    users_are_local: bool = False
    #: an apiKey cookie that is the login session of the token service
    is_session: bool = False


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
    upstream: str | None
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
    schemes: Mapping[str, SchemeSettings]
    origins: Mapping[str, str]
