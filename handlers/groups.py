"""Groups: what each operation on them does."""

from dataclasses import asdict

from handlers.accounts import Accounts, Group
from handlers.ids import can_be_id
from handlers.paging import page_answer
from scopegate import Answer, NotFound, operation


@operation("listGroups")
def list_groups(accounts: Accounts, *, limit: int = 20, offset: int = 0) -> Answer:
    """Answer a page of groups."""
    page = accounts.list_groups(limit=limit, offset=offset)
    return page_answer(page, _show, limit=limit, offset=offset)


@operation("getGroup")
def get_group(group_id: int, accounts: Accounts) -> dict[str, object]:
    """Answer a group."""
    group = accounts.get_group(group_id) if can_be_id(group_id) else None
    if group is None:
        raise NotFound(f"there is no group `{group_id}`")
    return _show(group)


def _show(group: Group) -> dict[str, object]:
    """Write a group as the document's `Group`."""
    return asdict(group)
