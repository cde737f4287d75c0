"""A discriminator chooses the branch of a union by the value of one property."""

from typing import Any

import pytest

from tests.unit.request.test_schemas import compiled, ref, told


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("union", ["oneOf", "anyOf"])
@pytest.mark.parametrize(
    ("value", "violations"),
    [
        pytest.param({"kind": "Cat", "name": "x"}, [], id="own-name"),
        pytest.param({"kind": "hund", "bark": 1}, [], id="mapped-name"),
        pytest.param({"kind": "hund", "bark": "x"}, ["/bark"], id="the-branch-that-was-named"),
        pytest.param({"kind": "Cat", "bark": 1}, ["/name"], id="shape-of-another-branch"),
        pytest.param({"kind": "cow"}, ["", "/kind"], id="unknown-name"),
        pytest.param({"name": "x"}, ["", "/kind"], id="no-name"),
    ],
)
def test_discriminator_chooses_the_branch(
    version: str, union: str, value: Any, violations: list[str]
) -> None:
    kind = {"kind": {"type": "string"}}
    pet = compiled(
        {
            union: [ref("Cat"), ref("Dog")],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {"hund": "#/components/schemas/Dog", "kat": "Cat"},
            },
        },
        version,
        Cat={"type": "object", "required": ["name"], "properties": kind},
        Dog={"type": "object", "properties": kind | {"bark": {"type": "integer"}}},
    )

    assert pet.is_valid(value) is (violations == [])
    assert sorted(v.pointer for v in pet.violations(value)) == violations


@pytest.mark.parametrize(
    ("branches", "mapping"),
    [
        pytest.param(["Cat"], {"x": "#/components/schemas/Gone"}, id="of-a-schema-outside"),
        pytest.param(["Cat", None], {}, id="of-a-branch-without-a-name"),
    ],
)
def test_discriminator_that_names_no_branch_changes_nothing(
    branches: list[str | None], mapping: Any
) -> None:
    union = [ref(name) if name else {"type": "object"} for name in branches]
    pet = compiled(
        {"anyOf": union, "discriminator": {"propertyName": "kind", "mapping": mapping}},
        Cat={"type": "object"},
    )

    assert pet.is_valid({"kind": "cow"})


def test_discriminator_leaves_a_branch_alone_that_lists_its_values_behind_references() -> None:
    pet = compiled(
        {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "kind"}},
        Cat={"allOf": [ref("Tame"), {"required": ["kind"]}]},
        Tame={"properties": {"kind": ref("Kind")}},
        Kind={"type": "string", "enum": ["cat"]},
        Dog={"type": "object"},
    )

    assert pet.is_valid({"kind": "cat"})
    assert pet.is_valid({"kind": "Dog"})
    assert told(pet, {"kind": "Cat"})


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ({"kind": "Cat", "lives": 9}, True),
        ({"kind": "Cat"}, False),
        ({"kind": "Ferret", "name": "F"}, True),
        ({"kind": "Ferret"}, False),
        ({"name": "F"}, True),
        ({"lives": 9}, False),
        ({"kind": "Cat", "name": "F"}, False),
    ],
)
def test_a_value_of_no_named_kind_is_of_the_default_one(value: Any, fits: bool) -> None:
    cat, other = ({"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Other"))
    union = {
        "oneOf": [cat, other],
        "discriminator": {"propertyName": "kind", "defaultMapping": "Other"},
    }

    judge = compiled(union, "3.2.0", Cat={"required": ["lives"]}, Other={"required": ["name"]})

    assert judge.is_valid(value) is fits
