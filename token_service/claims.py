"""Pure: the claims of an access token (RFC 9068 s2.2)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccessTokenClaims:
    """Everything a token of ours says; times are Unix seconds."""

    issuer: str
    audience: str
    #: `user:<uuid>` or `client:<client_id>`
    subject: str
    client_id: str
    #: scopes with single spaces between
    scope: str
    jti: str
    issued_at: int
    lifetime: int
    #: the grant that the token comes of; None for a client's own and for minted ones
    grant_id: str | None = None

    def to_payload(self) -> dict[str, str | int]:
        """The claims under their registered names."""
        claims: dict[str, str | int] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": self.subject,
            "client_id": self.client_id,
            "scope": self.scope,
            "jti": self.jti,
            "iat": self.issued_at,
            "exp": self.issued_at + self.lifetime,
        }
        return claims if self.grant_id is None else {**claims, "grant_id": self.grant_id}
