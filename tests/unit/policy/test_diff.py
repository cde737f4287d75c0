"""A comparison tells what a change means for who may call what, and nothing else."""

import pytest

from gateway.policy.rules import Binding
from gateway.spec.model import KeyPlace, SchemeKind, SecurityScheme
from tests.unit.policy.build import Security, api_key, description, oauth2
from tests.unit.policy.build import scheme as scheme_of
from tests.unit.policy.comparing import compare_descriptions, compared, told

CREATE = [{"oauth": ["create"]}, {"oauth": ["post", "widget"]}]
PARTNER = Binding("https://partner.example", "api")


def change(old: Security, new: Security) -> list[str]:
    """What the change of one operation is told as, without its name."""
    return [
        line.replace(" POST /x", "") for line in told(compared({"POST /x": old}, {"POST /x": new}))
    ]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        pytest.param([*CREATE, {}], ["opened +"], id="an empty alternative is added"),
        pytest.param([], ["opened +"], id="made public"),
        pytest.param([*CREATE, {"oauth": ["a"]}], ["widened +a"], id="an alternative is added"),
        pytest.param([CREATE[0], {"oauth": ["post"]}], ["widened +post"], id="a scope less"),
        pytest.param([{"oauth": []}], ["widened +oauth2  oauth"], id="any token will do"),
        pytest.param(
            [{"oauth": ["read"]}, CREATE[1]], ["moved +read -create"], id="one scope for another"
        ),
        pytest.param([CREATE[0]], ["narrowed -post&widget"], id="an alternative is gone"),
        pytest.param(
            [{"oauth": ["create", "a"]}, CREATE[1]], ["narrowed -create"], id="a scope more"
        ),
        pytest.param([{"oauth": ["nowhere"]}], ["closed -create -post&widget"], id="undeclared"),
        pytest.param([{"digest": []}], ["closed -create -post&widget"], id="unsupported scheme"),
        pytest.param(None, ["closed -create -post&widget"], id="nothing declared is denied"),
    ],
)
def test_each_change_has_its_class_and_its_witness(new: Security, expected: list[str]) -> None:
    assert change(CREATE, new) == expected


@pytest.mark.parametrize(
    "new",
    [
        pytest.param([CREATE[1], CREATE[0]], id="turned round"),
        pytest.param([{"oauth": ["create"]}, {"oauth": ["widget", "post"]}], id="scopes turned"),
        pytest.param([*CREATE, *CREATE], id="said twice"),
        pytest.param([*CREATE, {"oauth": ["create", "a"]}], id="one more that another covers"),
        pytest.param([*CREATE, {"oauth": ["nowhere"]}], id="one more that nobody can be granted"),
    ],
)
def test_what_changes_nothing_for_anyone_is_the_same(new: Security) -> None:
    assert change(CREATE, new) == []


def test_public_and_optional_are_the_same_access() -> None:
    assert change([], [{"oauth": ["read"]}, {}]) == []
    assert change([{"oauth": ["read"]}, {}], [{"oauth": ["read"]}]) == ["narrowed -"]


def test_a_dead_alternative_that_changed_is_named_apart() -> None:
    old: Security = [{"oauth": ["read"]}, {"oauth": ["put", "widget"]}]
    new: Security = [{"oauth": ["read"]}, {"oauth": ["put", "post"]}]

    access = compared({"PUT /x": old}, {"PUT /x": new})

    assert access.changes == ()
    assert [dead.operation for dead in access.dead] == ["PUT /x"]
    assert compared({"PUT /x": old}, {"PUT /x": old}).dead == ()


def test_declaring_a_scope_lets_in_whom_it_can_be_granted_to_now() -> None:
    operations: dict[str, Security] = {"PUT /x": [{"oauth": ["put"]}]}
    without, declaring = [oauth2("oauth")], [oauth2("oauth", scopes=["put"])]

    widened = compared(operations, operations, schemes=without, new_schemes=declaring)
    closed = compared(operations, operations, schemes=declaring, new_schemes=without)

    assert told(widened) == ["widened PUT /x +put"]
    assert told(closed) == ["closed PUT /x -put"]


def test_another_issuer_grants_what_the_document_does_not_declare() -> None:
    old: dict[str, Security] = {"PUT /x": [{"oauth": ["put"]}]}
    new: dict[str, Security] = {"PUT /x": [{"oauth": ["putt"]}]}

    assert told(compared(old, new, foreign={"oauth": PARTNER})) == ["moved PUT /x +putt -put"]
    assert told(compared(old, new)) == []


def test_operations_come_and_go() -> None:
    access = compared(
        {"GET /a": CREATE, "GET /b": [], "GET /c": CREATE},
        {"GET /d": [], "GET /a": CREATE, "POST /c": CREATE},
    )

    assert told(access) == [
        "added GET /d +",
        "added POST /c +create +post&widget",
        "removed GET /b -",
        "removed GET /c -create -post&widget",
    ]
    assert [found.opens for found in access.changes] == [True, False, False, False]
    assert (access.compared, access.same) == (5, 1)


def test_the_gravest_stand_first() -> None:
    old: dict[str, Security] = {"GET /a": CREATE, "GET /b": CREATE, "GET /c": CREATE, "GET /d": []}
    new: dict[str, Security] = {
        "GET /new": CREATE,
        "GET /a": None,
        "GET /b": [CREATE[0]],
        "GET /c": [],
    }

    kinds = [found.change.value for found in compared(old, new).changes]

    assert kinds == ["opened", "narrowed", "closed", "added", "removed"]


def test_a_path_whose_parameters_are_called_otherwise_is_the_same() -> None:
    access = compared({"GET /a/{id}": CREATE}, {"GET /a/{songId}": [*CREATE, {}]})

    assert told(access) == ["opened GET /a/{songId} +"]
    assert access.changes[0].compared_with is None
    assert access.renamed == ()


def test_a_scheme_that_was_renamed_takes_the_same_credential() -> None:
    old: dict[str, Security] = {"GET /a": [{"oauth": ["read"]}]}
    new: dict[str, Security] = {"GET /a": [{"login": ["read"]}]}

    renamed = compared(old, new, schemes=[oauth2("oauth")], new_schemes=[oauth2("login")])
    beside = compared(old, new, schemes=[oauth2("oauth"), oauth2("login")])

    assert told(renamed) == []
    assert told(beside) == ["moved GET /a +read -read"]


def test_of_several_new_names_a_scheme_has_that_with_most_scopes_in_common() -> None:
    old: dict[str, Security] = {"GET /a": [{"one": ["read"]}], "GET /b": [{"two": ["a"]}]}
    new: dict[str, Security] = {"GET /a": [{"eins": ["read"]}], "GET /b": [{"zwei": ["a"]}]}
    before = [oauth2("one", scopes=["read", "write"]), oauth2("two", scopes=["a", "b"])]
    after = [oauth2("zwei", scopes=["a", "b"]), oauth2("eins", scopes=["read", "write"])]

    assert told(compared(old, new, schemes=before, new_schemes=after)) == []


def test_schemes_bound_to_one_issuer_and_audience_take_the_same_token() -> None:
    old: dict[str, Security] = {"GET /a": [{"oauth": ["read"]}]}
    new: dict[str, Security] = {"GET /a": [{"other": ["read"]}]}
    elsewhere = Binding("https://partner.example", "billing")

    assert told(compared(old, new, foreign={"oauth": PARTNER, "other": PARTNER})) == []
    assert told(compared(old, new, foreign={"oauth": PARTNER, "other": elsewhere})) != []


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        pytest.param(
            api_key("auth", KeyPlace.HEADER, parameter="X-Key"),
            api_key("auth", KeyPlace.HEADER, parameter="x-key"),
            True,
            id="a header in another case",
        ),
        pytest.param(
            api_key("auth", KeyPlace.HEADER), api_key("auth", KeyPlace.QUERY), False, id="place"
        ),
        pytest.param(
            api_key("auth", KeyPlace.HEADER),
            scheme_of("auth", SchemeKind.HTTP_BASIC),
            False,
            id="kind",
        ),
        pytest.param(
            scheme_of("auth", SchemeKind.HTTP_BASIC),
            scheme_of("users", SchemeKind.HTTP_BASIC),
            True,
            id="basic under another name",
        ),
    ],
)
def test_a_scheme_is_what_it_takes(
    before: SecurityScheme, after: SecurityScheme, is_same: bool
) -> None:
    access = compared(
        {"GET /a": [{before.name: []}]},
        {"GET /a": [{after.name: []}]},
        schemes=[before],
        new_schemes=[after],
    )

    assert (told(access) == []) is is_same


def test_an_added_operation_is_compared_with_the_one_that_answered_before() -> None:
    old = description({"GET /users/{id}": [{"oauth": ["read"]}]})
    new = description({"GET /users/{id}": [{"oauth": ["read"]}], "GET /users/me": []})

    access = compare_descriptions(old, new, old_answers={"GET /users/me": "GET /users/{id}"})

    assert told(access) == ["opened GET /users/me +"]
    assert access.changes[0].compared_with == "GET /users/{id}"


def test_a_removed_operation_is_compared_with_the_one_that_answers_now() -> None:
    old = description({"GET /x": [], "HEAD /x": [{"oauth": ["read"]}]})
    new = description({"GET /x": []})
    strict = description({"GET /x": [{"oauth": ["read"]}], "HEAD /x": [{"oauth": ["read"]}]})
    follows = description({"GET /x": [{"oauth": ["read"]}]})
    answers = {"HEAD /x": "GET /x"}

    opened = compare_descriptions(old, new, new_answers=answers)
    removed = compare_descriptions(strict, follows, new_answers=answers)

    assert told(opened) == ["opened HEAD /x +"]
    assert told(removed) == ["removed HEAD /x"]
