"""What may be changed of a user without ending anything, on both databases."""

import pytest

from token_service.admin import Administration
from token_service.errors import UnknownNameError
from token_service.store.profiles import Profile, change_profile

PASSWORD = "long-enough-for-anyone"


def profile(*groups: str) -> Profile:
    return Profile("bob@example.org", "Bob", "Stone", is_staff=True, groups=groups)


def test_a_profile_is_changed_as_a_whole(anywhere: Administration) -> None:
    for name in ("editors", "listeners", "critics"):
        anywhere.create_group(name)
    bob = anywhere.create_user("bob", PASSWORD, groups=["editors", "critics"])

    change_profile(anywhere.engine, bob.id, profile("critics", "listeners"))

    changed = anywhere.get_user(bob.id)
    assert (changed.email, changed.first_name, changed.last_name) == (
        "bob@example.org",
        "Bob",
        "Stone",
    )
    assert (changed.is_staff, changed.groups) == (True, ("critics", "listeners"))
    assert (changed.username, changed.subject) == (bob.username, bob.subject)


def test_a_group_that_is_not_there_changes_nothing(anywhere: Administration) -> None:
    bob = anywhere.create_user("bob", PASSWORD)

    with pytest.raises(UnknownNameError, match="there is no group `nothing`"):
        change_profile(anywhere.engine, bob.id, profile("nothing"))

    assert anywhere.get_user(bob.id) == bob


def test_a_user_who_is_not_there_is_not_made(anywhere: Administration) -> None:
    with pytest.raises(UnknownNameError, match="there is no user `7`"):
        change_profile(anywhere.engine, 7, profile())

    assert anywhere.count_users() == 0
