"""Users: what each operation on them does."""

from dataclasses import asdict
from typing import NotRequired, TypedDict

from handlers.accounts import Accounts, NameTakenError, User
from handlers.ids import can_be_id
from handlers.paging import page_answer
from scopegate import Answer, Caller, Conflict, Forbidden, NotFound, Violation, operation


class UserBody(TypedDict):
    """A body that fits the document's `UserInput` or `UserForm`."""

    username: str
    password: str
    email: NotRequired[str]
    first_name: NotRequired[str]
    last_name: NotRequired[str]


@operation("listUsers")
def list_users(accounts: Accounts, *, limit: int = 20, offset: int = 0) -> Answer:
    """Answer a page of users."""
    page = accounts.list_users(limit=limit, offset=offset)
    return page_answer(page, _show, limit=limit, offset=offset)


@operation("addUser")
def add_user(body: UserBody, accounts: Accounts) -> Answer:
    """Create a user and answer him, without his password."""
    try:
        user = accounts.create_user(
            body["username"],
            body["password"],
            email=body.get("email", ""),
            first_name=body.get("first_name", ""),
            last_name=body.get("last_name", ""),
        )
    except NameTakenError as error:
        raise Conflict(str(error), violations=[Violation("/username", "it is taken")]) from error
    return Answer(_show(user), status=201, headers={"Location": f"/users/{user.id}/"})


@operation("showMe")
def show_me(caller: Caller, accounts: Accounts) -> dict[str, object]:
    """Answer the user who calls, or refuse a caller who is none."""
    user = None if caller.user is None else accounts.find_user_by_subject(caller.user)
    if user is None:
        raise Forbidden("this shows the user who calls, and this credential is nobody's")
    return _show(user)


@operation("getUser")
def get_user(user_id: int, accounts: Accounts) -> dict[str, object]:
    """Answer a user."""
    user = accounts.get_user(user_id) if can_be_id(user_id) else None
    if user is None:
        raise NotFound(f"there is no user `{user_id}`")
    return _show(user)


def _show(user: User) -> dict[str, object]:
    """Write a user as the document's `User`."""
    return asdict(user)
