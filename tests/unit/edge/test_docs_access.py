"""What an operation asks for, in words."""

from typing import Any

import pytest

from gateway.edge.docs.access import access_of
from tests.edge.gateway.world import OAUTH, OK, document, loaded, settings_of

KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
COOKIE = {"type": "apiKey", "in": "cookie", "name": "session"}


def told(security: Any) -> tuple[str, str]:
    """Kind and words of an operation."""
    operation = {"responses": OK} if security is None else {"responses": OK, "security": security}
    schemes = {"oauth": OAUTH, "key": KEY, "cookie": COOKIE}
    text = document({"/a": {"get": operation}}, schemes=schemes)
    world = loaded(text, settings_of({"cookie": {"session": True}}))
    (rule,) = world.policy.rules.values()
    access = access_of(rule, world.trusts.sessions)
    return access.kind.value, access.words


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        pytest.param([], ("public", "public: nothing is needed"), id="public"),
        pytest.param(None, ("closed", "closed: it declares no security"), id="undeclared"),
        pytest.param([{"oauth": ["read"]}], ("needs", "needs read"), id="one scope"),
        pytest.param(
            [{"oauth": ["read"]}, {"oauth": ["admin", "write"]}],
            ("needs", "needs read, or admin + write"),
            id="alternatives",
        ),
        pytest.param([{"oauth": []}], ("needs", "needs a credential of oauth"), id="any token"),
        pytest.param(
            [{"cookie": []}, {"oauth": ["read"]}],
            ("needs", "needs a signed-in session, or read"),
            id="a session",
        ),
        pytest.param([{}], ("optional", "optional: nothing is needed"), id="nothing"),
        pytest.param(
            [{}, {"oauth": ["read"]}],
            ("optional", "optional: nothing is needed, read counts"),
            id="optional",
        ),
        pytest.param(
            [{"oauth": ["undeclared"]}],
            ("needs", "needs undeclared (which no client can get)"),
            id="not to be had",
        ),
        pytest.param([{"key": []}], ("closed", "closed: nobody can call it"), id="unbound"),
    ],
)
def test_an_operation_says_what_it_asks_for(security: Any, expected: tuple[str, str]) -> None:
    assert told(security) == expected
