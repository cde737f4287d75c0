"""What handlers ask of whoever keeps the users and groups; bound to a real one by the roof."""

from dataclasses import dataclass
from typing import Protocol

from handlers.paging import Page


@dataclass(frozen=True, slots=True)
class User:
    """A user as others may see him; texts that nobody gave are empty."""

    id: int
    username: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of users."""

    id: int
    name: str


class NameTakenError(Exception):
    """There is a user of this name already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the name `{name}` is taken")
        self.name = name


class Accounts(Protocol):
    """Users and groups. Ids are whatever was asked for: the caller keeps them within 64 bits."""

    def list_users(self, *, limit: int, offset: int) -> Page[User]:
        """Show users in the order they were created."""

    def get_user(self, user_id: int) -> User | None:
        """Find a user; None: there is none."""

    def find_user_by_subject(self, subject: str) -> User | None:
        """Find the user whose tokens carry `subject`; None: there is none, or none any more."""

    def create_user(
        self,
        username: str,
        password: str,
        *,
        email: str = "",
        first_name: str = "",
        last_name: str = "",
    ) -> User:
        """Create a user in no group and without staff rights, or raise `NameTakenError`."""

    def list_groups(self, *, limit: int, offset: int) -> Page[Group]:
        """Show groups in the order they were created."""

    def get_group(self, group_id: int) -> Group | None:
        """Find a group; None: there is none."""
