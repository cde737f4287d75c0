"""Two documents by hand, compared."""

from collections.abc import Mapping, Sequence

from gateway.policy.compile import compile_policy
from gateway.policy.diff import AccessDiff, diff
from gateway.policy.rules import Binding
from gateway.policy.same_schemes import match_schemes
from gateway.policy.ways import side_of
from gateway.spec.model import ApiDescription, OperationKey, SchemeName, SecurityScheme
from tests.unit.policy.build import BINDINGS, SCHEMES, Security, description

#: operation of one document -> the one of the other that answers such a request
Answers = Mapping[str, str]


def compare_descriptions(
    old: ApiDescription,
    new: ApiDescription,
    *,
    foreign: Mapping[str, Binding] | None = None,
    old_answers: Answers | None = None,
    new_answers: Answers | None = None,
) -> AccessDiff:
    bound = {SchemeName(name): binding for name, binding in (foreign or {}).items()}
    old_foreign = {name: b for name, b in bound.items() if name in old.schemes}
    new_foreign = {name: b for name, b in bound.items() if name in new.schemes}
    schemes = match_schemes(old, new, old_foreign=old_foreign, new_foreign=new_foreign)
    sides = [
        side_of(
            document,
            compile_policy(document, _bindings(document)),
            credentials=credentials,
            foreign=own,
        )
        for document, credentials, own in (
            (old, schemes.old, old_foreign),
            (new, schemes.new, new_foreign),
        )
    ]
    return diff(*sides, old_answers=_keys(old_answers or {}), new_answers=_keys(new_answers or {}))


def compared(
    old: Mapping[str, Security],
    new: Mapping[str, Security],
    *,
    schemes: Sequence[SecurityScheme] = SCHEMES,
    new_schemes: Sequence[SecurityScheme] | None = None,
    foreign: Mapping[str, Binding] | None = None,
) -> AccessDiff:
    return compare_descriptions(
        description(old, schemes=schemes),
        description(new, schemes=new_schemes or schemes),
        foreign=foreign,
    )


def told(access: AccessDiff) -> list[str]:
    """Each change in a line: `moved GET /songs +read -write`; `+` alone: anyone."""
    return [
        " ".join(
            (
                change.change.value,
                change.operation,
                *("+" + _names(way.holds) for way in change.gained),
                *("-" + _names(way.holds) for way in change.lost),
            )
        )
        for change in access.changes
    ]


def _names(holds: frozenset[tuple[str, str, str]]) -> str:
    named = sorted(name for _, _, name in holds if name)
    bare = sorted(
        credential
        for credential, _, name in holds
        if not name and not any(c == credential and n for c, _, n in holds)
    )
    return "&".join([*bare, *named])


def _bindings(document: ApiDescription) -> Mapping[SchemeName, Binding]:
    return {
        name: BINDINGS.get(name, Binding("elsewhere", name))
        for name in document.schemes
        if name != "digest"
    }


def _keys(answers: Answers) -> Mapping[OperationKey, OperationKey]:
    return {OperationKey(key): OperationKey(other) for key, other in answers.items()}
