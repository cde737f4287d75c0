"""Keys, metadata, and what is at no path: 404 and 405 as JSON, never a redirect."""

import json
from pathlib import Path

import pytest

from tests.edge.token_service.world import ISSUER, World
from token_service.keys import KeysFolder

METADATA = "/.well-known/oauth-authorization-server/o"
JWKS = "/o/.well-known/jwks.json"
#: the grants that are on whatever clients there are
ALWAYS = [
    "authorization_code",
    "client_credentials",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
]


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", [METADATA, JWKS])
def test_both_documents_answer_with_and_without_the_slash(
    world: World, path: str, slash: str
) -> None:
    response = world.send("GET", path + slash)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_keys_are_public_and_told_with_their_use(world: World) -> None:
    keys = world.send("GET", JWKS).json()["keys"]

    assert [sorted(key) for key in keys] == [["alg", "crv", "kid", "kty", "use", "x", "y"]] * 2
    assert {key["use"] for key in keys} == {"sig"}


def test_the_keys_may_be_kept_for_a_while_and_asked_for_again_cheaply(world: World) -> None:
    first = world.send("GET", JWKS)

    again = world.send("GET", JWKS, headers={"If-None-Match": f'"x", {first.headers["ETag"]}'})
    other = world.send("GET", JWKS, headers={"If-None-Match": '"x"'})

    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


def test_a_rotation_changes_the_keys_and_their_tag_at_once(world: World, tmp_path: Path) -> None:
    before = world.send("GET", JWKS)

    state = KeysFolder(tmp_path / "keys", "ES256").rotate(int(world.clock()))
    after = world.send("GET", JWKS, headers={"If-None-Match": before.headers["ETag"]})

    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]
    assert [key["kid"] for key in after.json()["keys"]] == [key.kid for key in state.keys]


def test_t31_the_metadata_names_the_issuer_and_only_what_is_on(world: World) -> None:
    metadata = world.send("GET", METADATA).json()

    assert metadata == {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize/",
        "device_authorization_endpoint": f"{ISSUER}/device-authorization/",
        "token_endpoint": f"{ISSUER}/token/",
        "revocation_endpoint": f"{ISSUER}/revoke_token/",
        "introspection_endpoint": f"{ISSUER}/introspect/",
        "jwks_uri": f"{ISSUER}/.well-known/jwks.json",
        "scopes_supported": ["create", "post", "read", "widget"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "grant_types_supported": [*ALWAYS[:2], "password", *ALWAYS[2:]],
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "none",
        ],
        "revocation_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "none",
        ],
        "introspection_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
        ],
    }


def test_password_is_told_only_while_a_client_may_use_it(world: World) -> None:
    world.service.administration.delete_client(world.client_id)

    metadata = world.send("GET", METADATA).json()

    assert metadata["grant_types_supported"] == ALWAYS


@pytest.mark.parametrize(
    "path", ["/o/", "/o/tokens", "/o/token//", "/o/authorise", "/o", f"{METADATA}x", "/o/Token"]
)
def test_an_unknown_path_is_404_as_json(world: World, path: str) -> None:
    response = world.send("GET", path)

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] == 404


@pytest.mark.parametrize("path", [METADATA, JWKS])
def test_a_wrong_method_is_405_and_told_the_right_ones(world: World, path: str) -> None:
    response = world.send("POST", path)

    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_minted_token_says_what_it_was_told_to_say(world: World) -> None:
    token = world.service.mint("user:x", ["read", "post"], client_id="command", ttl=60)

    claims = world.token_claims(token)

    assert (claims["sub"], claims["client_id"], claims["scope"]) == (
        "user:x",
        "command",
        "read post",
    )
    assert claims["exp"] == claims["iat"] + 60
