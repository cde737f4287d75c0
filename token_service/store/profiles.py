"""What may be changed of a user in the database without ending anything that he granted."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from token_service.errors import UnknownNameError
from token_service.models import UserRow
from token_service.store.engine import writing
from token_service.store.groups import load_groups


@dataclass(frozen=True, slots=True)
class Profile:
    """All of it, checked; groups by their names."""

    email: str
    first_name: str
    last_name: str
    is_staff: bool
    groups: Sequence[str]


def change_profile(engine: Engine, user_id: int, profile: Profile) -> None:
    """Write it; UnknownNameError for a user or a group that is not there.

    Rights follow at once: sessions and refreshes read the user, his groups and his staff flag anew.
    """
    with writing(engine) as session:
        row = session.get(UserRow, user_id, with_for_update=True)
        if row is None:
            raise UnknownNameError("user", str(user_id))
        row.email = profile.email
        row.first_name = profile.first_name
        row.last_name = profile.last_name
        row.is_staff = profile.is_staff
        row.groups = load_groups(session, profile.groups)
