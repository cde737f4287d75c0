"""The claims of an access token."""

from token_service.claims import AccessTokenClaims


def test_t46_a_token_has_every_claim_of_rfc_9068() -> None:
    claims = AccessTokenClaims(
        issuer="https://issuer.example/o",
        audience="https://api.example",
        subject="user:x",
        client_id="shop",
        scope="read write",
        jti="id",
        issued_at=100,
        lifetime=60,
    )

    assert claims.to_payload() == {
        "iss": "https://issuer.example/o",
        "aud": "https://api.example",
        "sub": "user:x",
        "client_id": "shop",
        "scope": "read write",
        "jti": "id",
        "iat": 100,
        "exp": 160,
    }
