"""The token service's users and groups, as the demo's handlers ask for them."""

from collections.abc import Iterator
from contextlib import contextmanager

import token_service.entities as entities
from handlers.accounts import Group, NameTakenError, User
from handlers.ids import LARGEST_ID
from handlers.paging import Page
from scopegate import Unavailable, Unprocessable, Violation
from token_service import errors
from token_service.admin import Administration


class TokenServiceAccounts:
    """Keeps the port `handlers.accounts.Accounts` with the token service's administration."""

    def __init__(self, administration: Administration) -> None:
        self._administration = administration

    def list_users(self, *, limit: int, offset: int) -> Page[User]:
        """Show users in the order they were created."""
        with _translated():
            users = self._administration.list_users(limit=limit, offset=min(offset, LARGEST_ID))
            return Page([_user(user) for user in users], self._administration.count_users())

    def get_user(self, user_id: int) -> User | None:
        """Find a user; None: there is none."""
        with _translated():
            try:
                return _user(self._administration.get_user(user_id))
            except errors.UnknownNameError:
                return None

    def find_user_by_subject(self, subject: str) -> User | None:
        """Find the user whose tokens carry `subject`; None: there is none, or none any more."""
        with _translated():
            found = self._administration.find_user_by_subject(subject)
        return _user(found) if found is not None and found.is_active else None

    def create_user(
        self,
        username: str,
        password: str,
        *,
        email: str = "",
        first_name: str = "",
        last_name: str = "",
    ) -> User:
        """Create a user in no group and without staff rights, or raise NameTakenError."""
        with _translated():
            try:
                created = self._administration.create_user(
                    username, password, email=email, first_name=first_name, last_name=last_name
                )
            except errors.NameTakenError as error:
                raise NameTakenError(username) from error
            except errors.InvalidValueError as error:
                violation = Violation(f"/{error.field}", str(error))
                raise Unprocessable(str(error), violations=[violation]) from error
        return _user(created)

    def list_groups(self, *, limit: int, offset: int) -> Page[Group]:
        """Show groups in the order they were created."""
        with _translated():
            groups = self._administration.list_groups(limit=limit, offset=min(offset, LARGEST_ID))
            return Page([_group(group) for group in groups], self._administration.count_groups())

    def get_group(self, group_id: int) -> Group | None:
        """Find a group; None: there is none."""
        with _translated():
            try:
                return _group(self._administration.get_group(group_id))
            except errors.UnknownNameError:
                return None


@contextmanager
def _translated() -> Iterator[None]:
    """Say in the handlers' words that the database is away."""
    try:
        yield
    except errors.StoreUnavailableError as error:
        raise Unavailable("The database is away or busy. Nothing was changed.") from error


def _user(user: entities.User) -> User:
    return User(
        id=user.id,
        username=user.username,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
    )


def _group(group: entities.Group) -> Group:
    return Group(id=group.id, name=group.name)
