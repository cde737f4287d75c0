"""A policy to look on with decides alike, and sees what callers hold where nothing is declared."""

from gateway.policy.decide import decide
from gateway.policy.look_on import look_on
from gateway.policy.rules import Undeclared
from gateway.spec.model import OperationKey
from tests.unit.ops.build import by_token
from tests.unit.policy.build import policy, presenting

_NOWHERE = OperationKey("GET /undeclared")


def test_what_a_caller_held_is_shown_where_nothing_is_declared() -> None:
    compiled = policy({"GET /undeclared": None, "GET /songs": [{"oauth": ["read"]}]})
    held = presenting(oauth=by_token("read"))

    plain, observed = decide(compiled, _NOWHERE, held), decide(look_on(compiled), _NOWHERE, held)

    assert (plain.effect, plain.reason) == (observed.effect, observed.reason)
    assert (plain.held, observed.held) == ((), ("read",))


def test_the_digest_stays_and_so_do_all_other_rules() -> None:
    compiled = policy(
        {"GET /undeclared": None, "GET /songs": [{"oauth": ["read"]}], "GET /open": []}
    )

    observed = look_on(compiled)

    assert observed.digest == compiled.digest
    changed = {key for key, rule in observed.rules.items() if rule != compiled.rules[key]}
    assert changed == {_NOWHERE}


def test_what_is_public_is_not_looked_at() -> None:
    compiled = policy({"GET /undeclared": None}, undeclared=Undeclared.PUBLIC)

    assert look_on(compiled).rules[_NOWHERE].schemes == ()
