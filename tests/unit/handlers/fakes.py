"""Accounts that live in memory, for handlers that need some."""

from collections.abc import Sequence

from handlers.accounts import Group, NameTakenError, User
from handlers.paging import Page


class AccountsInMemory:
    """An `Accounts` that keeps users in a list and forgets passwords; ids count from 1."""

    def __init__(self, *, groups: Sequence[str] = ()) -> None:
        self._users: list[User] = []
        self._groups = [Group(place, name) for place, name in enumerate(groups, start=1)]

    def subject_of(self, user: User) -> str:
        """The subject that tokens of the user carry."""
        return f"user:{user.username}"

    def list_users(self, *, limit: int, offset: int) -> Page[User]:
        return Page(self._users[offset : offset + limit], len(self._users))

    def get_user(self, user_id: int) -> User | None:
        return next((user for user in self._users if user.id == user_id), None)

    def find_user_by_subject(self, subject: str) -> User | None:
        return next((user for user in self._users if self.subject_of(user) == subject), None)

    def create_user(
        self,
        username: str,
        password: str,
        *,
        email: str = "",
        first_name: str = "",
        last_name: str = "",
    ) -> User:
        if any(user.username == username for user in self._users):
            raise NameTakenError(username)
        user = User(len(self._users) + 1, username, email, first_name, last_name)
        self._users.append(user)
        return user

    def list_groups(self, *, limit: int, offset: int) -> Page[Group]:
        return Page(self._groups[offset : offset + limit], len(self._groups))

    def get_group(self, group_id: int) -> Group | None:
        return next((group for group in self._groups if group.id == group_id), None)
