"""What the token service has to be told: frozen, checked at construction."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from token_service.errors import ConfigurationError

#: the algorithms a keyring can sign with (RFC 7518 s3.1, RFC 8037)
SIGNING_ALGORITHMS = ("RS256", "ES256", "EdDSA")

#: the longest life of an access token, in seconds: 31 days; so long a revocation must be kept
MAX_ACCESS_TOKEN_SECONDS = 2_678_400


@dataclass(frozen=True, slots=True)
class Argon2Profile:
    """The cost of one argon2id hash; the defaults are OWASP's minimum, about 25 ms."""

    time_cost: int = 2
    memory_kib: int = 19456
    parallelism: int = 1


@dataclass(frozen=True, slots=True)
class TokenServiceSettings:
    """The settings of one token service; seconds are whole seconds."""

    #: the folder of the database and the keys
    home: Path
    database_url: str
    #: the `iss` of our tokens; endpoints are named below it
    issuer: str
    #: the `aud` of our tokens
    audience: str
    signing_alg: str = "RS256"
    access_token_seconds: int = 3600
    refresh_token_seconds: int = 1209600
    #: allows an issuer that is neither https nor loopback
    insecure_http: bool = False
    #: the name of the cookie that a login session travels in
    session_cookie: str = "scopegate_session"
    #: how old what is known of revocations may be
    revocation_staleness_seconds: int = 30
    argon2: Argon2Profile = field(default_factory=Argon2Profile)

    def __post_init__(self) -> None:
        """Refuse what could only fail later."""
        if self.signing_alg not in SIGNING_ALGORITHMS:
            known = ", ".join(SIGNING_ALGORITHMS)
            raise ConfigurationError(
                f"signing algorithm `{self.signing_alg}` is not one of {known}"
            )
        if min(self.access_token_seconds, self.refresh_token_seconds) < 1:
            raise ConfigurationError("a token must live for at least one second")
        if self.access_token_seconds > MAX_ACCESS_TOKEN_SECONDS:
            raise ConfigurationError(
                f"an access token lives for {MAX_ACCESS_TOKEN_SECONDS} seconds (31 days) at most,"
                " use refresh tokens"
            )
        if not self.audience:
            raise ConfigurationError("the audience is empty, name the API the tokens are for")
        if not (self.insecure_http or is_secure(self.issuer)):
            raise ConfigurationError(
                f"issuer `{self.issuer}` is neither https nor loopback, use an https URL"
            )

    @property
    def origins(self) -> frozenset[str]:
        """The origins of our own pages (RFC 6454 s4): every name that this machine calls itself."""
        parts = urlsplit(self.issuer)
        own = f"{parts.scheme}://{parts.netloc}"
        if not _is_loopback(parts.hostname or ""):
            return frozenset({own})
        port = f":{parts.port}" if parts.port else ""
        names = ("localhost", "127.0.0.1", "[::1]")
        return frozenset({own, *(f"{parts.scheme}://{name}{port}" for name in names)})

    @property
    def is_https(self) -> bool:
        """Whether our own URL is https."""
        return urlsplit(self.issuer).scheme == "https"

    def __repr__(self) -> str:
        """Leave out the database URL, which may hold a password."""
        return f"TokenServiceSettings(issuer={self.issuer!r}, home={str(self.home)!r})"


def is_secure(url: str) -> bool:
    """Whether tokens may travel to the URL: https, or http to this machine itself."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
