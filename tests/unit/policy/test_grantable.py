"""Which scopes can be granted: those a scheme declares, for a grant those of its flow."""

import pytest

from gateway.policy.grantable import grantable_scopes
from gateway.spec.model import Flow, SchemeKind, SchemeName, Scope, SecurityScheme
from tests.unit.policy.build import HERE, description, scheme


def _flow(grant: str, *scopes: str) -> Flow:
    return Flow(grant, {Scope(scope): "" for scope in scopes}, HERE)


SONGS = SchemeName("songs")
ALBUMS = SchemeName("albums")
LOGIN = SchemeName("login")
DOCUMENT = description(
    {"GET /x": [{"login": ["openid"]}]},
    schemes=[
        SecurityScheme(
            SONGS,
            SchemeKind.OAUTH2,
            HERE,
            flows=(_flow("password", "read", "not fine"), _flow("clientCredentials", "write")),
        ),
        SecurityScheme(ALBUMS, SchemeKind.OAUTH2, HERE, flows=(_flow("password", "albums"),)),
        scheme("login", SchemeKind.OPENID_CONNECT),
    ],
)


@pytest.mark.parametrize(
    ("schemes", "flow", "expected"),
    [
        ([SONGS], None, {"read", "write"}),
        ([SONGS], "password", {"read"}),
        ([SONGS], "clientCredentials", {"write"}),
        ([SONGS], "authorizationCode", {"read", "write"}),
        ([SONGS, ALBUMS], "clientCredentials", {"write", "albums"}),
        ([ALBUMS, LOGIN], "password", {"albums", "openid"}),
        ([], "password", set()),
    ],
)
def test_a_grant_gives_the_scopes_of_its_flow_where_that_is_declared(
    schemes: list[SchemeName], flow: str | None, expected: set[str]
) -> None:
    assert grantable_scopes(DOCUMENT, schemes, flow=flow) == expected
