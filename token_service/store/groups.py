"""Groups in the database."""

from collections.abc import Sequence

from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from token_service.entities import EVERYONE, Group
from token_service.errors import NameTakenError, UnknownNameError
from token_service.models import GroupRow
from token_service.scopes import Ceiling, parse_ceiling
from token_service.store.engine import change, reading, writing


def insert_group(engine: Engine, name: str, *, ceiling: Ceiling) -> Group:
    """Add a group."""
    try:
        with writing(engine) as session:
            row = GroupRow(name=name, scopes=str(ceiling))
            session.add(row)
            session.flush()
            return _group(row)
    except IntegrityError as error:
        raise NameTakenError("group", name) from error


def list_groups(engine: Engine, *, limit: int, offset: int) -> tuple[Group, ...]:
    """A page of groups in the order they were made; `everyone` is one of them."""
    with reading(engine) as session:
        rows = session.scalars(select(GroupRow).order_by(GroupRow.id).limit(limit).offset(offset))
        return tuple(_group(row) for row in rows)


def count_groups(engine: Engine) -> int:
    """How many groups there are."""
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(GroupRow)) or 0


def find_group(engine: Engine, group_id: int) -> Group | None:
    """The group with the id, if there is one."""
    with reading(engine) as session:
        row = session.get(GroupRow, group_id)
        return _group(row) if row else None


def find_group_by_name(engine: Engine, name: str) -> Group | None:
    """The group with the name, if there is one."""
    with reading(engine) as session:
        row = session.scalars(select(GroupRow).where(GroupRow.name == name)).one_or_none()
        return _group(row) if row else None


def set_ceiling(engine: Engine, name: str, *, ceiling: Ceiling) -> bool:
    """Change a group's ceiling; False if there is no such group."""
    with writing(engine) as session:
        statement = update(GroupRow).where(GroupRow.name == name).values(scopes=str(ceiling))
        return bool(change(session, statement))


def delete_group(engine: Engine, name: str) -> bool:
    """Remove a group and its memberships; False if there is no such group."""
    with writing(engine) as session:
        return bool(change(session, delete(GroupRow).where(GroupRow.name == name)))


def load_groups(session: Session, names: Sequence[str]) -> list[GroupRow]:
    """The rows of the named groups, for use within the store."""
    rows = session.scalars(select(GroupRow).where(GroupRow.name.in_(names))).all()
    for name in names:
        if name not in {row.name for row in rows}:
            raise UnknownNameError("group", name)
    return list(rows)


def ceiling_of_everyone(session: Session) -> Ceiling:
    """The ceiling of the built-in group, for use within the store."""
    scopes = session.scalar(select(GroupRow.scopes).where(GroupRow.name == EVERYONE))
    return parse_ceiling(scopes or "")


def _group(row: GroupRow) -> Group:
    return Group(id=row.id, name=row.name, ceiling=parse_ceiling(row.scopes))
